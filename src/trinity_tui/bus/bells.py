"""Ringing: which bell wakes whom, and the one byte overwritten to do it.

``log`` wakes whoever follows everything, ``all`` every instance, ``role-<role>`` its members, ``<id>`` one consumer.
A bell only wakes; that nothing is missed is the log's doing, so one that cannot be rung costs a second at most.
"""

from __future__ import annotations

import asyncio
import os
import time
from functools import lru_cache
from typing import TYPE_CHECKING

from trinity_tui.bus import files
from trinity_tui.core import address

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trinity_tui.core.message import Message

LOG = "log"
ALL = "all"
BOOKKEEPING = frozenset({"receipt", "status"})
"""Kinds that only projections read: delivered to no consumer, ringing none."""
WINDOW_SECONDS = 0.001
RINGS_IN_WINDOW = 2
_KEPT_DESCRIPTORS = 64


@lru_cache(maxsize=1024)
def _bell_for(to: str) -> str | None:
    if role := address.role_of(to):
        return role_bell(role)
    if address.is_many(to):
        return ALL
    return None if "/" in to else to


def bell_of(message: Message) -> str | None:
    """The bell of those a message is for; None where only the log's followers care."""
    return None if message.type in BOOKKEEPING else _bell_for(message.to)


def role_bell(role: str) -> str:
    """The bell of a role's members."""
    return f"role-{role}"


def hang(folder: str, name: str) -> int:
    """A bell's descriptor; the bell is made where there is none, so that it can be rung and watched.

    Raises:
        OSError: It cannot be made.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC
    return os.open(f"{folder}/{name}", flags, files.PRIVATE_FILE)


class Ringer:
    """Rings bells by name. Who has not begun to listen finds what was said meanwhile in the log.

    A bell is rung a few times in a millisecond at most, then once at its end: who is behind needs no more waking.
    Belongs to the running loop.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._descriptors: dict[str, int] = {}
        self._rung: dict[str, int] = {}
        self._rung_until = 0.0
        self._late: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None

    def ring(self, names: Iterable[str]) -> None:
        """Ring each bell once, now or within a millisecond."""
        now = time.monotonic()
        if now >= self._rung_until:
            self._rung_until = now + WINDOW_SECONDS
            self._rung.clear()
        for name in names:
            count = self._rung.get(name, 0)
            if count < RINGS_IN_WINDOW:
                self._rung[name] = count + 1
                self._strike(name)
            else:
                self._late.add(name)
                if self._timer is None:
                    self._timer = asyncio.get_running_loop().call_later(WINDOW_SECONDS, self._ring_late)

    def _ring_late(self) -> None:
        self._timer = None
        late, self._late = self._late, set()
        for name in late:
            self._strike(name)

    def _strike(self, name: str) -> None:
        descriptor = self._descriptors.get(name)
        try:
            os.pwrite(self._open(name) if descriptor is None else descriptor, b"!", 0)
        except OSError:
            return  # A full disk or a deleted folder: the safety poll wakes, or says what is the matter.

    def _open(self, name: str) -> int:
        descriptor = hang(self._folder, name)
        if len(self._descriptors) >= _KEPT_DESCRIPTORS:
            os.close(self._descriptors.pop(next(iter(self._descriptors))))
        self._descriptors[name] = descriptor
        return descriptor

    def close(self) -> None:
        """Ring what is still to be rung and give the descriptors back."""
        if self._timer:
            self._timer.cancel()
            self._ring_late()
        for descriptor in self._descriptors.values():
            os.close(descriptor)
        self._descriptors.clear()
