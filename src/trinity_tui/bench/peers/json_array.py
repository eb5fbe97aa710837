"""One JSON array per inbox, rewritten under a lock for every message: what agent tools do. Readers poll its time."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bench.peers.port import Poll
from trinity_tui.core.message import Message

if TYPE_CHECKING:
    from collections.abc import Generator

_decoder = msgspec.json.Decoder(list[Message])


class JsonArray:
    """One file."""

    def __init__(self, place: str) -> None:
        self._path = Path(place) / "inbox.json"
        self._lock = os.open(f"{place}/lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._poll = Poll()
        self._seen_count = 0
        self._seen_stamp = 0

    async def open(self) -> None:
        """Make the file."""
        with self._held():
            if not self._path.exists():
                self._write([])

    @contextmanager
    def _held(self) -> Generator[None]:
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    def _read(self) -> list[Message]:
        return _decoder.decode(self._path.read_bytes())

    def _write(self, messages: list[Message]) -> None:
        new = self._path.with_suffix(".tmp")
        new.write_bytes(msgspec.json.encode(messages))
        new.replace(self._path)

    async def publish(self, messages: list[Message]) -> None:
        """Read the array, write it with the new ones."""
        with self._held():
            self._write(self._read() + messages)

    async def subscribe(self) -> None:
        """From the array's end on."""
        self._seen_count = len(self._read())

    async def receive(self) -> list[Message]:
        """What the array has more than last time."""
        while True:
            stamp = self._path.stat().st_mtime_ns
            if stamp != self._seen_stamp:
                found = self._read()
                self._seen_stamp = stamp
                new, self._seen_count = found[self._seen_count :], len(found)
                if new:
                    self._poll.reset()
                    return new
            await self._poll.wait()

    async def claim(self) -> None:
        """Whoever asks gets the first."""

    async def handle(self) -> Message:
        """Take the first out of the array."""
        while True:
            with self._held():
                if found := self._read():
                    self._write(found[1:])
                    return found[0]
            await self._poll.wait()

    async def aclose(self) -> None:
        """Close the lock."""
        os.close(self._lock)
