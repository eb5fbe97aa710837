"""The Room as text, at the four sizes a person has; the clock stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from memory_demo import recalled, remembering
from tui_demo import FakeConnection, app_of, crowd, demo, screen_text, talk, until

from trinity_tui.tui.glyphs import ASCII, UNICODE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from syrupy.assertion import SnapshotAssertion

    from trinity_tui.tui.app import TrinityApp
    from trinity_tui.tui.glyphs import Glyphs


async def picture(
    link: FakeConnection, width: int, height: int, fill: Callable[[FakeConnection], object], signs: Glyphs = UNICODE,
    keys: Sequence[str] = (), is_ready: Callable[[TrinityApp], bool] = lambda app: True,
) -> str:  # fmt: skip
    fill(link)
    app = app_of(link, signs=signs)
    async with app.run_test(size=(width, height)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press(*keys)
        await until(lambda: is_ready(app))
        await pilot.pause(0.1)
        return "\n" + screen_text(app)


@pytest.mark.parametrize(("width", "height"), [(40, 20), (80, 24), (120, 32), (200, 50)])
async def test_the_room_at_every_width(
    link: FakeConnection, width: int, height: int, snapshot: SnapshotAssertion
) -> None:
    assert await picture(link, width, height, lambda link: demo(link.mirror)) == snapshot


@pytest.mark.parametrize(("width", "height"), [(40, 20), (80, 24), (120, 32), (200, 50)])
async def test_the_chat_at_every_width(
    link: FakeConnection, width: int, height: int, snapshot: SnapshotAssertion
) -> None:
    assert await picture(link, width, height, talk, keys=["f3"]) == snapshot


async def test_the_chat_without_unicode(link: FakeConnection, snapshot: SnapshotAssertion) -> None:
    shown = await picture(link, 120, 26, talk, ASCII, keys=["f3"])
    assert shown.isascii()
    assert shown == snapshot


@pytest.mark.parametrize(("width", "height"), [(40, 20), (80, 30), (120, 36), (200, 50)])
@pytest.mark.parametrize("keys", [[], ["slash", *"port", "enter"], ["t"]], ids=["news", "found", "themes"])
async def test_the_memory_at_every_width(
    link: FakeConnection, width: int, height: int, keys: list[str], snapshot: SnapshotAssertion
) -> None:
    assert await picture(link, width, height, remembering, keys=["f5", *keys], is_ready=recalled) == snapshot


async def test_the_memory_without_unicode(link: FakeConnection, snapshot: SnapshotAssertion) -> None:
    keys = ["f5", "slash", *"port", "enter"]
    shown = await picture(link, 120, 30, remembering, ASCII, keys=keys, is_ready=recalled)
    assert shown.isascii()
    assert shown == snapshot


async def test_the_room_without_unicode(link: FakeConnection, snapshot: SnapshotAssertion) -> None:
    shown = await picture(link, 100, 26, lambda link: demo(link.mirror), ASCII)
    assert shown.isascii()
    assert shown == snapshot


async def test_a_fleet_of_64(link: FakeConnection, snapshot: SnapshotAssertion) -> None:
    assert await picture(link, 200, 40, lambda link: crowd(64, link.mirror)) == snapshot


async def test_a_fleet_of_250(link: FakeConnection, snapshot: SnapshotAssertion) -> None:
    assert await picture(link, 120, 32, lambda link: crowd(250, link.mirror)) == snapshot
