"""A consumer: what is for it, in which order, until it is acknowledged, through restarts; over each carrier."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from patience import PATIENCE_SECONDS, until
from trinity_tui.bus import Bus, Consumer, dead_letters, layout, teller
from trinity_tui.core import message
from trinity_tui.core.errors import BusError, MessageError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bus.conftest import Carried, Opener, Talk


class Clock:
    """Time that passes when it is told to; both clocks of a bus."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


async def taken(consumer: Consumer, count: int) -> list[str]:
    """The contents of the next messages, acknowledged."""
    found: list[str] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        for _ in range(count):
            delivery = await consumer.next()
            consumer.ack(delivery)
            found.append(delivery.message.content)
    return found


async def none_left(consumer: Consumer) -> bool:
    """Whether nothing waits, once the log has been read to its end."""
    await asyncio.wait([consumer._start])  # pyright: ignore[reportPrivateUsage] - the one way to know without a message
    return consumer.next_nowait() is None


async def receipts(bus: Bus, count: int = 1) -> list[dict[str, Any]]:
    """The metadata of the first receipts in the log."""
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for batch in bus.follow(0):
            found += [record.message.metadata for record in batch if record.message.type == "receipt"]
            if len(found) >= count:
                break
    return found


async def test_it_takes_what_is_for_it_and_nothing_else(carried: Carried, talk: Talk) -> None:
    bus = await carried()
    consumer = bus.consumer("builder-1", "builder")
    await bus.publish(
        talk("direct"),
        talk("another's", "builder-2"),
        talk("my role", "role:builder"),
        talk("another role", "role:oracle"),
        talk("all", "broadcast"),
        talk("own", "broadcast", from_="builder-1"),
        talk("own role", "role:builder", from_="builder-1"),
        talk("note to self", "builder-1", from_="builder-1"),
        talk("everywhere", "ALL"),
        talk("elsewhere", "C2/builder-1"),
        talk("state", "broadcast", type="status"),
        talk("receipt", "builder-1", type="receipt"),
        talk("last"),
    )
    assert await taken(consumer, 6) == ["direct", "my role", "all", "note to self", "everywhere", "last"]
    assert await none_left(consumer)


async def test_urgent_behind_five_thousand_is_next(carried: Carried, talk: Talk) -> None:
    bus = await carried()
    consumer = bus.consumer("builder-1", "builder")
    for first in range(0, 5000, 500):
        await bus.publish(*(talk(f"normal {number}") for number in range(first, first + 500)))
    delivery = await asyncio.wait_for(consumer.next(), PATIENCE_SECONDS)
    assert delivery.message.content == "normal 0"
    assert not consumer.has_urgent()
    await bus.publish(talk("now", priority="urgent"))
    await until(consumer.has_urgent)
    assert consumer.depth == 5000
    assert await taken(consumer, 2) == ["now", "normal 1"]
    assert not consumer.has_urgent()


async def test_low_that_waited_goes_before_what_came_later(carried: Carried, talk: Talk) -> None:
    clock = Clock()
    bus = await carried(clock=clock)
    consumer = bus.consumer("builder-1", "builder")
    await bus.publish(talk("low", priority="low"))
    await consumer.wait()
    clock.now += 61
    await bus.publish(talk("high", priority="high"), talk("urgent", priority="urgent"))
    await until(lambda: consumer.depth == 3)
    assert await taken(consumer, 3) == ["urgent", "low", "high"]


async def test_what_is_not_acknowledged_comes_again_after_a_restart(carried: Carried, talk: Talk) -> None:
    first = await carried()
    consumer = first.consumer("builder-1", "builder")
    await first.publish(*(talk(str(number)) for number in range(6)))
    deliveries = [await consumer.next() for _ in range(4)]
    for delivery in (deliveries[0], deliveries[2]):
        consumer.ack(delivery)
        consumer.ack(delivery)
    await first.aclose()
    consumer = (await carried()).consumer("builder-1", "builder")
    assert await taken(consumer, 4) == ["1", "3", "4", "5"]
    assert await none_left(consumer)


async def test_nothing_comes_again_once_all_is_acknowledged_and_compacted(
    opened: Opener, talk: Talk, root: Path
) -> None:
    first = opened()
    consumer = first.consumer("builder-1", "builder")
    for start in range(0, 8000, 1000):
        await first.publish(*(talk(str(number)) for number in range(start, start + 1000)))
    first_delivery = await consumer.next()
    assert len(await taken(consumer, 7999)) == 7999
    assert (root / "consumers/builder-1/acks.jsonl").stat().st_size < 2 * 8000 * 14
    consumer.ack(first_delivery)
    await first.aclose()
    second = opened()
    consumer = second.consumer("builder-1", "builder")
    assert await none_left(consumer)
    await second.publish(talk("new"))
    assert await taken(consumer, 1) == ["new"]


