"""The instance's end of the live lane: says what it does, answers pings, and notices when the coordinator is gone."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import WireError
from trinity_tui.core.wire import framing, live

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RETRY_SECONDS = 0.5
LONGEST_RETRY_SECONDS = 30.0
"""How long one that refused us is left alone at the most; another coordinator is tried at once."""
GREETING_SECONDS = 5.0
"""How long a coordinator may take to say who it is."""
UNREAD_BYTES = 256 * 1024
_CHUNK_BYTES = 64 * 1024
log = logging.getLogger("lane")


class _Place(msgspec.Struct):
    live: str


class Lane:
    """One connection to whichever coordinator is there.

    Args:
        place: The file that says where the coordinator listens.
        hello: How this instance presents itself.
        on_frame: Called with what arrives besides pings.
        orphan_ttl_seconds: After this long without a coordinator ``run`` returns; 0: never.

    Attributes:
        greeted: Set once a coordinator took us, and said how things stand.
        on_greeted: Called when one takes us, to say again what it may not know.
    """

    def __init__(
        self,
        place: Path,
        hello: live.Hello,
        on_frame: Callable[[live.FromCoordinator], None],
        orphan_ttl_seconds: float,
    ) -> None:
        self.greeted = asyncio.Event()
        self.on_greeted: Callable[[], None] = lambda: None
        self._place = place
        self._hello = hello
        self._on_frame = on_frame
        self._orphan_ttl_seconds = orphan_ttl_seconds
        self._writer: asyncio.StreamWriter | None = None
        self._revision = 1
        self._activity = live.Activity("idle")
        self._last_seen = time.monotonic()
        self._refused_by = b""
        self._refused_pause = 0.0
        self._again_at = 0.0

    def tell(self, activity: live.Activity) -> None:
        """Say what the instance does now; repeated to the next coordinator."""
        self._activity = activity
        self._send(activity)

    def say(self, frame: live.FromInstance) -> None:
        """Say something of revision 2; nobody hears it where there is no coordinator, or one that does not know it."""
        if self._revision >= live.REVISION:
            self._send(frame)

    async def run(self) -> None:
        """Stay connected; returns when there has been no coordinator for too long."""
        while not self._is_orphan():
            try:
                place = self._place.read_bytes()
                if place != self._refused_by or time.monotonic() >= self._again_at:
                    await self._session(place)
            except (OSError, WireError, msgspec.DecodeError, TimeoutError) as error:
                log.debug("no coordinator: %s", error)
            await asyncio.sleep(RETRY_SECONDS)
        log.warning("no coordinator for %g s: stopping", self._orphan_ttl_seconds)

    def _is_orphan(self) -> bool:
        return 0 < self._orphan_ttl_seconds < time.monotonic() - self._last_seen

    async def _session(self, place: bytes) -> None:
        reader, writer = await asyncio.open_unix_connection(msgspec.json.decode(place, type=_Place).live)
        try:
            writer.write(framing.encode(self._hello))
            decoder = framing.FrameDecoder[live.FromCoordinator](live.FromCoordinator)  # pyright: ignore[reportArgumentType]  # a union is a type to msgspec
            async with asyncio.timeout(GREETING_SECONDS):
                frames = await _read(reader, decoder)
            match frames:
                case [live.Welcome(revision=revision), *rest]:
                    self._revision = revision
                    await self._talk(reader, writer, decoder, rest)
                case [live.Refused(reason=reason), *_]:
                    self._leave_alone(place, reason)
                case _:
                    raise WireError("the first frame is no welcome")
        finally:
            writer.close()

    def _leave_alone(self, place: bytes, reason: str) -> None:
        if place != self._refused_by:
            # A coordinator that has just begun may not know us for a moment.
            log.info("not connected yet: %s; trying again", reason)
            self._refused_by, self._refused_pause = place, RETRY_SECONDS
        elif self._refused_pause == RETRY_SECONDS * 2:
            log.error("refused by the coordinator: %s", reason)
        self._refused_pause = min(self._refused_pause * 2, LONGEST_RETRY_SECONDS)
        self._again_at = time.monotonic() + self._refused_pause

    async def _talk(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        decoder: framing.FrameDecoder[live.FromCoordinator],
        frames: list[live.FromCoordinator],
    ) -> None:
        self._refused_by = b""
        self._writer = writer
        self._send(self._activity)
        beats = asyncio.create_task(self._beat(), name="beats")
        try:
            self._hear(frames)
            self.greeted.set()
            self.on_greeted()
            while frames := await _read(reader, decoder):
                self._hear(frames)
        finally:
            self._last_seen = time.monotonic()
            self._writer = None
            beats.cancel()

    def _hear(self, frames: list[live.FromCoordinator]) -> None:
        for frame in frames:
            if isinstance(frame, live.Ping):
                self._send(live.Pong(frame.nonce))
            else:
                self._on_frame(frame)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(live.BEAT_SECONDS)
            self._send(live.Beat(self._activity.inbox_depth))

    def _send(self, frame: live.FromInstance) -> None:
        if self._writer is None or self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() > UNREAD_BYTES:
            # What the coordinator does not read in time goes with its connection: nothing here must last.
            self._writer.transport.abort()
            return
        self._writer.write(framing.encode(frame))


async def _read(
    reader: asyncio.StreamReader, decoder: framing.FrameDecoder[live.FromCoordinator]
) -> list[live.FromCoordinator]:
    """The next frames; none at the connection's end."""
    while data := await reader.read(_CHUNK_BYTES):
        if frames := decoder.feed(data):
            return frames
    return []
