"""Logs in temporary folders, messages, and small programs as real other processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from fleet import wait_until
from nats_server import NatsServer
from nursery import nursery
from trinity_tui.bus import FileBus, new_message, open_bus
from trinity_tui.bus.nats.nats_bus import NatsBus, open_nats_bus
from trinity_tui.bus.nats.place import Place
from trinity_tui.process import procfs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from trinity_tui.core.message import Message

AnyBus = FileBus | NatsBus
PROGRAMS = Path(__file__).parent / "programs"
FORKING = ("kill_answerers", "kill_writers")
"""Who forks hundreds of times does so best out of a process that holds no more than it needs."""


class Opener(Protocol):
    """Opens a bus that is closed when the test ends."""

    def __call__(self, root: Path | None = None, /, **settings: Any) -> FileBus: ...


class Carried(Protocol):
    """Opens the same log again and again, over whichever carrier the test runs; closed when the test ends."""

    async def __call__(self, **settings: Any) -> AnyBus: ...


class Talk(Protocol):
    """A message from one instance to another."""

    def __call__(self, content: str = "…", to: str = "builder-1", /, **fields: Any) -> Message: ...


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


class Program:
    """A program of this folder in a process of its own, spoken to by lines."""

    def __init__(self, name: str, *arguments: object) -> None:
        source, words = os.pipe()
        lines, output = os.pipe()
        command = [sys.executable, str(PROGRAMS / f"{name}.py"), *map(str, arguments)]
        try:
            self.process = (
                subprocess.Popen(command, stdin=source, stdout=output)
                if name in FORKING
                else nursery().start(command, output, 2, source=source)
            )
        finally:
            os.close(source)
            os.close(output)
        self._words, self._lines = open(words, "w"), open(lines)

    def line(self) -> str:
        """The next line it writes."""
        return self._lines.readline().rstrip("\n")

    def tell(self, text: str) -> None:
        """Write it a line."""
        self._words.write(text + "\n")
        self._words.flush()

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def stop_there(self) -> None:
        """Stop it where it is, and return when it stands."""
        self.signal(signal.SIGSTOP)
        wait_until(lambda: b") T " in (procfs.read(f"/proc/{self.process.pid}/stat") or b""), "it stands still")

    def end(self) -> None:
        """Kill it, if it lives, and forget it."""
        self.process.kill()
        self.process.wait()
        self._words.close()
        self._lines.close()


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
