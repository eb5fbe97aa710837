"""What is said of instances while no coordinator answers: that it is what was last known, and as of when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_demo import NOW, HandClock, Script, app_of, demo, screen_text, talk

from patience import until
from trinity_tui.client.mirror import Mirror
from trinity_tui.tui.last_known import (
    NOBODY_ANSWERS,
    NOT_KNOWN,
    OPENING,
    as_of,
    last_known,
    not_known,
    standing_still,
    state_of,
    told,
)
from trinity_tui.tui.node import sentence

if TYPE_CHECKING:
    from tui_demo import FakeConnection

REASON = "no coordinator runs here; waiting for one"


def test_a_state_nobody_says_any_more_is_what_was_last_known() -> None:
    hand = HandClock()
    mirror = demo().mirror
    view = mirror.room.instances["builder-1"]
    before = told(mirror, view, 1, hand.clock())
    assert (state_of(mirror, view), before.state, before.is_ticking) == ("BUSY", "BUSY", True)
    assert as_of(mirror, hand.clock()) == ""

    mirror.link(False, REASON, at=NOW)
    hand.seconds += 1
    # Most links are back before this; until then nothing counts on, and nothing is said anew.
    assert told(mirror, view, 1, hand.clock()) == before
    assert (mirror.lost_at, as_of(mirror, hand.clock()), not_known(mirror)) == (None, "", "")
    mirror.miss()
    hand.seconds += 3_600
    after = told(mirror, view, 1, hand.clock())
    assert (state_of(mirror, view), after.state, after.word) == (NOT_KNOWN, NOT_KNOWN, f"last: {before.word}")
    assert after.about.startswith("as of 14:22")
    assert (after.age, after.is_ticking, after.is_alarming) == ("", False, False)
    assert sentence(after).startswith(f"2 builder-1: unknown, last: {before.word}, as of 14:22")
    assert standing_still(hand.clock(), lambda: mirror).now() == NOW

    mirror.link(False, "another reason", at=NOW + 60)
    assert mirror.lost_at == NOW, "a second failed attempt is no later loss"
    mirror.link(True)
    mirror.miss()
    assert (mirror.lost_at, state_of(mirror, view)) == (None, "BUSY")
    assert standing_still(hand.clock(), lambda: mirror).now() == hand.seconds


def test_every_state_is_only_the_last_one() -> None:
    mirror = demo().mirror
    for view in mirror.room.instances.values():
        before = told(mirror, view, 0, HandClock().clock())
        after = last_known(before, "as of 14:22")
        assert (after.state, after.word) == (NOT_KNOWN, f"last: {before.word}")
        assert not after.is_ticking


def test_nothing_is_called_empty_that_nobody_told() -> None:
    mirror = Mirror()
    assert not_known(None) == not_known(mirror) == OPENING
    demo(mirror)
    assert not_known(mirror) == ""
    mirror.link(False, REASON)
    mirror.miss()
    assert not_known(mirror) == NOBODY_ANSWERS


async def test_no_pane_is_called_empty_before_anybody_answered_or_after(link: FakeConnection) -> None:
    app = app_of(link)
    async with app.run_test(size=(120, 36)) as pilot:

        async def says_of_all(said: str) -> None:
            await until(lambda: screen_text(app).count(said) == 4)

        await says_of_all(OPENING)
        Script(link.mirror).greet()
        link.changed.set()
        await until(lambda: "No instance yet." in screen_text(app) and OPENING not in screen_text(app))
        link.mirror.link(False, REASON, at=NOW)
        link.mirror.miss()
        link.changed.set()
        await says_of_all(NOBODY_ANSWERS)
        for key in ("f2", "f3", "f4", "f8"):
            await pilot.press(key)
            await until(lambda: NOBODY_ANSWERS in screen_text(app))
            await pilot.press("f1")
            await says_of_all(NOBODY_ANSWERS)


async def test_no_screen_shows_a_state_as_true_while_no_coordinator_answers(link: FakeConnection) -> None:
    app = app_of(link, script=lambda: talk(link))
    async with app.run_test(size=(120, 36)) as pilot:

        async def reads(*parts: str) -> None:
            await until(lambda: all(part in screen_text(app) for part in parts))

        await reads("idle", "2 waiting for you")
        link.mirror.link(False, REASON, at=NOW)
        link.changed.set()
        await reads(REASON, "idle", "2 waiting for you")
        assert not any(part in screen_text(app) for part in ("as of", "last known", "last:"))
        link.mirror.miss()
        link.changed.set()
        count = len(link.mirror.room.instances)
        await reads(REASON, f"? {count} last known as of 14:22", "? last: idle", "2 waited for you")
        assert (app.room.swarm.pace, app.room.swarm.is_ticking) == ("still", False)
        await pilot.press("w")
        await reads("Why was", "as of 14:22", "not known")
        await pilot.press("escape", "f3")
        await reads("last: writing", "was writing, last that was known", "last: waits for you")
        await pilot.press("f2")
        await reads("Tasks · as of 14:22")
        link.mirror.link(True)
        link.changed.set()
        await until(lambda: "as of" not in screen_text(app))
        await pilot.press("f1")
        await until(lambda: "idle" in screen_text(app) and "last" not in screen_text(app))
