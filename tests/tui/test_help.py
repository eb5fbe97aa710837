"""The help says what the keys of a place do, all of them, and how it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.containers import VerticalScroll
from tui_demo import app_of, resized, screen_text, until
from whole_demo import whole

from trinity_tui.tui import actions
from trinity_tui.tui.widgets.help import Help

if TYPE_CHECKING:
    from pathlib import Path


async def test_it_has_every_key_of_the_place_and_of_no_other_and_scrolls_where_there_is_little_room(
    tmp_path: Path,
) -> None:
    link, _ = whole(tmp_path)
    app = app_of(link, root=link.root, places=list[Any])
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("f8", "question_mark")
        assert isinstance(app.screen, Help)
        said = " ".join(app.screen.content().plain.split())
        inbox = [action for action in actions.ACTIONS if action.area == "inbox"]
        assert all(action.help in said for action in inbox)
        assert actions.BY_ID["task.cancel"].help not in said
        assert actions.BY_ID["answer.retry"].help not in said
        await resized(app, pilot, 40, 15)
        assert "esc close" in screen_text(app)
        frame = app.screen.query_one("#dialog", VerticalScroll)
        assert frame.max_scroll_y > 0
        await pilot.press("end")
        await until(lambda: frame.scroll_y == frame.max_scroll_y)
        assert "nothing stops" in screen_text(app)
        await pilot.press("escape")
        assert app.screen is app.stage
