"""The instance's end of the live lane, against coordinators that come, go, refuse and say nothing."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from patience import PATIENCE_SECONDS, until
from trinity_tui.core.wire import PROTOCOL, framing, live
from trinity_tui.harness import lane as module
from trinity_tui.harness.lane import Lane

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    import msgspec

HELLO = live.Hello(PROTOCOL, "observer-1", 3, 4711)


@pytest.fixture
def sockets() -> Iterator[Path]:
    """A folder with a path short enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="trinity-test-"))
    yield folder
    shutil.rmtree(folder)


class Coordinator:
    """Listens, greets with what it was given, and notes what it hears."""

    def __init__(self, place: Path, socket: Path, greeting: list[msgspec.Struct]) -> None:
        self.place = place
        self.socket = socket
        self.greeting = greeting
        self.visits = 0
        self.heard: list[live.FromInstance] = []
        self.news = asyncio.Condition()
        self.writer: asyncio.StreamWriter | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen, and say where."""
        self._server = await asyncio.start_unix_server(self._serve, self.socket)
        self.place.write_text(json.dumps({"pid": 1, "live": str(self.socket)}))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        decoder = framing.FrameDecoder[live.FromInstance](live.FromInstance)  # pyright: ignore[reportArgumentType]
        self.visits += 1
        writer.write(b"".join(map(framing.encode, self.greeting)))
        self.writer = writer
        while data := await reader.read(65_536):
            async with self.news:
                self.heard += decoder.feed(data)
                self.news.notify_all()
        writer.close()

    def say(self, frame: msgspec.Struct) -> None:
        """Say something to who came last."""
        assert self.writer is not None
        self.writer.write(framing.encode(frame))

    async def until(self, frame: live.FromInstance) -> None:
        """Wait until this was heard."""
        async with asyncio.timeout(PATIENCE_SECONDS), self.news:
            await self.news.wait_for(lambda: frame in self.heard)

    async def close(self) -> None:
        """Hang up, as by a kill."""
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()


class Guest:
    """A lane that runs, and what it heard."""

    def __init__(self, place: Path, orphan_ttl_seconds: float) -> None:
        self.heard: list[live.FromCoordinator] = []
        self.news = asyncio.Event()
        self.lane = Lane(place, HELLO, self._on_frame, orphan_ttl_seconds)
        self.task = asyncio.create_task(self.lane.run())

    def _on_frame(self, frame: live.FromCoordinator) -> None:
        self.heard.append(frame)
        self.news.set()

    async def next(self) -> live.FromCoordinator:
        """The newest frame, once there is another one."""
        await asyncio.wait_for(self.news.wait(), PATIENCE_SECONDS)
        self.news.clear()
        return self.heard[-1]


@pytest.fixture
async def guests(sockets: Path) -> AsyncIterator[list[Guest]]:
    """Lanes that are ended."""
    made: list[Guest] = []
    yield made
    for guest in made:
        guest.task.cancel()
        await asyncio.wait({guest.task})


WELCOME = live.Welcome(PROTOCOL, 1)


async def test_it_presents_itself_answers_pings_and_passes_the_rest_on(sockets: Path, guests: list[Guest]) -> None:
    coordinator = Coordinator(sockets / "place", sockets / "one", [WELCOME, live.Pause("by the person")])
    await coordinator.open()
    guests.append(guest := Guest(sockets / "place", 0.0))
    guest.lane.tell(live.Activity("tool", "pytest"))
    await asyncio.wait_for(guest.lane.greeted.wait(), PATIENCE_SECONDS)
    assert guest.heard == [live.Pause("by the person")]  # what holds is known when it counts as greeted
    await coordinator.until(live.Activity("tool", "pytest"))
    assert coordinator.heard[0] == HELLO
    coordinator.say(live.Ping(7))
    await coordinator.until(live.Pong(7))
    guest.news.clear()
    coordinator.say(live.Resume())
    assert await guest.next() == live.Resume()
    await coordinator.close()


async def test_it_beats(sockets: Path, guests: list[Guest], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT_SECONDS", 0.02)
    coordinator = Coordinator(sockets / "place", sockets / "one", [WELCOME])
    await coordinator.open()
    guests.append(guest := Guest(sockets / "place", 0.0))
    guest.lane.tell(live.Activity("idle", inbox_depth=5))
    await coordinator.until(live.Beat(5))
    await coordinator.close()


async def test_the_next_coordinator_is_found_and_told_how_things_stand(sockets: Path, guests: list[Guest]) -> None:
    first = Coordinator(sockets / "place", sockets / "one", [WELCOME])
    await first.open()
    guests.append(guest := Guest(sockets / "place", 0.0))
    await first.until(live.Activity("idle"))
    await first.close()
    guest.lane.tell(live.Activity("thinking", "alone"))
    second = Coordinator(sockets / "place", sockets / "two", [WELCOME])
    await second.open()
    await second.until(live.Activity("thinking", "alone"))
    assert second.heard[0] == HELLO
    await second.close()


async def test_who_refuses_is_left_alone_and_another_is_tried_at_once(
    sockets: Path, guests: list[Guest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.02)
    first = Coordinator(sockets / "place", sockets / "one", [live.Refused("an old epoch")])
    began = time.monotonic()
    await first.open()
    guests.append(guest := Guest(sockets / "place", 0.0))
    await until(lambda: first.visits >= 5, "tried again and again")
    # Every 0.02 s it would have been at 0.08 s; doubled from 0.04 on it is at 0, 0.04, 0.12, 0.28 and 0.6.
    assert time.monotonic() - began >= 0.6
    assert not guest.lane.greeted.is_set()
    second = Coordinator(sockets / "place", sockets / "two", [WELCOME])
    await second.open()
    await second.until(live.Activity("idle"))
    await first.close()
    await second.close()


@pytest.mark.parametrize("greeting", [[], [live.Refused("an old epoch")], [live.Ping(1)]])
async def test_nobody_who_takes_us_is_no_coordinator(
    sockets: Path, guests: list[Guest], monkeypatch: pytest.MonkeyPatch, greeting: list[msgspec.Struct]
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.02)
    monkeypatch.setattr(module, "GREETING_SECONDS", 0.05)
    coordinator = Coordinator(sockets / "place", sockets / "one", greeting)
    await coordinator.open()
    guests.append(guest := Guest(sockets / "place", 0.3))
    await asyncio.wait_for(guest.task, PATIENCE_SECONDS)
    assert coordinator.visits
    await coordinator.close()


@pytest.mark.parametrize("content", [None, "", "{}", '{"live": 3}', '{"live": "/nowhere/at/all"}'])
async def test_without_a_coordinator_it_ends_after_its_time(
    sockets: Path, guests: list[Guest], monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.02)
    if content is not None:
        (sockets / "place").write_text(content)
    began = time.monotonic()
    guests.append(guest := Guest(sockets / "place", 0.2))
    await asyncio.wait_for(guest.task, PATIENCE_SECONDS)
    assert time.monotonic() - began >= 0.2


async def test_the_time_alone_counts_from_when_it_was_left(
    sockets: Path, guests: list[Guest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.02)
    coordinator = Coordinator(sockets / "place", sockets / "one", [WELCOME])
    await coordinator.open()
    guests.append(guest := Guest(sockets / "place", 0.2))
    await coordinator.until(live.Activity("idle"))
    await asyncio.sleep(0.4)
    assert not guest.task.done()
    began = time.monotonic()
    await coordinator.close()
    await asyncio.wait_for(guest.task, PATIENCE_SECONDS)
    assert time.monotonic() - began >= 0.19


async def test_a_coordinator_that_reads_nothing_is_hung_up_on(
    sockets: Path, guests: list[Guest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "UNREAD_BYTES", 1000)
    coordinator = Coordinator(sockets / "place", sockets / "one", [WELCOME])
    await coordinator.open()
    guests.append(guest := Guest(sockets / "place", 0.0))
    await coordinator.until(live.Activity("idle"))
    assert coordinator.writer is not None
    cast("asyncio.Transport", coordinator.writer.transport).pause_reading()
    for number in range(20_000):
        guest.lane.tell(live.Activity("thinking", f"{number} " + "x" * 100))
    guest.lane.tell(live.Activity("idle", "the last"))
    await coordinator.until(live.Activity("idle", "the last"))  # on a new connection
    assert coordinator.visits == 2
    await coordinator.close()


@pytest.mark.parametrize(("revision", "is_told"), [(1, False), (2, True)])
async def test_only_a_coordinator_that_knows_them_is_sent_newer_frames(
    sockets: Path, guests: list[Guest], revision: int, *, is_told: bool
) -> None:
    coordinator = Coordinator(sockets / "place", sockets / "one", [live.Welcome(PROTOCOL, 1, revision)])
    await coordinator.open()
    guests.append(guest := Guest(sockets / "place", 0.0))
    asks, piece = live.Asks("r1", "m1", 1.0), live.Piece("m1", 0, "so")
    guest.lane.on_greeted = lambda: guest.lane.say(asks)
    await asyncio.wait_for(guest.lane.greeted.wait(), PATIENCE_SECONDS)
    guest.lane.say(piece)
    guest.lane.tell(live.Activity("idle", "the end"))
    await coordinator.until(live.Activity("idle", "the end"))
    assert [frame for frame in coordinator.heard if frame in (asks, piece)] == ([asks, piece] if is_told else [])
    await coordinator.close()