async def test_a_new_instance_gets_no_old_broadcasts_but_what_was_sent_to_it(carried: Carried, talk: Talk) -> None:
    first = await carried()
    await first.publish(talk("old direct"), talk("old news", "broadcast"), talk("old role", "role:builder"))
    consumer = first.consumer("builder-1", "builder")
    await first.publish(talk("news", "broadcast"))
    assert await taken(consumer, 2) == ["old direct", "news"]
    assert await none_left(consumer)
    await first.aclose()
    again = (await carried()).consumer("builder-1", "builder")
    assert await none_left(again)


async def test_a_first_start_may_say_from_where_on_it_is_for_it(carried: Carried, talk: Talk) -> None:
    bus = await carried()
    await bus.publish(talk("before"))
    since = await bus.end()
    await bus.publish(talk("after"))
    consumer = bus.consumer("builder-1", "builder", since=since)
    assert await taken(consumer, 1) == ["after"]
    assert await none_left(consumer)


async def test_a_repeated_id_is_delivered_once_also_after_a_restart(carried: Carried, talk: Talk) -> None:
    first = await carried()
    consumer = first.consumer("builder-1", "builder")
    again = talk("said twice")
    await first.publish(again, talk("other"), again)
    assert await taken(consumer, 2) == ["said twice", "other"]
    assert await none_left(consumer)
    await first.aclose()
    second = await carried()
    consumer = second.consumer("builder-1", "builder")
    await second.publish(again, talk("last"))
    assert await taken(consumer, 1) == ["last"]
    assert await none_left(consumer)


async def test_what_has_expired_is_not_delivered_and_said(carried: Carried, talk: Talk) -> None:
    wall = Clock()
    bus = await carried(wall_clock=wall)
    consumer = bus.consumer("builder-1", "builder")
    gone = talk("gone", expires_at=message.format_time(wall.now))
    soon = talk("soon", expires_at=message.format_time(wall.now + 5))
    kept = talk("kept", expires_at=message.format_time(wall.now + 50), priority="low")
    positions = await bus.publish(gone, soon, kept)
    await consumer.wait()
    wall.now += 6
    assert await taken(consumer, 1) == ["kept"]
    [told] = await receipts(bus)
    assert told["expired"] == positions[:2]
    await bus.aclose()
    again = (await carried(wall_clock=wall)).consumer("builder-1", "builder")
    assert await none_left(again)


async def test_what_had_expired_when_it_came_does_not_count_as_waiting(carried: Carried, talk: Talk) -> None:
    wall = Clock()
    bus = await carried(wall_clock=wall)
    await bus.publish(talk("gone", expires_at=message.format_time(wall.now)))
    consumer = bus.consumer("builder-1", "builder")
    assert await none_left(consumer)
    assert consumer.depth == 0
    await bus.publish(talk("kept"))
    await consumer.wait()
    assert consumer.depth == 1


async def test_a_failed_message_comes_again_after_a_while_and_then_is_a_dead_letter(
    carried: Carried, talk: Talk, root: Path
) -> None:
    clock = Clock()
    bus = await carried(clock=clock)
    consumer = bus.consumer("builder-1", "builder", max_deliver=3)
    sent = talk("hard")
    [position] = await bus.publish(sent)
    pauses = [1.0, 2.0]
    for attempt in (1, 2, 3):
        delivery = await asyncio.wait_for(consumer.next(), PATIENCE_SECONDS)
        assert delivery.attempt == attempt
        consumer.retry(delivery, f"no luck {attempt}")
        assert consumer.next_nowait() is None
        if pauses:
            clock.now += pauses.pop(0)
    [letter] = dead_letters(root)
    assert (letter.consumer, letter.position, letter.attempts) == ("builder-1", position, 3)
    assert letter.reason == "no luck 3"
    assert sent.id in letter.line
    consumer.retry(delivery, "too late")
    assert len(dead_letters(root)) == 1
    told = await receipts(bus)
    assert any(one.get("dead") == [position] for one in told)
    await bus.aclose()
    assert await none_left((await carried()).consumer("builder-1", "builder"))


async def test_attempts_are_counted_over_a_restart(carried: Carried, talk: Talk) -> None:
    clock, wall = Clock(), Clock()
    first = await carried(clock=clock, wall_clock=wall)
    consumer = first.consumer("builder-1", "builder")
    await first.publish(talk("hard"))
    consumer.retry(await consumer.next(), "no luck")
    await first.aclose()
    second = await carried(clock=clock, wall_clock=wall)
    consumer = second.consumer("builder-1", "builder")
    assert await none_left(consumer)
    clock.now += 1
    delivery = consumer.next_nowait()
    assert delivery is not None
    assert delivery.attempt == 2


