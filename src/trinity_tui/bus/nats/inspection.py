"""Looking a stream through: every kept line of every computer on it, the contents they name, and this one's marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.bus import acks, blobs
from trinity_tui.bus.inspection import Damage, Findings
from trinity_tui.bus.nats import kept
from trinity_tui.core import record
from trinity_tui.core.errors import BusError
from trinity_tui.core.record import DamagedLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bus.nats.nats_bus import NatsBus
    from trinity_tui.bus.nats.pull import Raw

_SHOWN_EVERY = 1000


class StreamInspection:
    """Looks one stream through.

    Args:
        bus: It.
        progress: Told what is being looked at, for long work.
    """

    def __init__(self, bus: NatsBus, progress: Callable[[str], None]) -> None:
        self._bus = bus
        self._progress = progress
        self._name = f"{bus.carrier} {bus.link.place.stream}"
        self._named: dict[str, tuple[int, int]] = {}
        self._shown = 0
        self.found = Findings()

    async def run(self) -> Findings:
        """Look at lines, contents and marks.

        Raises:
            BusError: The server does not answer.
        """
        self.found.segments = len(await self._bus.chunks())
        start, end = await self._bus.first(), await self._bus.end()
        async for piece in kept.pieces(self._bus.link, start, end):
            for raw in piece:
                self._line(raw)
        await self._contents()
        self._marks(end)
        return self.found

    def _line(self, raw: Raw) -> None:
        if raw.position >= self._shown + _SHOWN_EVERY:
            self._shown = raw.position
            self._progress(f"message {raw.position}")
        try:
            message = record.decode(raw.line)
        except DamagedLine as error:
            self._note(self._name, raw.position, str(error))
            return
        self.found.messages += 1
        if reference := blobs.reference_of(message):
            self._named.setdefault(reference[0], (reference[1], raw.position))

    async def _contents(self) -> None:
        self.found.contents = len(self._named)
        for number, (name, (size, position)) in enumerate(self._named.items(), 1):
            self._progress(f"content {number} of {len(self._named)}")
            try:
                await self._bus.content(name, size)
            except BusError as error:
                self._note(self._name, position, str(error))

    def _marks(self, end: int) -> None:
        paths, format_ = self._bus.marks()
        for path in sorted(paths.consumers.glob("*/acks.jsonl")):
            self.found.consumers += 1
            try:
                marks = acks.read_marks(path)
            except BusError as error:
                self._note(str(path), 1, str(error))
                continue
            if marks and format_.clamp(marks.highest(), marks.header.generation) > end:
                self._note(str(path), 1, "is ahead of the stream")

    def _note(self, file: str, line: int, problem: str) -> None:
        self.found.damage.append(Damage(file, line, problem))
