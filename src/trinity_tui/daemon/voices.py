"""What instances say and do now, for the faces that listen: what comes together joined, each frame encoded once.

Only what runs is kept. A face that does not keep up is sent nothing until it has read what waits, and then all there is
of what runs; a face that comes late begins the same way.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from trinity_tui.core.talk import Talks, cut, joined
from trinity_tui.core.wire import face, live

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trinity_tui.daemon.hub import Session

FLUSH_SECONDS = 0.02
"""How long pieces are gathered; the first after a while goes out at once. An instance has joined its tokens already."""
WAITING_BYTES = 256 * 1024
"""While so much waits for a face it is sent no pieces: it gets them all together once it has read that."""


class _Told:
    """What goes to those who listen to one instance with the next frame."""

    def __init__(self) -> None:
        self.pieces: list[live.Piece] = []
        self.uses: dict[tuple[str, str], live.ToolUse] = {}
        self.over: list[str] = []

    def take(self, frame: live.Piece | live.ToolUse) -> None:
        if isinstance(frame, live.Piece):
            self.pieces.append(frame)
        else:
            self.uses[frame.turn, frame.call] = cut(frame)


class Voices:
    """What every instance says and does now."""

    def __init__(self) -> None:
        self._talks: dict[str, Talks] = {}
        self._told: dict[str, _Told] = {}
        self._listeners: dict[str, set[Session]] = {}
        self._behind: dict[Session, set[str]] = {}
        """Faces that do not keep up, and whose words they missed."""
        self._flushing: asyncio.TimerHandle | None = None
        self._flushed_at = float("-inf")

    # From instances

    def heard(self, instance: str, frame: live.Piece | live.ToolUse) -> None:
        """An instance says or does more."""
        self._talks.setdefault(instance, Talks()).take(frame)
        if instance in self._listeners:
            self._told.setdefault(instance, _Told()).take(frame)
            self._flush_soon()

    def over(self, instance: str, turn: str = "") -> None:
        """A turn ended; with none named, all of the instance's."""
        talks = self._talks.get(instance)
        if talks is None:
            return
        ended = [talking.turn for talking in talks.running if turn in ("", talking.turn)]
        for name in ended:
            del talks.turns[name]
        if not talks.turns:
            del self._talks[instance]
        if ended and instance in self._listeners:
            self._told.setdefault(instance, _Told()).over += ended
            self._flush_soon()

    def forget(self, instance: str) -> None:
        """It is not there any more."""
        self.over(instance)

    # To faces

    def listen(self, session: Session, instance: str) -> None:
        """Send a face all there is of what runs, and from now on what comes."""
        # What waits for the next frame is in what is kept as well: it goes to the others before this face joins them.
        self._flush()
        self._listeners.setdefault(instance, set()).add(session)
        self._send_all(session, instance)

    def unlisten(self, session: Session, instance: str) -> None:
        """No more of it."""
        listeners = self._listeners.get(instance, set())
        listeners.discard(session)
        if not listeners:
            self._listeners.pop(instance, None)
            self._told.pop(instance, None)
        self._behind.get(session, set()).discard(instance)

    def leave(self, session: Session) -> None:
        """The face is gone."""
        for instance in self.listened(session):
            self.unlisten(session, instance)
        self._behind.pop(session, None)

    def listened(self, session: Session) -> list[str]:
        """Whom this face listens to."""
        return [instance for instance, listeners in self._listeners.items() if session in listeners]

    def again(self, session: Session) -> None:
        """What waited for this face was dropped: it begins anew with everyone it listens to."""
        self._behind.pop(session, None)
        self._flush()
        for instance in self.listened(session):
            self._send_all(session, instance)

    def catch_up(self, session: Session) -> None:
        """It has read something: where it missed words and there is room again, send it all there is."""
        if session in self._behind and session.waiting_bytes <= WAITING_BYTES:
            self._flush()
            for instance in self._behind.pop(session):
                self._send_all(session, instance)

    def _send_all(self, session: Session, instance: str) -> None:
        talks = self._talks.get(instance, Talks())
        pieces = [piece for talking in talks.running for piece in talking.pieces()]
        uses = [use for talking in talks.running for use in talking.uses.values()]
        session.put(face.encode(face.Talk(instance, pieces, uses, fresh=True)))

    def _flush_soon(self) -> None:
        if self._flushing is not None:
            return
        loop = asyncio.get_running_loop()
        due = max(loop.time(), self._flushed_at + FLUSH_SECONDS)
        self._flushing = loop.call_at(due, self._flush)

    def _flush(self) -> None:
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        told, self._told = self._told, {}
        if not told:
            return
        self._flushed_at = asyncio.get_running_loop().time()
        for instance, news in told.items():
            frame = face.Talk(instance, joined(news.pieces), list(news.uses.values()), news.over)
            self._send(instance, face.encode(frame), self._listeners.get(instance, ()))

    def _send(self, instance: str, frame: bytes, sessions: Iterable[Session]) -> None:
        for session in sessions:
            if session.waiting_bytes > WAITING_BYTES:
                self._behind.setdefault(session, set()).add(instance)
            elif instance not in self._behind.get(session, ()):
                session.put(frame)

    def close(self) -> None:
        """No timer goes off any more."""
        if self._flushing is not None:
            self._flushing.cancel()
