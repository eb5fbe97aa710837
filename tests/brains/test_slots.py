"""The queue before a model: one after the other across processes, in order, and nobody waits for the dead."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from brains.providers import HELLO, all_of, asking, text_of
from fakes.ollama import FakeOllama
from fakes.scripted import Reply, Script
from patience import until
from trinity_tui.brains.slots import Queue, user_folder
from trinity_tui.core.conversation import End, Text, Waiting
from trinity_tui.core.errors import BrainError

if TYPE_CHECKING:
    from pathlib import Path

HOLDER = """\
import asyncio, sys
from pathlib import Path
from trinity_tui.brains.slots import Queue
async def main():
    ticket = await Queue("http://x", "m", 1, Path(sys.argv[1])).enter()
    print(ticket.number, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def queue(folder: Path, parallel: int = 1) -> Queue:
    return Queue("http://x", "m", parallel, folder)


async def test_turns_come_in_the_order_of_the_tickets(tmp_path: Path) -> None:
    line = queue(tmp_path, 2)
    tickets = [await line.enter() for _ in range(5)]
    assert [ticket.place for ticket in tickets] == [(0, 3), (0, 3), (1, 3), (2, 3), (3, 3)]
    tickets[0].close()
    assert [ticket.place for ticket in tickets[1:]] == [(0, 2), (0, 2), (1, 2), (2, 2)]
    tickets[3].close()
    tickets[3].close()
    assert tickets[4].place == (1, 1)
    for ticket in tickets:
        ticket.close()
    assert line.living() == []


async def test_who_waits_is_woken_when_its_turn_comes(tmp_path: Path) -> None:
    line = queue(tmp_path)
    first, second, third = [await line.enter() for _ in range(3)]
    waits = [asyncio.create_task(ticket.moved(ticket.place)) for ticket in (second, third)]
    await asyncio.sleep(0)
    first.close()
    assert await waits[0] == (0, 1)
    assert await waits[1] == (1, 1)
    second.close()
    assert await third.moved((1, 1)) == (0, 0)
    third.close()


async def test_a_killed_holder_blocks_nobody(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert int(await process.stdout.readline()) == 1
    ticket = await queue(tmp_path).enter()
    assert ticket.place == (1, 1)
    process.kill()
    await process.wait()
    assert await ticket.moved((1, 1)) == (0, 0)
    ticket.close()


async def test_who_gives_up_waiting_leaves_no_ticket(tmp_path: Path) -> None:
    line = queue(tmp_path)
    first = await line.enter()

    async def wait() -> None:
        with await line.enter() as ticket:
            await ticket.moved(ticket.place)

    task = asyncio.create_task(wait())
    await until(lambda: len(line.living()) == 2, "it waits in the queue")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert line.living() == [first.number]
    first.close()


async def test_who_is_cancelled_while_it_enters_leaves_no_ticket(tmp_path: Path) -> None:
    line = queue(tmp_path)
    task = asyncio.create_task(line.enter())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    ticket = await line.enter()
    # The thread that was entering for it may still be at it.
    await until(lambda: line.living() == [ticket.number], "only the second is in the queue")
    ticket.close()


async def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(BrainError, match="queue of the model"):
        await queue(tmp_path / "link").enter()


async def test_who_waits_in_a_queue_that_was_deleted_has_its_turn(tmp_path: Path) -> None:
    line = queue(tmp_path / "queues")
    first, second = await line.enter(), await line.enter()
    shutil.rmtree(tmp_path / "queues")
    assert await second.moved((1, 1)) == (0, 0)
    first.close()
    second.close()


def test_queues_lie_where_only_this_user_comes() -> None:
    assert str(os.getuid()) in str(user_folder())


async def test_instances_ask_a_model_one_after_the_other_and_say_so() -> None:
    replies = [Reply(text="abcdefgh", piece_seconds=0.05), Reply(text="ijkl")]
    async with asking("ollama", *replies, script=Script(parallel=4)) as asked:
        assert isinstance(asked.server, FakeOllama)
        async with aclosing(asked.brain.stream(HELLO)) as first, aclosing(asked.brain.stream(HELLO)) as second:
            async for event in first:
                if isinstance(event, Text):
                    break
            # The first has its turn until somebody reads on.
            assert await anext(second) == Waiting("place 1 of 1 in the queue of qwen2.5:7b")
            _ = [event async for event in first]
            events = [event async for event in second]
        assert text_of(events) == "ijkl"
        assert asked.server.most_at_once == 1


async def test_a_model_that_is_not_in_memory_is_loaded_and_that_is_said() -> None:
    async with asking("ollama", Reply(text="a"), Reply(text="b")) as asked:
        assert Waiting("loading qwen2.5:7b") in await all_of(asked.brain)
        asked.server.script.loaded.append("qwen2.5:7b")
        events = await all_of(asked.brain)
        assert not [event for event in events if isinstance(event, Waiting)]
        assert isinstance(events[-1], End)
