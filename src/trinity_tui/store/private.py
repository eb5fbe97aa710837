"""Folders that are this user's alone, also where everybody may write, as in the temporary folder."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from trinity_tui.core.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path


def make_private(folder: str | Path) -> None:
    """Make the folder (0700), or make sure that the one there is ours and closed to others.

    Raises:
        StoreError: It is a symbolic link, no folder, or another user's; or it cannot be made.
    """
    name = os.fspath(folder)
    parent = os.path.dirname(name)
    try:
        if parent and not os.path.isdir(parent):
            make_private(parent)
        try:
            os.mkdir(name, 0o700)
        except FileExistsError:
            _check(name)
    except OSError as error:
        raise StoreError(f"{name} could not be made: {error.strerror}") from error


def _check(name: str) -> None:
    status = os.lstat(name)
    if stat.S_ISLNK(status.st_mode):
        raise StoreError(f"{name} is a symbolic link; remove it")
    if not stat.S_ISDIR(status.st_mode):
        raise StoreError(f"{name} is no folder; remove it")
    if status.st_uid != os.getuid():
        raise StoreError(f"{name} belongs to another user (uid {status.st_uid})")
    if status.st_mode & 0o077:
        os.chmod(name, 0o700)
