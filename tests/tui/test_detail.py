"""What dialogs about one thing call it: as everything else on the screen does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_demo import HandClock, app_of, demo, screen_text

from patience import until
from trinity_tui.tui.glyphs import UNICODE
from trinity_tui.tui.goto import GoTo
from trinity_tui.tui.widgets.detail import Detail

if TYPE_CHECKING:
    from tui_demo import FakeConnection


def test_a_message_to_everybody_is_to_all() -> None:
    room = demo().mirror.room
    row = next(row for row in room.flow if row.to == "broadcast" and row.type == "finding")
    assert f"{row.from_} → all   finding" in Detail(row, room, HandClock().clock(), UNICODE).content().plain


async def test_it_is_asked_why_of_the_state_that_is_shown(link: FakeConnection) -> None:
    demo(link.mirror)
    app = app_of(link)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        app.post_message(GoTo("room", "builder-1"))
        await until(lambda: app.room.chosen == "builder-1")
        await pilot.press("w")
        await until(lambda: "Why is builder-1 busy?" in screen_text(app) and "◐ busy" in screen_text(app))
