"""One face following one instance's output: sent as it comes, skipped and counted while the face does not keep up."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from trinity_tui.core.wire import face
from trinity_tui.daemon.outputs import Place

if TYPE_CHECKING:
    from trinity_tui.daemon.hub import Session
    from trinity_tui.daemon.outputs import Outputs, Piece

WAITING_BYTES = 1024 * 1024
"""While so much waits for a face, lines are skipped: the file has them."""


class Follower:
    """Puts an instance's lines into a face's queue.

    Args:
        outputs: Where they come from.
        session: The face's queue.
        wanted: From where on.
    """

    def __init__(self, outputs: Outputs, session: Session, wanted: face.Follow) -> None:
        self._wanted = wanted
        self._outputs = outputs
        self._session = session
        self._after = Place(wanted.epoch, wanted.offset) if wanted.epoch else None
        self._place = Place(0, 0)
        self._sent = wanted
        self._is_anew = False
        self._skipped = 0
        self.task = asyncio.create_task(self._run(), name=f"output of {wanted.instance}")

    def again(self) -> face.Follow:
        """How to go on after the last line the face was sent."""
        return self._sent

    async def _run(self) -> None:
        async for piece in self._outputs.follow(self._wanted.instance, self._wanted.lines, self._after):
            self._take(piece)

    def _take(self, piece: Piece) -> None:
        self._place = piece.place
        self._is_anew |= piece.anew
        if self._session.waiting_bytes > WAITING_BYTES:
            self._skipped += len(piece.lines)
        else:
            self._put(piece.lines, piece.at, is_end=piece.is_end)

    def tell_skipped(self) -> None:
        """There is room again: say now what was left out, for it may be long until the next line."""
        if (self._skipped or self._is_anew) and self._session.waiting_bytes <= WAITING_BYTES:
            self._put([])

    def _put(self, lines: list[str], at: float = 0.0, *, is_end: bool = False) -> None:
        wanted, place = self._wanted, self._place
        told = face.Output(
            wanted.instance, place.epoch, lines, self._skipped, self._is_anew, place.offset,
            at, time.localtime(at).tm_gmtoff if at else 0, is_end,
        )  # fmt: skip
        self._skipped, self._is_anew = 0, False
        sent = face.Follow(wanted.instance, wanted.lines, place.epoch, place.offset)
        self._session.put(face.encode(told), lambda: self._note_sent(sent))

    def _note_sent(self, sent: face.Follow) -> None:
        self._sent = sent
