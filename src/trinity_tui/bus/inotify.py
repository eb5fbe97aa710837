"""The kernel's inotify, by ctypes: which watched files were written to; and on which file systems it cannot tell."""

from __future__ import annotations

import ctypes
import os
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACCESS = 0x1
MODIFY = 0x2
_EVENT = struct.Struct("iIII")
OVERFLOW = -1
"""The watch number that says events were lost: anything may have been written."""
_DISTANT = frozenset({0x6969, 0x517B, 0xFF534D42, 0xFE534D42, 0x01021997, 0x65735546})
"""NFS, SMB (three ages of it), 9p, FUSE: what another host writes is not reported."""
_libc = ctypes.CDLL(None, use_errno=True)


def is_distant(path: Path) -> bool:
    """Whether a folder lies on a file system whose changes inotify may not report."""
    buffer = ctypes.create_string_buffer(512)
    if _libc.statfs(os.fsencode(path), buffer) != 0:
        return True
    return (ctypes.c_long.from_buffer(buffer).value & 0xFFFFFFFF) in _DISTANT


class Inotify:
    """One inotify descriptor.

    Raises:
        OSError: The user's limit of instances is spent, or the kernel has none.
    """

    def __init__(self) -> None:
        self.descriptor: int = _libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.descriptor < 0:
            raise _last_error()

    def watch(self, path: Path, mask: int = MODIFY) -> int:
        """Report what is done to a file; returns the number its events carry.

        Args:
            path: The file; its reports go on under another name.
            mask: ``MODIFY``, ``ACCESS`` or both.

        Raises:
            OSError: The user's limit of watches is spent, or there is no such file.
        """
        number: int = _libc.inotify_add_watch(self.descriptor, os.fsencode(path), mask)
        if number < 0:
            raise _last_error()
        return number

    def unwatch(self, number: int) -> None:
        """Report a file no more; one that is gone by now is not reported anyway."""
        _libc.inotify_rm_watch(self.descriptor, number)

    def drain(self) -> set[int]:
        """The numbers of all that was written to since the last call."""
        numbers: set[int] = set()
        while True:
            try:
                data = os.read(self.descriptor, 4096)
            except BlockingIOError:
                return numbers
            if len(data) == _EVENT.size:
                numbers.add(_EVENT.unpack(data)[0])  # One ring, by far the most frequent.
                return numbers
            numbers.update(number for number, _ in _events(data))
            if len(data) < 2048:
                return numbers

    def events(self) -> Iterator[tuple[int, int]]:
        """Number and mask of all that was done since the last call, in its order."""
        while True:
            try:
                data = os.read(self.descriptor, 65_536)
            except BlockingIOError:
                return
            yield from _events(data)

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self.descriptor)


def _events(data: bytes) -> Iterator[tuple[int, int]]:
    offset = 0
    while offset < len(data):
        number, mask, _, length = _EVENT.unpack_from(data, offset)
        yield number, mask
        offset += _EVENT.size + length


def _last_error() -> OSError:
    code = ctypes.get_errno()
    return OSError(code, os.strerror(code))
