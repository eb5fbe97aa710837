"""Content too long for a line, in a file named by its SHA-256. It is on the disk before the line that names it.

One that no kept line names is collected an hour after it was last stored: storing it again makes it young, and who
collects takes it aside before looking at its age for good, so a line that is on its way never loses its content.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import msgspec

from trinity_tui.bus import files
from trinity_tui.core import limits
from trinity_tui.core.errors import BusError, MessageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.core.message import Message

SURELY_SHORT_CHARACTERS = limits.CONTENT_BYTES // 6
"""A character takes six bytes at most as encoded: a content this short needs no measuring."""
KEPT_SECONDS = 3600.0
"""How long a content is kept that no line names: its line may be on its way."""
_ASIDE = ".going"
_NAME = re.compile(r"[0-9a-f]{64}\Z")


def is_long(content: str) -> bool:
    """Whether a content has to travel apart from its line.

    Raises:
        MessageError: It is no valid text, or over the limit of a blob.
    """
    if len(content) <= SURELY_SHORT_CHARACTERS:
        return False
    try:
        encoded_bytes = len(msgspec.json.encode(content)) - 2
    except UnicodeEncodeError as error:
        raise MessageError("content", f"is no valid text: {error.reason}") from error
    return encoded_bytes > limits.CONTENT_BYTES


def put(folder: Path, message: Message) -> Message:
    """Store a message's content, and return the message that refers to it.

    Raises:
        MessageError: The content is over the limit.
        BusError: It cannot be stored.
    """
    data = message.content.encode()
    short, name = referring(message, data)
    path = folder / name
    try:
        if not _renew(path, len(data)):
            files.replace(path, data)
    except OSError as error:
        raise BusError(f"the content of message {message.id} cannot be stored: {error.strerror}") from error
    return short


def referring(message: Message, data: bytes) -> tuple[Message, str]:
    """The message that refers to its content, and the name under which that is to be stored.

    Raises:
        MessageError: The content is over the limit.
    """
    if len(data) > limits.BLOB_BYTES:
        raise MessageError("content", f"has {len(data)} bytes, {limits.BLOB_BYTES} is the limit")
    name = hashlib.sha256(data).hexdigest()
    short = msgspec.structs.replace(
        message,
        content=message.content[: limits.HEAD_CHARACTERS],
        metadata={**message.metadata, "blob": {"sha256": name, "bytes": len(data)}},
    )
    return short, name


def _renew(path: Path, size: int) -> bool:
    """Whether it is stored already; then it is as young as a new one."""
    try:
        os.utime(path)
        # What stands under its name was written and synced whole; the size tells a file somebody else cut.
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def collect(folder: Path, named: Callable[[], set[str]], now: float) -> list[str]:
    """Remove the old contents that no line names; their names.

    Args:
        folder: Where they lie.
        named: The names that kept lines carry; asked only where a content is old enough to go.
        now: Seconds since the epoch.

    Raises:
        OSError: The disk refused.
    """
    for aside in folder.glob(f"*{_ASIDE}"):
        os.replace(aside, aside.with_suffix(""))  # Who took it aside was killed before it knew better.
    old = [path for path in folder.iterdir() if _NAME.match(path.name) and _is_old(path, now)]
    kept = named() if old else set[str]()
    return [path.name for path in old if path.name not in kept and _remove(path, now)]


def _is_old(path: Path, now: float) -> bool:
    return now - path.stat().st_mtime > KEPT_SECONDS


def _remove(path: Path, now: float) -> bool:
    aside = path.with_suffix(_ASIDE)
    with suppress(FileNotFoundError):
        os.replace(path, aside)
        if _is_old(aside, now):
            aside.unlink()
            return True
        os.replace(aside, path)
    return False


def reference_of(message: Message) -> tuple[str, int] | None:
    """The blob a message refers to, by name and size; None where its content stands in its line."""
    raw = message.metadata.get("blob")
    if not isinstance(raw, dict):
        return None
    found = cast("dict[str, Any]", raw)
    name, size = found.get("sha256"), found.get("bytes")
    # The reference is data of the sender's: only a hash may become a file's name.
    return (name, size) if isinstance(name, str) and isinstance(size, int) and _NAME.match(name) else None


def get(folder: Path, name: str, size: int) -> str:
    """A stored content.

    Raises:
        BusError: It is not there, or not what was stored.
    """
    try:
        data = (folder / name).read_bytes()
    except OSError as error:
        raise BusError(f"the content {name[:12]}… of a message is not in {folder}: {error.strerror}") from error
    if len(data) != size or hashlib.sha256(data).hexdigest() != name:
        raise BusError(f"the content {name[:12]}… of a message is damaged")
    return data.decode()
