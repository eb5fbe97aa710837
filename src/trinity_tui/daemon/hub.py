"""One stream for all faces: each batch is encoded once, each face has a bounded queue and is never waited for.

A face over its bound loses its queue and begins again with a snapshot; the log on disk is the buffer.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import room
from trinity_tui.core.wire import face

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trinity_tui.core.record import Record

FLUSH_SECONDS = 0.02
"""Records are gathered this long before they are sent: a frame of a screen is longer."""
LIVE_SECONDS = 0.25
OUTBOX_BYTES = 8 * 1024 * 1024
RECORDS_A_BATCH = 2_000


class Session:
    """One attached face: what waits to be sent to it."""

    def __init__(self) -> None:
        self._queue: deque[bytes] = deque()
        self._marks: deque[Callable[[], None] | None] = deque()
        """What to call once each of the queue is sent."""
        self._taken: deque[Callable[[], None] | None] = deque()
        self._bytes = 0
        self._sending_bytes = 0
        self._ready = asyncio.Event()
        self.is_lagging = False
        """Whether what waited was dropped: the face must begin with a snapshot."""
        self.is_stale = False
        """Whether it must begin with a snapshot though nothing was dropped: what it was shown is not so any more."""
        self.dropped = 0

    @property
    def waiting_bytes(self) -> int:
        """How much waits to be sent or has not been read by the face yet."""
        return self._bytes + self._sending_bytes

    def put(self, frame: bytes, on_sent: Callable[[], None] | None = None) -> None:
        """Queue a frame; over the bound everything queued is dropped."""
        self._ready.set()
        if self.is_lagging:
            return
        if self.waiting_bytes + len(frame) > OUTBOX_BYTES:
            self.dropped += len(self._queue) + 1
            self._queue.clear()
            self._marks.clear()
            self._bytes = 0
            self.is_lagging = True
            return
        self._queue.append(frame)
        self._marks.append(on_sent)
        self._bytes += len(frame)

    async def take(self) -> list[bytes]:
        """Everything that waits; may be empty when the face must begin anew. Each is to be reported as ``sent``."""
        await self._ready.wait()
        self._ready.clear()
        frames = list(self._queue)
        self._queue.clear()
        self._taken += self._marks
        self._marks.clear()
        self._sending_bytes, self._bytes = self._sending_bytes + self._bytes, 0
        return frames

    def sent(self, frame: bytes) -> None:
        """The first of the frames that were taken waits no more."""
        self._sending_bytes -= len(frame)
        on_sent = self._taken.popleft()
        if on_sent is not None:
            on_sent()

    def resume(self) -> None:
        """A snapshot is on its way: queue again."""
        self.is_lagging = self.is_stale = False

    def renew(self) -> None:
        """Have the face begin with a snapshot once what waits is sent."""
        self.is_stale = True
        self._ready.set()


class Hub:
    """All attached faces.

    Args:
        position: Where the room stands.
    """

    def __init__(self, position: Callable[[], int]) -> None:
        self._position = position
        self._sessions: set[Session] = set()
        self._records: list[Record] = []
        self._until = 0
        """Where the room stood after the last of them; it may be further by the time they go out."""
        self._live: dict[str, face.LiveView] = {}
        self._changed: set[str] = set()
        self._areas: set[str] = set()
        self._flushing: asyncio.TimerHandle | None = None
        self._telling: asyncio.TimerHandle | None = None

    @property
    def sessions(self) -> int:
        """How many faces are attached."""
        return len(self._sessions)

    @property
    def live(self) -> list[face.LiveView]:
        """What every instance does now."""
        return list(self._live.values())

    def view(self, instance: str) -> face.LiveView:
        """What one instance does now."""
        return self._live.get(instance, face.LiveView(instance))

    def forget(self, instance: str) -> None:
        """It is not there any more."""
        self._live.pop(instance, None)
        self._changed.discard(instance)

    def join(self, session: Session) -> None:
        """From now on the session gets every batch."""
        self._sessions.add(session)

    def leave(self, session: Session) -> None:
        """No more."""
        self._sessions.discard(session)

    def renew(self) -> None:
        """Have every face begin with a snapshot."""
        for session in self._sessions:
            session.renew()

    def records(self, records: Sequence[Record]) -> None:
        """Records that were folded; they go out together with what comes within a moment."""
        if not self._sessions:
            return
        self._records += records
        self._until = self._position()
        if self._flushing is None and self._records:
            self._flushing = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._flush)

    def _flush(self) -> None:
        self._flushing = None
        records, self._records = self._records, []
        for start in range(0, len(records), RECORDS_A_BATCH):
            part = records[start : start + RECORDS_A_BATCH]
            is_last = start + RECORDS_A_BATCH >= len(records)
            position = self._until if is_last else part[-1].position + 1
            self.broadcast(batch(position, part))

    def tell(self, view: face.LiveView) -> None:
        """An instance does something else now."""
        if self._live.get(view.id) == view:
            return
        self._live[view.id] = view
        self._changed.add(view.id)
        self._tell_soon()

    def changed(self, area: str) -> None:
        """Something beside the log changed: whoever shows it asks for it again."""
        self._areas.add(area)
        self._tell_soon()

    def _tell_soon(self) -> None:
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(LIVE_SECONDS, self._tell)

    def _tell(self) -> None:
        self._telling = None
        changed, self._changed = self._changed, set()
        areas, self._areas = self._areas, set()
        self.broadcast(face.Live([self._live[name] for name in sorted(changed)], sorted(areas)))

    def broadcast(self, frame: face.ToFace) -> None:
        """One frame for every face, encoded once."""
        if not self._sessions:
            return
        encoded = face.encode(frame)
        for session in self._sessions:
            session.put(encoded)

    def close(self) -> None:
        """No timer of ours goes off any more."""
        for timer in (self._flushing, self._telling):
            if timer is not None:
                timer.cancel()


def batch(position: int, records: Sequence[Record]) -> face.Batch:
    """Records as faces get them: contents cut, bodies on demand."""
    return face.Batch(position, [_cut(record) for record in records])


def _cut(record: Record) -> Record:
    message = record.message
    content = room.cut(message.content)
    if content is message.content and message.extra is None:
        return record
    return msgspec.structs.replace(record, message=msgspec.structs.replace(message, content=content, extra=None))
