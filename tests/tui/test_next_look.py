"""The look that comes next: at the earliest moment that was asked for, or with what is painted just before it."""

from __future__ import annotations

from textual.app import App
from tui_demo import HandClock

from trinity_tui.tui.next_look import NextLook


async def test_what_is_due_soon_is_looked_at_once_and_with_what_is_painted_now() -> None:
    hand, looks = HandClock(100.0), list[float]()
    app = App[None]()
    async with app.run_test():
        soon = NextLook(app, hand.clock(), "look", lambda: looks.append(hand.seconds))
        soon.with_this(0.1)
        soon.within(60.0)
        soon.with_this(0.1)
        assert not looks
        hand.seconds = 159.95
        soon.with_this(0.1)
        assert looks == [159.95]
        soon.with_this(0.1)
        assert looks == [159.95]