async def test_who_waits_for_a_later_attempt_is_woken_when_it_is_due(carried: Carried, talk: Talk) -> None:
    bus = await carried()
    consumer = bus.consumer("builder-1", "builder")
    await bus.publish(talk("hard"))
    consumer.retry(await consumer.next(), "no luck")
    delivery = await asyncio.wait_for(consumer.next(), PATIENCE_SECONDS)
    assert delivery.attempt == 2


async def test_an_answer_acknowledges(carried: Carried, talk: Talk) -> None:
    first = await carried()
    consumer = first.consumer("builder-1", "builder")
    question = talk("how much?", type="question")
    await first.publish(question)
    position = await consumer.answered(
        await consumer.next(), talk("42", "explorer-1", from_="builder-1", type="answer")
    )
    [answer] = [item async for item in first.read(position)]
    assert (answer.message.content, answer.message.reply_to) == ("42", question.id)
    assert await none_left(consumer)
    await first.aclose()
    assert await none_left((await carried()).consumer("builder-1", "builder"))


async def test_an_answer_in_the_log_is_the_acknowledgement_a_kill_prevented(carried: Carried, talk: Talk) -> None:
    first = await carried()
    consumer = first.consumer("builder-1", "builder")
    question, other = talk("how much?", type="question"), talk("and this?", type="question")
    await first.publish(question, other)
    await consumer.next()
    # What ``answered`` does up to the instant of a kill between the answer and the acknowledgement.
    await first.publish(talk("42", "explorer-1", from_="builder-1", type="answer", reply_to=question.id))
    await first.publish(talk("a guess", "explorer-1", from_="oracle-1", type="answer", reply_to=other.id))
    await first.aclose()
    consumer = (await carried()).consumer("builder-1", "builder")
    assert await taken(consumer, 1) == ["and this?"]
    assert await none_left(consumer)


async def test_an_answer_is_from_who_answers(carried: Carried, talk: Talk) -> None:
    bus = await carried()
    consumer = bus.consumer("builder-1", "builder")
    await bus.publish(talk("how much?"))
    delivery = await consumer.next()
    with pytest.raises(MessageError, match="from"):
        await consumer.answered(delivery, talk("42", "explorer-1", from_="explorer-2"))
    with pytest.raises(MessageError, match="type"):
        await consumer.answered(delivery, talk("42", "explorer-1", from_="builder-1", type="shout"))
    consumer.retry(delivery, "refused")
    assert consumer.depth == 1


async def test_received_and_read_are_told_in_one_record(carried: Carried, talk: Talk) -> None:
    bus = await carried()
    consumer = bus.consumer("builder-1", "builder")
    positions = await bus.publish(
        talk("one"), talk("two"), talk("news", "broadcast"), talk("bookkeeping", "broadcast", type="memory")
    )
    deliveries = [await consumer.next() for _ in range(4)]
    consumer.read(deliveries[0])
    consumer.read(deliveries[3])
    [told] = await receipts(bus)
    assert told["received"] == positions[:2]
    assert told["read"] == positions[:1]
    assert told["received_low"] > positions[3]
    assert told["read_low"] == positions[2]
    records = [item async for item in bus.read(0)]
    assert (records[-1].message.from_, records[-1].message.to) == ("builder-1", "coordinator")
    consumer.read(deliveries[2])
    assert (await receipts(bus, 2))[1]["read_low"] > positions[2]


async def test_who_waits_to_know_is_told_at_once(carried: Carried, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teller, "HOLD_SECONDS", 3600.0)
    monkeypatch.setattr(teller.Teller._plan, "__defaults__", (3600.0,))  # pyright: ignore[reportPrivateUsage]
    bus = await carried()
    consumer = bus.consumer("builder-1", "builder")
    await bus.publish(talk("no hurry", metadata={"wait": False}))
    await consumer.wait()
    [position] = await bus.publish(talk("tell me", metadata={"wait": True}))
    assert position in (await receipts(bus))[0]["received"]
    later = talk("by noon", ack_by="2030-01-01T00:00:00Z")
    [position] = await bus.publish(later)
    assert (await receipts(bus, 2))[1]["received"] == [position]
    for _ in range(3):
        delivery = await consumer.next()
        consumer.read(delivery)
    assert position in (await receipts(bus, 3))[2]["read"]


async def test_closing_tells_what_was_still_to_be_told(carried: Carried, talk: Talk) -> None:
    bus = await carried()
    consumer = bus.consumer("builder-1", "builder")
    [position] = await bus.publish(talk("one"))
    consumer.read(await consumer.next())
    await bus.aclose()
    found = [item.message.metadata async for item in (await carried()).read(position + 1)]
    assert found[0]["read"] == [position]


