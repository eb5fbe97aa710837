"""Logs in temporary folders, messages, and small programs as real other processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from nats_server import NatsServer
from trinity_tui.bus import FileBus, new_message, open_bus
from trinity_tui.bus.nats.nats_bus import NatsBus, open_nats_bus
from trinity_tui.bus.nats.place import Place

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from trinity_tui.core.message import Message

AnyBus = FileBus | NatsBus
PROGRAMS = Path(__file__).parent / "programs"


class Opener(Protocol):
    """Opens a bus that is closed when the test ends."""

    def __call__(self, root: Path | None = None, /, **settings: Any) -> FileBus: ...


class Carried(Protocol):
    """Opens the same log again and again, over whichever carrier the test runs; closed when the test ends."""

    async def __call__(self, **settings: Any) -> AnyBus: ...


class Talk(Protocol):
    """A message from one instance to another."""

    def __call__(self, content: str = "…", to: str = "builder-1", /, **fields: Any) -> Message: ...


class Waiter(Protocol):
    """Waits in the loop until something holds, with a deadline."""

    async def __call__(self, holds: Callable[[], bool], /, seconds: float = 10.0) -> None: ...


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where a log may be made."""
    return tmp_path / "bus"


@pytest.fixture
async def opened(root: Path) -> AsyncIterator[Opener]:
    """Opens buses and closes them."""
    buses: list[FileBus] = []

    def open_one(where: Path | None = None, /, **settings: Any) -> FileBus:
        buses.append(open_bus(where or root, "test", **settings))
        return buses[-1]

    yield open_one
    for bus in buses:
        await bus.aclose()


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """A server that lives as long as the tests: a test has a stream of its own there."""
    server = NatsServer(tmp_path_factory.mktemp("nats"))
    yield server
    server.close()


@pytest.fixture
def place(nats_server: NatsServer) -> Place:
    """A stream that nobody else has."""
    return Place(servers=[nats_server.url], stream=f"trinity-{uuid.uuid4().hex[:12]}")


@pytest.fixture(params=["files", "nats"])
async def carried(request: pytest.FixtureRequest, root: Path) -> AsyncIterator[Carried]:
    """Opens the log over each carrier in turn."""
    buses: list[AnyBus] = []
    place: Place | None = request.getfixturevalue("place") if request.param == "nats" else None

    async def open_one(**settings: Any) -> AnyBus:
        bus = (
            open_bus(root, "test", **settings)
            if place is None
            else await open_nats_bus(root, "test", place, **settings)
        )
        buses.append(bus)
        return bus

    yield open_one
    for bus in buses:
        await bus.aclose()


@pytest.fixture
def talk() -> Talk:
    """Makes messages."""

    def make(content: str = "…", to: str = "builder-1", /, **fields: Any) -> Message:
        return new_message(fields.pop("from_", "explorer-1"), to, fields.pop("type", "message"), content, **fields)

    return make


@pytest.fixture
def until() -> Waiter:
    """Waits for what another process or thread brings about."""

    async def wait(holds: Callable[[], bool], /, seconds: float = 10.0) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "it did not come about in time"
            await asyncio.to_thread(threading.Event().wait, 0.005)

    return wait


class Program:
    """A program of this folder in a process of its own, spoken to by lines."""

    def __init__(self, name: str, *arguments: object) -> None:
        command = [sys.executable, str(PROGRAMS / f"{name}.py"), *map(str, arguments)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def line(self) -> str:
        """The next line it writes."""
        assert self.process.stdout
        return self.process.stdout.readline().rstrip("\n")

    def tell(self, text: str) -> None:
        """Write it a line."""
        assert self.process.stdin
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def stop_there(self) -> None:
        """Stop it where it is, and return when it stands."""
        self.signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)

    def end(self) -> None:
        """Kill it, if it lives, and forget it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.communicate()


class Starter(Protocol):
    """Starts a program that is ended when the test ends."""

    def __call__(self, name: str, /, *arguments: object) -> Program: ...


@pytest.fixture
def program() -> Iterator[Starter]:
    """Starts programs and ends them."""
    programs: list[Program] = []

    def start(name: str, /, *arguments: object) -> Program:
        programs.append(Program(name, *arguments))
        return programs[-1]

    yield start
    for one in programs:
        one.end()


@pytest.fixture
def chaos() -> float:
    """How much longer than usual the tests that kill are to go on."""
    return float(os.environ.get("TRINITY_CHAOS", "1"))
