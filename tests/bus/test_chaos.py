"""Processes killed at random instants: nothing accepted is lost, nothing is answered twice, every torn line is counted.

``TRINITY_CHAOS=10`` runs each of them ten times as long.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from patience import PATIENCE_SECONDS
from trinity_tui.bus.carrier import Stats
from trinity_tui.bus.layout import Layout
from trinity_tui.bus.reading import LogReader
from trinity_tui.core import record
from trinity_tui.core.record import DamagedLine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bus.conftest import Opener, Program, Starter, Talk


def damaged_lines(root: Path) -> int:
    """How many lines of the log are no messages, counted without the program's own reader."""
    count = 0
    for path in (root / "log").glob("*.jsonl"):
        for line in path.read_bytes().split(b"\n")[:-1]:
            try:
                if line:
                    record.decode(line)
            except DamagedLine:
                count += 1
    return count


async def report(process: Program) -> str:
    """What a program says at its end."""
    return await asyncio.to_thread(process.line)


@pytest.mark.timeout(3000)
async def test_writers_killed_at_random_lose_nothing_they_had_accepted(
    root: Path, opened: Opener, talk: Talk, program: Starter, chaos: float
) -> None:
    bus = opened(segment_bytes=200_000)
    process = program("kill_writers", root, int(60 * chaos), 1, "bus")
    found: list[str] = []
    ended = asyncio.Event()

    async def follow() -> None:
        async for batch in bus.follow(0):
            found.extend(item.message.id for item in batch)
            if batch[-1].message.content == "the end":
                ended.set()
                return

    following = asyncio.create_task(follow())
    accepted = json.loads(await report(process))
    await bus.publish(talk("the end"))
    await asyncio.wait_for(ended.wait(), PATIENCE_SECONDS)
    await following
    assert len(accepted) > 20
    assert set(accepted) <= set(found)
    assert len(found) == len(set(found))
    assert bus.stats().damaged == damaged_lines(root)


@pytest.mark.timeout(3000)
async def test_a_kill_inside_a_write_of_a_megabyte_tears_that_line_alone(
    root: Path, program: Starter, chaos: float
) -> None:
    process = program("kill_writers", root, int(60 * chaos), 2, "append")
    accepted = json.loads(await report(process))
    reader = LogReader(Layout(root), 8_000_000, 0, Stats())
    found: list[str] = []
    torn = 0
    while lines := reader.lines():
        for _, line in lines:
            body, _, total = line.rpartition(b" ")
            if total == b"%08x" % zlib.crc32(body):
                found.append(body.partition(b" ")[0].decode())
            else:
                torn += 1
    reader.close()
    newlines = sum(path.read_bytes().count(b"\n") for path in (root / "log").glob("*.jsonl"))
    assert len(accepted) > 20
    assert set(accepted) <= set(found)
    assert len(found) == len(set(found))
    assert len(found) + torn == newlines


@pytest.mark.timeout(3000)
async def test_two_hundred_kills_of_a_consumer_give_one_answer_each(
    root: Path, opened: Opener, program: Starter, chaos: float
) -> None:
    process = program("kill_answerers", root, int(200 * chaos), 3)
    told = json.loads(await report(process))
    assert told["killed"] == int(200 * chaos)
    answers: Counter[str] = Counter()
    questions: set[str] = set()
    async for item in opened().read(0):
        if item.message.type == "question":
            questions.add(item.message.id)
        elif item.message.type == "answer":
            assert item.message.reply_to
            answers[item.message.reply_to] += 1
    assert len(questions) == told["asked"]
    assert set(answers) == questions
    assert set(answers.values()) == {1}