async def test_a_message_that_is_none_is_passed_over(opened: Opener, talk: Talk, root: Path) -> None:
    bus = opened()
    consumer = bus.consumer("builder-1", "builder")
    odd = b'{"from":"explorer-1","to":"builder-1","type":"chat","id":"odd","timestamp":7}\n'
    (root / "log" / f"{0:020d}.jsonl").write_bytes(odd + b"no message at all\n")
    await bus.publish(talk("good"))
    assert await taken(consumer, 1) == ["good"]
    assert bus.stats().damaged == 2


async def test_a_line_of_an_older_shape_is_delivered(opened: Opener, talk: Talk, root: Path) -> None:
    bus = opened()
    consumer = bus.consumer("builder-1", "builder")
    old = b'{"from":"explorer-1","to":"all","type":"chat","timestamp":"2024-01-01T00:00:00","content":"hi"}\n'
    (root / "log" / f"{0:020d}.jsonl").write_bytes(old + old)
    await bus.publish(talk("…"))
    assert await taken(consumer, 3) == ["hi", "hi", "…"]


async def test_a_restored_log_hides_no_new_message(opened: Opener, talk: Talk, root: Path) -> None:
    first = opened()
    consumer = first.consumer("builder-1", "builder")
    await first.publish(*(talk(f"lost {number}") for number in range(3)))
    backup = (root / "log" / f"{0:020d}.jsonl").read_bytes()
    await first.publish(*(talk(f"kept elsewhere {number}") for number in range(20)))
    await taken(consumer, 23)
    await first.aclose()
    (root / "log" / f"{0:020d}.jsonl").write_bytes(backup)
    second = opened()
    found = layout.read_format(layout.Layout(root))
    assert found is not None
    assert (found.generation, found.starts) == (2, (0, len(backup)))
    await second.publish(*(talk(f"new {number}") for number in range(5)))
    consumer = second.consumer("builder-1", "builder")
    assert await taken(consumer, 5) == [f"new {number}" for number in range(5)]
    await second.aclose()
    third = opened()
    assert await none_left(third.consumer("builder-1", "builder"))
    assert layout.read_format(layout.Layout(root)) == found


@pytest.mark.parametrize(
    ("name", "role"), [("../x", "builder"), ("all", ""), ("broadcast", ""), ("Builder", ""), ("builder-1", "king")]
)
def test_what_cannot_be_a_consumer_is_refused(opened: Opener, name: str, role: str) -> None:
    with pytest.raises(MessageError):
        opened().consumer(name, role)


async def test_one_consumer_of_a_name_at_a_time(carried: Carried) -> None:
    bus = await carried()
    consumer = bus.consumer("builder-1", "builder")
    with pytest.raises(BusError, match="open already"):
        bus.consumer("builder-1", "builder")
    await consumer.aclose()
    assert await none_left(bus.consumer("builder-1", "builder"))


async def test_closing_the_bus_ends_who_waits(carried: Carried) -> None:
    bus = await carried()
    consumer = bus.consumer("builder-1", "")
    waiting: list[asyncio.Future[Any]] = [
        asyncio.ensure_future(consumer.next()),
        asyncio.ensure_future(consumer.wait()),
    ]
    await none_left(consumer)
    await bus.aclose()
    for one in waiting:
        with pytest.raises(BusError, match="the bus is closed"):
            await asyncio.wait_for(one, PATIENCE_SECONDS)
    with pytest.raises(BusError, match="the bus is closed"):
        bus.consumer("builder-2", "")


async def test_closing_at_once_is_no_failure(carried: Carried) -> None:
    bus = await carried()
    consumer = bus.consumer("builder-1", "")
    waiting = asyncio.ensure_future(consumer.next())
    await asyncio.sleep(0)
    await bus.aclose()
    await bus.aclose()
    with pytest.raises(BusError, match="the bus is closed"):
        await asyncio.wait_for(waiting, PATIENCE_SECONDS)


async def test_a_cancelled_wait_loses_no_message(carried: Carried, talk: Talk) -> None:
    bus = await carried()
    consumer = bus.consumer("builder-1", "builder")
    await none_left(consumer)
    for number in range(50):
        waiting = asyncio.ensure_future(consumer.next())
        await asyncio.sleep(0)
        publishing = asyncio.ensure_future(bus.publish(talk(str(number))))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        await publishing
        if not waiting.cancelled():
            consumer.ack(waiting.result())
        else:
            assert await taken(consumer, 1) == [str(number)]
    assert await none_left(consumer)
