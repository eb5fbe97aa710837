"""What going into the past costs whoever looks at it: a seek until the room of then stands, a step, a search's answer.

Measured as the screen does it, with its own fold over its own connection to a real coordinator, on whatever log that
has.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from trinity_tui.client.connection import Connection
from trinity_tui.core.errors import ClientError
from trinity_tui.tui.bridge import Answered, Refused
from trinity_tui.tui.past.reel import Reel

if TYPE_CHECKING:
    from textual.message import Message

    from trinity_tui.bench.report import Report
    from trinity_tui.core.paths import Workspace

LOOKS, QUICK_LOOKS = 60, 8
"""How often each thing is done, and how often where only a short run is wanted."""
WORDS = ("agent", "explorer", "nobody-said-this")
"""In every message, in none."""


def measure(report: Report, workspace: Workspace) -> None:
    """Add the figures of the past to a report; a coordinator runs."""
    asyncio.run(_measure(report, workspace))


async def _measure(report: Report, workspace: Workspace) -> None:
    connection = Connection(workspace, read_only=True)
    running = asyncio.create_task(connection.run(), name="face")
    try:
        while connection.mirror.greeting is None:
            await connection.changed.wait()
            connection.changed.clear()
        looks = QUICK_LOOKS if report.quick else LOOKS
        viewer = _Viewer(connection)
        await viewer.go(lambda: viewer.reel.go_to_end())
        # All over the log, never twice to the same place, nor to one near the last.
        seeks = sorted([await viewer.seek((number * 37 % looks + 0.5) / looks) for number in range(looks)])
        report.figure("replay: seek, median", _middle(seeks) * 1e3, "ms")
        report.rail("replay: seek, slowest (ms)", seeks[-1] * 1e3, 300)
        steps = sorted([await viewer.go(lambda: viewer.reel.step(-1)) for _ in range(looks)])
        report.figure("replay: one message back, slowest", steps[-1] * 1e3, "ms")
        await _searches(report, connection, looks)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _searches(report: Report, connection: Connection, looks: int) -> None:
    taken: list[float] = []
    for number in range(looks):
        began = time.perf_counter()
        await connection.request("search", text=WORDS[number % len(WORDS)], place="log")
        taken.append(time.perf_counter() - began)
    report.figure("search in messages, median", _middle(sorted(taken)) * 1e3, "ms")
    report.figure("search in messages, p95", sorted(taken)[int(0.95 * (len(taken) - 1))] * 1e3, "ms")


def _middle(ordered: list[float]) -> float:
    return ordered[len(ordered) // 2]


class _Viewer:
    """A screen without a terminal: carries the reel's requests, and folds when there is something to fold."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._asking: set[asyncio.Task[None]] = set()
        self._shown = asyncio.Event()
        self.reel = Reel(self, lambda _: self._shown.set(), self._told)
        self.reel.greeting = connection.mirror.greeting

    def ask(self, do: str, **args: Any) -> None:
        """As the bridge does."""
        task = asyncio.create_task(self._ask(do, args), name=do)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _ask(self, do: str, args: dict[str, Any]) -> None:
        message: Message
        try:
            message = Answered(do, args, await self._connection.request(do, **args))
        except ClientError as error:
            message = Refused(do, args, error.sentence())
        self.reel.takes(message)
        await self._fold()

    async def _fold(self) -> None:
        while self.reel.is_folding:
            self.reel.fold()
            await asyncio.sleep(0)

    def _told(self, sentence: str) -> None:
        raise ClientError(sentence)

    async def seek(self, share: float) -> float:
        """Go to where so much of the kept log was said; the seconds."""
        return await self.go(lambda: self.reel.seek(int(self.reel.first + share * (self.reel.end - self.reel.first))))

    async def go(self, wish: Any) -> float:
        """The seconds until the room that was wished for stands."""
        self._shown.clear()
        began = time.perf_counter()
        wish()
        await self._fold()
        async with asyncio.timeout(30):
            await self._shown.wait()
        return time.perf_counter() - began
