"""Whether a coordinator was there all the time: a file it touches while it lives tells the next one since when not.

Instances work on without one, but nobody assigns, restarts or answers meanwhile: the person is to hear of it.
"""

from __future__ import annotations

import logging
import os
import time
from typing import TYPE_CHECKING, Literal

import msgspec

from trinity_tui.bus import new_message
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.errors import StoreError
from trinity_tui.core.told import duration
from trinity_tui.process.procfs import boot_id
from trinity_tui.store import document

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.core.message import Message

End = Literal["", "stopped", "down"]
"""How a coordinator ended: it did not say so, it was stopped, or the person stopped everything."""
BEAT_SECONDS = 5.0
SHORT_SECONDS = 60.0
"""One that was stopped for no longer than this was replaced: that is no news."""
_log = logging.getLogger(__name__)


class Watch(msgspec.Struct, frozen=True):
    """What a coordinator leaves for the next; the file's own time says when it was there last."""

    boot_id: str = ""
    end: End = ""


class Gap(msgspec.Struct, frozen=True):
    """A time in which none was there."""

    seconds: float
    why: str

    @property
    def message(self) -> Message:
        """What is put on record of it."""
        text = f"nobody watched for {duration(self.seconds)}: {self.why}"
        metadata = {"unwatched_seconds": int(self.seconds), "why": self.why}
        return new_message(COORDINATOR, HUMAN, "status", text, origin="coordinator", metadata=metadata)


class Vigil:
    """Keeps the file.

    Args:
        path: It.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._next = 0.0

    def begin(self) -> Gap | None:
        """From now on somebody is there; the time before in which nobody was, where that is news."""
        gap = self._gap()
        self._write(Watch(boot_id()))
        return gap

    def _gap(self) -> Gap | None:
        try:
            before = document.read(self._path, Watch)
            seconds = max(0.0, time.time() - self._path.stat().st_mtime)
        except (OSError, StoreError):
            return None
        if before is None or before.end == "down" or (before.end == "stopped" and seconds < SHORT_SECONDS):
            return None
        if before.end == "stopped":
            return Gap(seconds, "the coordinator was stopped")
        return Gap(seconds, "the coordinator died" if before.boot_id == boot_id() else "the computer went down")

    def beat(self) -> None:
        """Somebody is still there."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + BEAT_SECONDS
            try:
                # A disk that is full takes a new time, but no new file.
                os.utime(self._path)
            except OSError as error:
                _log.warning("%s", error)

    def end(self, end: End) -> None:
        """Nobody is there from now on."""
        self._write(Watch(boot_id(), end))

    def _write(self, watch: Watch) -> None:
        try:
            document.write(self._path, watch, durable=False)
        except StoreError as error:
            # The next one tells of a longer time, or of none.
            _log.warning("%s", error)
