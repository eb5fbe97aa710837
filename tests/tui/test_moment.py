"""No key decides what could not be seen yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.app import App
from tui_demo import until

from trinity_tui.tui import moment
from trinity_tui.tui.moment import Moment
from trinity_tui.tui.widgets.approval import ApprovalDialog
from trinity_tui.tui.widgets.confirm import Confirm

if TYPE_CHECKING:
    import pytest

gaps = st.lists(st.floats(0.0, 0.39), max_size=30)


def test_before_it_is_painted_nothing_counts() -> None:
    fresh = Moment(0.4)
    assert not fresh.takes(10.0)
    fresh.painted(10.01)
    assert not fresh.takes(10.02)
    assert fresh.takes(10.43)


@given(began=st.floats(-3.0, 0.39), gaps=gaps)
def test_no_key_of_a_word_that_began_before_counts_however_long_it_is(began: float, gaps: list[float]) -> None:
    fresh = Moment(0.4)
    fresh.painted(0.0)
    at = began
    assert not fresh.takes(at)
    for gap in gaps:
        if at + gap >= 0.4 and at < 0.0:
            break
        at += gap
        assert not fresh.takes(at)
    assert fresh.takes(max(at, 0.0) + 0.41)


class Hand:
    now: ClassVar[float] = 100.0


async def test_a_question_takes_no_word_that_began_before_it_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moment, "SECONDS", 0.4)
    monkeypatch.setattr(Confirm, "now", staticmethod(lambda: Hand.now))
    answers: list[bool | None] = []

    def press(app: App[None], key: str, at: float) -> None:
        event = events.Key(key, key)
        event.time = at
        app.post_message(event)

    app = App[None]()
    async with app.run_test() as pilot:
        dialog = Confirm("Stop all?", "They stop.")
        await app.push_screen(dialog, answers.append)
        await until(lambda: dialog.query_one("#dialog").border_subtitle is not None)
        await pilot.pause(0.05)
        press(app, "y", 100.1)
        press(app, "y", 100.45)
        await pilot.pause()
        assert app.screen is dialog
        assert not answers
        press(app, "y", 100.9)
        await until(lambda: answers == [True])


def test_all_that_gives_the_word_waits_and_what_leaves_does_not() -> None:
    deciding = {binding[0] for binding in ApprovalDialog.BINDINGS if isinstance(binding, tuple)} - {"n"}
    assert deciding == ApprovalDialog.DECIDES
