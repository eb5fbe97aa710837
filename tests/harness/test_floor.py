"""Whose turn it is: one at a time, the most pressing first, and nobody is forgotten who gave up waiting."""

from __future__ import annotations

import asyncio

from patience import PATIENCE_SECONDS
from trinity_tui.harness.floor import Floor


async def test_one_at_a_time_the_most_pressing_first_then_who_waits_longest() -> None:
    floor, order = Floor(), list[str]()
    first = floor.place()
    await first.take(lambda: 0)

    async def want(name: str, rank: int) -> None:
        place = floor.place()
        await place.take(lambda: rank)
        order.append(name)
        await asyncio.sleep(0)
        place.give()

    async with asyncio.TaskGroup() as group:
        for name, rank in (("late", 2), ("soon", 1), ("later", 2), ("now", 0)):
            group.create_task(want(name, rank))
            await asyncio.sleep(0)
        assert order == []
        first.give()
        first.give()
    assert order == ["now", "soon", "late", "later"]


async def test_who_gives_up_waiting_holds_nobody_up() -> None:
    floor = Floor()
    first = floor.place()
    await first.take(lambda: 0)
    tasks = [asyncio.create_task(floor.place().take(lambda: 1)) for _ in range(2)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    await asyncio.wait({tasks[0]})
    first.give()
    await asyncio.wait_for(tasks[1], PATIENCE_SECONDS)
    assert tasks[0].cancelled()


async def test_the_floor_given_to_one_who_is_cancelled_then_goes_on() -> None:
    floor = Floor()
    first = floor.place()
    await first.take(lambda: 0)
    gone = asyncio.create_task(floor.place().take(lambda: 0))
    next_one = asyncio.create_task(floor.place().take(lambda: 1))
    await asyncio.sleep(0)
    first.give()
    gone.cancel()
    await asyncio.wait({gone})
    await asyncio.wait_for(next_one, PATIENCE_SECONDS)
    assert gone.cancelled()
