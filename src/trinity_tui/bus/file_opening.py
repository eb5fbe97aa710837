"""Opening the log in a folder: made where there is none, of a format and a generation that hold from then on."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, cast

from trinity_tui.bus import acks, layout, snapshots
from trinity_tui.bus.file_bus import FileBus
from trinity_tui.bus.layout import SEGMENT_BYTES, Format, Layout
from trinity_tui.bus.lock import AppendLock
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.bus.carrier import Durability, Wakeup

OPEN_SECONDS = 5.0


def open_bus(
    root: Path,
    who: str,
    *,
    durability: Durability | None = None,
    wakeup: Wakeup = "auto",
    segment_bytes: int = SEGMENT_BYTES,
    clock: Callable[[], float] = time.monotonic,
    wall_clock: Callable[[], float] = time.time,
) -> FileBus:
    """Open the log in a folder, making it where there is none.

    Args:
        root: The bus's folder, ``.trinity/bus``.
        who: Whose bus this is, for names of threads and errors.
        durability: What an accepted message has survived; the log's own setting where not given.
        wakeup: How readers learn of news.
        segment_bytes: The size at which a segment is finished; counts only for a new log.
        clock: Monotonic seconds, for ageing and back-off.
        wall_clock: Seconds since the epoch, for expiry.

    Raises:
        BusError: The folder cannot be made or read, the format is not ours, or the lock is held too long.
    """
    paths = Layout(root)
    paths.create()
    try:
        with ExitStack() as unless_opened:
            lock = AppendLock(paths.lock)
            unless_opened.callback(lock.close)
            format_ = _settle_format(
                paths, lock, Format(segment_bytes=segment_bytes, durability=durability or "interval")
            )
            unless_opened.pop_all()
    except OSError as error:
        raise BusError(f"the message log in {root} cannot be opened: {error.strerror}") from error
    return FileBus(
        paths, format_, lock, who, durability or cast("Durability", format_.durability), wakeup, clock, wall_clock
    )


def _settle_format(paths: Layout, lock: AppendLock, new: Format) -> Format:
    """The log's format: made where there is none, an older one brought forward, its generation raised where marks lie
    beyond the log's end."""
    found = layout.read_format(paths)
    if found is not None and _is_settled(paths, found):
        return found
    if not lock.acquire(threading.Event(), OPEN_SECONDS):
        raise BusError(f"the message log in {paths.root} is held by another process for more than {OPEN_SECONDS:.0f} s")
    try:
        lock.sign()
        paths.create_log()
        found = layout.read_format(paths)
        if found is None:
            found = new
        elif _has_marks_beyond(paths, found):
            found = found.raised(paths.end())
        elif not layout.is_older(paths):
            return found
        layout.write_format(paths, found)
        return found
    finally:
        lock.unsign()
        lock.release()


def _is_settled(paths: Layout, found: Format) -> bool:
    return paths.has_open_segment() and not layout.is_older(paths) and not _has_marks_beyond(paths, found)


def _has_marks_beyond(paths: Layout, format_: Format) -> bool:
    # The marks first, the end after them: a consumer may be acknowledging right now.
    marks = [acks.highest_mark(path, format_) for path in paths.consumers.glob("*/acks.jsonl")]
    end = paths.end()
    return max(marks, default=0) > end or snapshots.highest(paths.snapshots, end, format_.clamp) > end
