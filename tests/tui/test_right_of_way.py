"""Who goes first: keys, for as long as they are under way and no longer."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

from trinity_tui.tui import right_of_way
from trinity_tui.tui.right_of_way import RightOfWay

if TYPE_CHECKING:
    import pytest


async def test_what_is_ready_waits_until_the_key_is_painted() -> None:
    way = RightOfWay()
    await way.clear()
    way.take()
    waits = asyncio.create_task(way.clear())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert way.is_taken
    assert not waits.done()
    way.release()
    assert not way.is_taken
    await waits


async def test_a_key_that_was_read_counts_before_its_turn_has_come() -> None:
    way = RightOfWay()
    way.announce()
    assert way.is_taken
    way.take()
    way.release()
    assert not way.is_taken


async def test_a_key_that_comes_to_no_end_lets_go_and_the_next_one_waits_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    way = RightOfWay()
    monkeypatch.setattr(right_of_way, "MOST_SECONDS", 0.01)
    way.take()
    monkeypatch.setattr(right_of_way, "MOST_SECONDS", 3_600.0)
    await way.clear()
    assert not way.is_taken
    way.take()
    assert not way.is_taken


async def test_garbage_is_looked_for_again_afterwards_if_it_was_before() -> None:
    way = RightOfWay()
    assert gc.isenabled()
    way.take()
    assert not gc.isenabled()
    way.release()
    assert gc.isenabled()
    gc.disable()
    try:
        way.take()
        way.release()
        assert not gc.isenabled()
    finally:
        gc.enable()
