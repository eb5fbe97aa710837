"""A screen that only looks: each key that changes something is refused at once, and nothing of it is sent or opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from tui_demo import FakeConnection, app_of, demo, screen_text, until

from trinity_tui.tui import actions
from trinity_tui.tui.widgets.help import Help

if TYPE_CHECKING:
    from trinity_tui.core.wire.face import Greeting


def as_observer(greeting: Greeting) -> Greeting:
    return msgspec.structs.replace(greeting, rights="observer", room=None)


def test_what_acts_is_marked_and_what_only_shows_is_not() -> None:
    acts = {action.id for action in actions.ACTIONS if action.acts}
    assert {"message.seat", "answer.stop", "task.cancel", "inbox.once", "docs.edit", "coordinator.down"} <= acts
    assert not {"screen.room", "pane.find", "instance.why", "help.show", "app.leave"} & acts


async def test_it_is_said_and_nothing_is_opened(link: FakeConnection) -> None:
    demo(link.mirror)
    assert link.mirror.greeting is not None
    link.mirror.apply(as_observer(link.mirror.greeting))
    app = app_of(link)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await until(lambda: "looking only" in screen_text(app))
        told = app._notifications  # pyright: ignore[reportPrivateUsage]
        for key in ("1", "m", "r", "s", "p", "n", "x", "exclamation_mark", "D", "b"):
            await pilot.press(key)
        assert len([one for one in told if "only looks" in one.message]) >= 10
        assert app.screen is app.room
        assert {do for do, _ in link.asked} <= {"memory/news", "digest"}
        # What only looks goes on, and nothing else is offered.
        screen = screen_text(app)
        assert "Read-only: this screen only looks" in screen
        assert not app.room.bar.entry.display
        foot = screen.splitlines()[-1]
        assert "w why" in foot
        assert "restart" not in foot
        assert "message" not in foot
        assert "a decide" not in screen
        assert not [action.id for action in app.stage.doable.by_name if action.acts]
        await pilot.click("#approval-line")
        assert app.screen is app.room
        await pilot.press("question_mark")
        assert isinstance(app.screen, Help)
        said = " ".join(app.screen.content().plain.split())
        assert said.startswith("Read-only")
        assert actions.BY_ID["instance.restart"].help not in said
        assert actions.BY_ID["instance.why"].help in said
