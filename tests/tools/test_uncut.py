"""What is carried out to its end is, however often we are cancelled meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from trinity_tui.tools.uncut import to_the_end


async def test_its_result_and_its_error_are_ours() -> None:
    async def fine() -> int:
        return 3

    async def wrong() -> None:
        raise KeyError("x")

    assert await to_the_end(fine()) == 3
    with pytest.raises(KeyError):
        await to_the_end(wrong())


@pytest.mark.parametrize("cancellations", [1, 2, 5])
async def test_a_cancellation_comes_after_it(cancellations: int) -> None:
    go, steps = asyncio.Event(), list[str]()

    async def work() -> None:
        await go.wait()
        steps.append("done")

    async def caller() -> None:
        try:
            await to_the_end(work())
        except asyncio.CancelledError:
            steps.append("cancelled")
            raise

    task = asyncio.create_task(caller())
    for _ in range(cancellations):
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    go.set()
    await asyncio.wait({task})
    assert task.cancelled()
    assert steps == ["done", "cancelled"]
