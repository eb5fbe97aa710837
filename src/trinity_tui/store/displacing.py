"""Puts a new text in the place of a file that others write too, and hands back what it displaced.

::

    .NAME.new     being written, worth nothing
    .NAME.swap    whole: ours, not there yet; or what ours displaced, not looked at yet
    NAME

A rename would drop what somebody saved since the file was read. Here both texts exist until the displaced one was
looked at, whatever dies in between.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from trinity_tui.core.errors import StoreError
from trinity_tui.store.exchange import exchange
from trinity_tui.store.stamp import stamp_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.store.stamp import Stamp

SETTLED_SECONDS = 0.1
"""What changed less long ago may still be being written."""
PATIENCE = 50


def waiting(path: Path) -> Path:
    """What was displaced and not looked at yet; it may be a text of ours that never came into place."""
    return path.with_name(f".{path.name}.swap")


def settled(path: Path, own: Stamp | None = None, sleep: Callable[[float], None] = time.sleep) -> bytes | None:
    """The file once nobody is writing it; None where there is none.

    Args:
        path: The file.
        own: The stamp of what we wrote: that is whole.
        sleep: Waits.

    Raises:
        StoreError: It cannot be read, or is written without end.
    """
    try:
        for _ in range(PATIENCE):
            stamp = stamp_of(path)
            if stamp is None:
                return None
            content = path.read_bytes()
            is_old = stamp == own or not 0 <= time.time() - stamp.changed_ns / 1e9 < SETTLED_SECONDS
            if is_old and stamp == stamp_of(path):
                return content
            sleep(SETTLED_SECONDS)
    except OSError as error:
        raise StoreError(f"{path} could not be read: {error.strerror or error}") from error
    raise StoreError(f"{path.name} is being written without end; it is read later")


def put(path: Path, content: bytes, seen: bytes | None) -> Stamp:
    """Put this in place of the file; what it displaced lies in ``waiting`` until ``forget``.

    Args:
        path: The file; its folder must exist. What it may be read by stays.
        content: All of the new text.
        seen: What stood there when the new text was made; None: nothing.

    Returns:
        The stamp of the new file, by which our own writing is told from others'.

    Raises:
        StoreError: It could not be written, or ``waiting`` was not looked at; the file is as it was.
    """
    beside, aside = path.with_name(f".{path.name}.new"), waiting(path)
    if aside.exists():
        raise StoreError(f"{aside} was not looked at yet")
    try:
        _fill(beside, content, path)
        stamp = stamp_of(beside)
        os.rename(beside, aside)
        _place(path, aside, seen)
    except OSError as error:
        raise StoreError(f"{path} could not be written: {error.strerror or error}") from error
    assert stamp is not None
    return stamp


def put_back(path: Path, ours: bytes) -> None:
    """Have what was displaced stand there again, and what somebody saved meanwhile even so.

    Args:
        path: The file.
        ours: What displaced it, and is not missed.

    Raises:
        StoreError: It could not be done; what was displaced is still in ``waiting``.
    """
    aside = waiting(path)
    try:
        for _ in range(PATIENCE):
            exchange(aside, path)
            if aside.read_bytes() == ours:
                break
            ours = path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path} could not be written: {error.strerror or error}") from error
    forget(path)


def forget(path: Path) -> None:
    """What was displaced is of no more use."""
    with suppress(FileNotFoundError):
        os.unlink(waiting(path))


def _place(path: Path, aside: Path, seen: bytes | None) -> None:
    if seen is None:
        try:
            os.link(aside, path)
        except FileExistsError:
            exchange(aside, path)
        return
    exchange(aside, path)


def _fill(path: Path, content: bytes, like: Path) -> None:
    """Write a file that may be read by those who may read the other."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o644), "wb") as file:
        with suppress(FileNotFoundError):
            os.fchmod(file.fileno(), like.stat().st_mode & 0o777)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
