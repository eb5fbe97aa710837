"""Replay and Search as text, at the sizes a person has; the clock stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING

from past_demo import is_shown, past
from tui_demo import FakeConnection, app_of, resized, screen_text, until

from trinity_tui.tui.glyphs import ASCII
from trinity_tui.tui.screens import replay

if TYPE_CHECKING:
    import pytest
    from syrupy.assertion import SnapshotAssertion

SIZES = ((40, 20), (80, 24), (120, 36), (200, 50))


async def test_the_replay_at_every_width(link: FakeConnection, snapshot: SnapshotAssertion) -> None:
    past(link)
    app = app_of(link)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("f9")
        await until(lambda: is_shown(app))
        # Back over the failed task, the restart and the crash.
        await pilot.press(*["left_square_bracket"] * 3)
        await until(lambda: "signal 9, again" in screen_text(app))
        for width, height in SIZES:
            await resized(app, pilot, width, height)
            assert "\n" + screen_text(app) == snapshot(name=f"{width}x{height}")


async def test_the_replay_without_unicode(link: FakeConnection) -> None:
    past(link)
    app = app_of(link, signs=ASCII)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("f9")
        await until(lambda: is_shown(app))
        await until(lambda: "REPLAY" in screen_text(app))
        assert screen_text(app).isascii()
        await pilot.press("ctrl+f", *"refresh")
        await until(lambda: "7 found" in screen_text(app))
        assert screen_text(app).isascii()


async def test_what_happens_meanwhile_shows_in_the_past_as_well(
    link: FakeConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "LINE_SECONDS", 0.001)
    script = past(link)
    app = app_of(link)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("f9")
        await until(lambda: is_shown(app))
        link.asked.clear()
        script.say("lead-1", "builder-1", "And now?")
        link.changed.set()
        await until(lambda: ("replay/timeline", {}) in link.asked)
        assert "And now?" not in screen_text(app)
        link.mirror.link(False, "the coordinator does not answer")
        link.changed.set()
        await until(lambda: "the coordinator does not answer" in screen_text(app))
        # What was looked for before is gone once something is typed.
        await pilot.press("slash", *"14:00", "enter", "slash", *"13:00", "enter")
        screen = app.made("replay")
        assert isinstance(screen, replay.ReplayScreen)
        assert screen.search.field.value == "13:00"


async def test_the_search_at_every_width(link: FakeConnection, snapshot: SnapshotAssertion) -> None:
    past(link)
    app = app_of(link)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("ctrl+f")
        await until(lambda: "Type any words" in screen_text(app))
        assert "\n" + screen_text(app) == snapshot(name="nothing looked for yet")
        await pilot.press(*"refresh")
        await until(lambda: "7 found" in screen_text(app))
        await pilot.press("enter", "down")
        for width, height in SIZES:
            await resized(app, pilot, width, height)
            assert "\n" + screen_text(app) == snapshot(name=f"{width}x{height}")
