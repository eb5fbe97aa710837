"""One JSON document a file, always whole: written beside it, synced, renamed. A reader sees the old or the new one.

A document has one writer; who that is, is for the rooms above (``store.lock`` where it must be enforced).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

import msgspec

from trinity_tui.core.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.core.migrate import Formats

T = TypeVar("T")


def write(path: str | Path, document: object, *, durable: bool = True) -> None:
    """Replace the document.

    Args:
        path: The file; its folder must exist.
        document: What msgspec can encode as JSON.
        durable: Whether it must outlive a power cut; without, it outlives every process.

    Raises:
        StoreError: It could not be written; the old document is still there.
    """
    write_bytes(path, msgspec.json.encode(document) + b"\n", durable=durable)


def write_bytes(path: str | Path, content: bytes, *, durable: bool = True) -> None:
    """Replace a file that is no JSON document, in the same way.

    Args:
        path: The file; its folder must exist.
        content: All of it.
        durable: Whether it must outlive a power cut; without, it outlives every process.

    Raises:
        StoreError: It could not be written; the old file is still there.
    """
    name = os.fspath(path)
    folder, _, base = name.rpartition("/")
    beside = f"{folder}/.{base}.new" if folder else f".{base}.new"
    try:
        _fill(beside, content, durable)
        os.replace(beside, name)
        if durable:
            _sync_folder(folder or ".")
    except OSError as error:
        raise StoreError(f"{name} could not be written: {error.strerror or error}") from error


def read(path: str | Path, kind: type[T], formats: Formats | None = None) -> T | None:
    """The document, or None where there is none.

    Args:
        path: The file.
        kind: Its shape.
        formats: Those it has had; one of an older version is brought forward, on disk it stays.

    Raises:
        StoreError: The file cannot be read, or does not hold such a document.
        FormatError: A newer program wrote it.
    """
    name = os.fspath(path)
    try:
        with open(name, "rb") as file:
            content = file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{name} could not be read: {error.strerror or error}") from error
    try:
        if formats is None:
            return msgspec.json.decode(content, type=kind)
        return msgspec.convert(formats.forward(msgspec.json.decode(content), name), kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError(f"{name} is damaged: {error}") from error


def remove(path: str | Path) -> None:
    """Make sure there is no such document.

    Raises:
        StoreError: It is there and cannot be removed.
    """
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"{os.fspath(path)} could not be removed: {error.strerror or error}") from error


def _fill(name: str, content: bytes, durable: bool) -> None:
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
