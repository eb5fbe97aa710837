"""Content too long for a line, in a file named by its SHA-256. It is on the disk before the line that names it."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, cast

import msgspec

from trinity_tui.bus import files
from trinity_tui.core import limits
from trinity_tui.core.errors import BusError, MessageError

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.core.message import Message

SURELY_SHORT_CHARACTERS = limits.CONTENT_BYTES // 6
"""A character takes six bytes at most as encoded: a content this short needs no measuring."""
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
        # What stands under its name was written and synced whole; the size tells a file somebody else cut.
        if not (path.exists() and path.stat().st_size == len(data)):
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
