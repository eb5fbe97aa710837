"""``kill -9`` of the server, of a consumer, and a server that stands still: what was accepted is there, once."""

from __future__ import annotations

import asyncio
import json
import random
from typing import TYPE_CHECKING

import pytest

from nats_server import NatsServer
from patience import PATIENCE_SECONDS, until
from trinity_tui.bus import new_message
from trinity_tui.bus.nats import publish
from trinity_tui.bus.nats.nats_bus import NatsBus, open_nats_bus
from trinity_tui.bus.nats.place import Place
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.bus.conftest import Starter, Talk

MESSAGES = 1500
KILLS = 5


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    """A server of this test's own: it is killed."""
    server = NatsServer(tmp_path / "nats")
    yield server
    server.close()


@pytest.fixture
async def bus(root: Path, server: NatsServer) -> AsyncIterator[NatsBus]:
    """A bus on it."""
    bus = await open_nats_bus(root, "test", Place(servers=[server.url], stream="shop"))
    yield bus
    await bus.aclose()


async def kill_it(server: NatsServer, done: asyncio.Event) -> int:
    """Kill and start it, at random instants, until it was enough; how often."""
    chance = random.Random(7)
    kills = 0
    while not done.is_set():
        await asyncio.sleep(chance.uniform(0.01, 0.15))
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
        kills += 1
        if kills >= KILLS:
            done.set()
    return kills


async def publish_until(bus: NatsBus, done: asyncio.Event) -> dict[str, int]:
    """Publish windows one after the other; what was accepted, with where it stands."""
    accepted: dict[str, int] = {}
    number = 0
    while not done.is_set() or number < MESSAGES:
        window = [new_message("explorer-1", "builder-1", "message", str(number + index)) for index in range(10)]
        number += len(window)
        positions = await bus.publish(*window)
        accepted |= {item.content: position for item, position in zip(window, positions, strict=True)}
    return accepted


async def test_a_killed_server_loses_nothing_accepted_and_has_nothing_twice(bus: NatsBus, server: NatsServer) -> None:
    consumer, done, handled = bus.consumer("builder-1", "builder"), asyncio.Event(), list[str]()

    async def handle() -> None:
        while True:
            delivery = await consumer.next()
            handled.append(delivery.message.content)
            consumer.ack(delivery)

    handling = asyncio.create_task(handle())
    async with asyncio.timeout(PATIENCE_SECONDS):
        kills, accepted = await asyncio.gather(kill_it(server, done), publish_until(bus, done))
    await until(lambda: len(handled) >= len(accepted), "all is handled")
    handling.cancel()
    await asyncio.wait([handling])
    assert kills == KILLS
    assert sorted(map(int, handled)) == list(range(len(accepted)))
    stood = {item.message.content: item.position async for item in bus.read(0) if item.message.type == "message"}
    assert stood == accepted
    assert list(stood) == [str(number) for number in range(len(accepted))], "the log is in the order it was said"


async def test_a_follower_misses_nothing_over_the_death_of_a_server(bus: NatsBus, server: NatsServer) -> None:
    seen: list[str] = []

    async def follow() -> None:
        async for batch in bus.follow(0):
            seen.extend(record.message.content for record in batch)

    following = asyncio.create_task(follow())
    done = asyncio.Event()
    async with asyncio.timeout(PATIENCE_SECONDS):
        _, accepted = await asyncio.gather(kill_it(server, done), publish_until(bus, done))
    await until(lambda: len(seen) >= len(accepted), "all is seen")
    following.cancel()
    await asyncio.wait([following])
    assert seen == [str(number) for number in range(len(accepted))]


async def test_kills_of_a_consumer_give_one_answer_each(server: NatsServer, root: Path, program: Starter) -> None:
    killer = program("kill_answerers", root, 12, 3, server.url, "shop")
    told = json.loads(await asyncio.to_thread(killer.line))
    assert told["killed"] == 12
    bus = await open_nats_bus(root, "test", Place(servers=[server.url], stream="shop"))
    said = [item.message async for item in bus.read(0)]
    await bus.aclose()
    questions = {message.id for message in said if message.type == "question"}
    answered = [message.reply_to for message in said if message.type == "answer"]
    assert len(questions) == told["asked"]
    assert sorted(filter(None, answered)) == sorted(questions)


async def test_a_server_that_stands_still_refuses_in_time_and_says_what_to_do(
    bus: NatsBus, server: NatsServer, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "ACCEPT_SECONDS", 0.5)
    server.hold()
    sent = talk("said twice")
    with pytest.raises(BusError, match="accepted nothing") as caught:
        await bus.publish(sent)
    assert "nats-server" in caught.value.sentence()
    server.release()
    monkeypatch.setattr(publish, "ACCEPT_SECONDS", 20.0)
    positions = await bus.publish(sent)
    assert [item.position async for item in bus.read(0)] == positions


async def test_who_watches_is_told_of_the_loss_and_of_its_end(bus: NatsBus, server: NatsServer, talk: Talk) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    bus.watch(told.put_nowait)
    server.kill()
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert server.url in await told.get()
        publishing = asyncio.create_task(bus.publish(talk("waits")))
        await asyncio.to_thread(server.start)
        assert await told.get() == ""
        assert await publishing == [1]


async def test_a_stream_that_was_made_anew_is_not_taken_for_the_one_it_was(
    bus: NatsBus, server: NatsServer, root: Path, talk: Talk
) -> None:
    consumer = bus.consumer("builder-1", "builder")
    await bus.publish(talk("lost"), talk("lost too"))
    for _ in range(2):
        consumer.ack(await consumer.next())
    server.kill()
    server.forget()
    server.start()
    other = await open_nats_bus(root, "other", Place(servers=[server.url], stream="shop"))
    try:
        assert other.generation == bus.generation + 1
        with pytest.raises(BusError, match="is not the one it was"):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    await bus.publish(talk("into the other?"))
        await consumer.aclose()
        await other.publish(talk("new"))
        async with asyncio.timeout(PATIENCE_SECONDS):
            delivery = await other.consumer("builder-1", "builder").next()
        assert delivery.message.content == "new"
        assert [item.message.content async for item in other.read(0)] == ["new"]
    finally:
        await other.aclose()
