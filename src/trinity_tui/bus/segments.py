"""A segment to read, whether it stands plain or packed. Who has a plain one open goes on reading it while it is packed.

The packed file is whole before the plain one is removed, so one of the two is always there until the segment goes.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from trinity_tui.bus import files, packed

if TYPE_CHECKING:
    from trinity_tui.bus.layout import Layout
    from trinity_tui.core.record import Position

_READ = os.O_RDONLY | os.O_CLOEXEC


class Segment(Protocol):
    """An open segment."""

    def read(self, count: int, offset: int) -> bytes:
        """Bytes from an offset in it; fewer at its end."""
        ...

    def size(self) -> int:
        """How many bytes it holds, unpacked."""
        ...

    def is_deleted(self) -> bool:
        """Whether its name is gone."""
        ...

    def close(self) -> None:
        """Give the descriptor back."""
        ...


class _Plain:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def read(self, count: int, offset: int) -> bytes:
        return os.pread(self._descriptor, count, offset)

    def size(self) -> int:
        return os.fstat(self._descriptor).st_size

    def is_deleted(self) -> bool:
        return os.fstat(self._descriptor).st_nlink == 0

    def close(self) -> None:
        os.close(self._descriptor)


class _Packed:
    def __init__(self, descriptor: int) -> None:
        self._members = packed.Members(descriptor)
        self.read = self._members.read

    def size(self) -> int:
        return self._members.size

    def is_deleted(self) -> bool:
        return False  # Only who waits at the end of the log asks, and the last segment is never packed.

    def close(self) -> None:
        self._members.close()


def open_segment(layout: Layout, base: Position) -> Segment:
    """The segment that begins at a position.

    Raises:
        FileNotFoundError: It is gone.
        OSError: It cannot be read.
    """
    try:
        return _Plain(os.open(layout.segment(base), _READ))
    except FileNotFoundError:
        return _Packed(os.open(layout.packed(base), _READ))


def size_of(layout: Layout, base: Position) -> int:
    """How many bytes of the log a segment holds.

    Raises:
        FileNotFoundError: It is gone.
        OSError: It cannot be read.
    """
    segment = open_segment(layout, base)
    try:
        return segment.size()
    finally:
        segment.close()


def pack(layout: Layout, base: Position) -> int:
    """Replace a finished segment by a packed one; how many bytes that saved. Nothing to do saves none.

    Raises:
        OSError: The disk refused, or what was written does not read as it should; the plain one stands.
    """
    plain, beside = layout.segment(base), layout.packed(base)
    try:
        state = plain.stat()
    except FileNotFoundError:
        return 0
    data = plain.read_bytes()
    if not beside.exists():
        files.replace(beside, b"".join(packed.pack(data)))
    if _unpacked(layout, base) != data:
        beside.unlink(missing_ok=True)
        raise OSError(f"{beside} does not hold what {plain.name} does")
    # The time it was written counts for how long it is kept.
    os.utime(beside, ns=(state.st_atime_ns, state.st_mtime_ns))
    plain.unlink()
    files.sync_folder(layout.log)
    return state.st_size - beside.stat().st_size


def _unpacked(layout: Layout, base: Position) -> bytes:
    members = packed.Members(os.open(layout.packed(base), _READ))
    try:
        return members.read(members.size, 0)
    finally:
        members.close()


def unlink(layout: Layout, base: Position) -> None:
    """Remove a segment and what belongs to it; what was removed before is not missed.

    Raises:
        OSError: The disk refused.
    """
    # The sidecar last: one without a segment is swept up, a segment without one is only slower.
    for path in (layout.segment(base), layout.packed(base), layout.sidecar(base)):
        path.unlink(missing_ok=True)
