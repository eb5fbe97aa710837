"""What is kept of how an instance's answers came about, for a face: the newest lines first, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core.errors import ClientError
from trinity_tui.core.trace import TraceLine

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PAGE_BYTES = 1024 * 1024
"""What is read of the file for one page."""
_decoder = msgspec.json.Decoder[TraceLine](TraceLine)


def page(path: Path, before: str, limit: int) -> dict[str, Any]:
    """The newest lines of a trace that stand before a place in it; reads files.

    Args:
        path: The trace, which may not be there, and is put aside as ``NAME.1`` now and then.
        before: A place as this function gives it; empty: the end.
        limit: How many at most.

    Returns:
        ``lines``, the oldest first, and ``before``, the place for the page before this one; empty where there is none.

    Raises:
        ClientError: There is no such place.
    """
    inode, offset = _place(before)
    found: list[dict[str, Any]] = []
    for file in _files(path, inode):
        number, stop, content = _tail(file, offset)
        lines = content.splitlines(keepends=True)
        while lines and len(found) < limit:
            line = lines.pop()
            stop -= len(line)
            found += _decoded(line)
        if stop > 0:
            return {"lines": found[::-1], "before": f"{number}:{stop}"}
        offset = None
    return {"lines": found[::-1], "before": ""}


def _place(before: str) -> tuple[int | None, int | None]:
    if not before:
        return None, None
    inode, _, offset = before.partition(":")
    if not (inode.isdecimal() and offset.isdecimal()):
        raise ClientError(f"{before!r} is no place in a trace", 2)
    return int(inode), int(offset)


def _files(path: Path, inode: int | None) -> list[Path]:
    """The trace and what was put aside of it, from the file a place is in; none where that is gone."""
    files = [path, path.with_name(f"{path.name}.1")]
    if inode is None:
        return files
    inodes = [_inode(file) for file in files]
    return files[inodes.index(inode) :] if inode in inodes else []


def _inode(file: Path) -> int:
    try:
        return file.stat().st_ino
    except OSError:
        return -1


def _tail(file: Path, stop: int | None) -> tuple[int, int, bytes]:
    """Which file it is, where its last whole line before a place ends, and what there is up to there."""
    try:
        with file.open("rb") as source:
            end = source.seek(0, 2) if stop is None else stop
            start = max(0, end - PAGE_BYTES)
            source.seek(start)
            content = source.read(end - start)
            number = _inode(file)
    except OSError:
        return 0, 0, b""
    content = content[: content.rfind(b"\n") + 1]
    stop = start + len(content)
    if start:
        # Of the first line only the end may have been read; one that is longer than a page is passed over.
        content = content[content.find(b"\n") + 1 :]
        stop = stop if content else start
    return number, stop, content


def _decoded(line: bytes) -> Iterable[dict[str, Any]]:
    try:
        return [msgspec.to_builtins(_decoder.decode(line))]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []  # Torn by a death, or written by a newer version.
