"""What came to nothing, on a real log: on record, to the instance that sent it, to the person; once."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from coordinator.authority import at_work
from coordinator.strict import forget, never
from patience import PATIENCE_SECONDS
from trinity_tui.bus import DeadLetter, DeadReader, dead, new_message, open_bus
from trinity_tui.coordinator.coordinator import Coordinator
from trinity_tui.coordinator.endings import Endings
from trinity_tui.coordinator.standing import Standing
from trinity_tui.core import record
from trinity_tui.core.config import InstanceConfig
from trinity_tui.core.message import format_time

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from trinity_tui.core.message import Message


class Authority:
    """A coordinator that decides how messages end."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.bus = open_bus(root, "coordinator")
        standing = Standing({"builder-1": InstanceConfig("builder"), "lead-1": InstanceConfig("lead")}, lambda: 0.0)
        self.it = Coordinator(self.bus, standing, never, forget, print)
        ends = Endings(lambda: self.it.room, standing.roles, DeadReader(root).new, time.time)
        self.it.also_decide.append(ends.decide)

    async def alerts(self, count: int) -> list[str]:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.it.room.alerts) < count:
                await self.it.folding.moved()
        return [alert.text for alert in self.it.room.alerts]

    async def said(self, fits: Callable[[Message], Any]) -> list[Message]:
        return [item.message async for item in self.bus.read(0) if fits(item.message)]


@asynccontextmanager
async def running(root: Path) -> AsyncGenerator[Authority]:
    authority = Authority(root)
    async with at_work(authority.it):
        await authority.it.folding.caught_up.wait()
        yield authority


async def test_the_person_is_told_of_what_was_not_read_in_time_and_of_what_was_for_nobody(root: Path) -> None:
    asked = new_message("human", "builder-1", "chat", "well?", ack_by=format_time(time.time()))
    gone = new_message("human", "gone-1", "chat", "hello?")
    async with running(root) as authority:
        await authority.bus.publish(asked, gone)
        told = sorted(await authority.alerts(2))
        assert told[0].startswith("Your message to builder-1 failed: not read by ")
        assert told[1] == f"Your message to gone-1 failed: gone-1 is not configured. `trinity resend {gone.id}`"
    async with running(root) as authority:
        authority.it.alert("last", {})
        assert len(await authority.alerts(3)) == 3


async def test_an_instance_that_sent_it_is_told_and_it_counts_as_nobodys_answer(root: Path) -> None:
    asked = new_message("lead-1", "role:builder", "question", "well?", ack_by=format_time(time.time()))
    async with running(root) as authority:
        await authority.bus.publish(asked)
        consumer = authority.bus.consumer("lead-1", "lead", since=0)
        delivery = await asyncio.wait_for(consumer.next(), PATIENCE_SECONDS)
        assert (delivery.message.type, delivery.message.metadata) == (
            "message", {"delivery": "failed", "of": asked.id},
        )  # fmt: skip
        assert authority.it.room.deliveries.by_id[asked.id].stage == "failed"


def bury(root: Path, message: Message, position: int, consumer: str = "builder-1") -> None:
    letter = DeadLetter(
        consumer=consumer, position=position, attempts=5, reason="ValueError: no", at=format_time(time.time()),
        line=record.encode(message).decode(),
    )  # fmt: skip
    dead.bury(root / "dead", letter)


async def test_what_was_given_up_is_told_with_its_reason_once_over_restarts(root: Path) -> None:
    asked = new_message("lead-1", "builder-1", "question", "well?")
    sentence = f"builder-1 gave up a question of lead-1 after 5 attempts: ValueError: no. `trinity resend {asked.id}`"
    async with running(root) as authority:
        [position] = await authority.bus.publish(asked)
        bury(root, asked, position)
        assert await authority.alerts(1) == [sentence]
        assert authority.it.room.deliveries.by_id[asked.id].reason == "ValueError: no"
    async with running(root) as authority:
        bury(root, new_message("lead-1", "builder-1", "chat", "another"), position + 1)
        told = await authority.alerts(2)
        assert told[0] == sentence
        assert len(authority.it.room.dead.waiting) == 2


async def test_many_at_once_are_told_of_in_one_sentence(root: Path) -> None:
    async with running(root) as authority:
        await authority.bus.publish(*[new_message("human", "gone-1", "chat", f"{n}") for n in range(20)])
        [told] = await authority.alerts(1)
        assert told.startswith("20 messages came to nothing, the first: Your message to gone-1 failed")
        assert "--dead" not in told  # none of them is there: nobody gave them up
        assert len(await authority.said(lambda message: "endings" in message.metadata)) == 3


async def test_a_letter_whose_line_is_damaged_is_listed_all_the_same(root: Path) -> None:
    async with running(root) as authority:
        dead.bury(
            root / "dead",
            DeadLetter(consumer="lead-1", position=7, attempts=1, reason="bad", at=format_time(1.0), line="{"),
        )
        [told] = await authority.alerts(1)
        assert told == "lead-1 gave up a message of somebody: bad. `trinity resend lead-1@7`"
