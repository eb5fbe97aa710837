"""A secret in a file of its own, made once and readable by this user alone."""

from __future__ import annotations

import hmac
import os
import secrets
from typing import TYPE_CHECKING

from trinity_tui.core.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path


def token(path: str | Path) -> str:
    """The secret in this file; made when there is none. Whoever asks first makes it, all others get the same.

    Raises:
        StoreError: It can be neither read nor made, or others could have read it.
    """
    name = os.fspath(path)
    try:
        if not os.path.lexists(name):
            _make(name)
        return _read(name)
    except OSError as error:
        raise StoreError(f"{name} could not be read: {error.strerror}") from error


def matches(given: str, expected: str) -> bool:
    """Whether the two are the same, in a time that does not tell where they differ; an empty secret matches nothing."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def _make(name: str) -> None:
    beside = f"{name}.{os.getpid()}.{secrets.token_hex(4)}"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, secrets.token_urlsafe(32).encode() + b"\n")
        os.fsync(descriptor)
        # A link, unlike a rename, leaves alone what another process made in the meantime.
        os.link(beside, name)
    except FileExistsError:
        return
    finally:
        os.close(descriptor)
        os.unlink(beside)


def _read(name: str) -> str:
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if status.st_uid != os.getuid() or status.st_mode & 0o077:
            raise StoreError(f"{name} can be read by others; remove it, a new one is made")
        text = os.read(descriptor, 4096).decode("ascii", "replace").strip()
    finally:
        os.close(descriptor)
    if not text:
        raise StoreError(f"{name} is empty; remove it, a new one is made")
    return text
