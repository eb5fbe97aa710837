"""Files of a workspace that the person sends along: found as the name is typed, read within bounds, never outside."""

from __future__ import annotations

import os
import secrets
import stat
from typing import TYPE_CHECKING

from trinity_tui.core import attached
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from pathlib import Path

OWN = ".trinity"
NAMES_MOST = 200
READ_BYTES = 64 * attached.LIMIT_BYTES
"""Enough to say of most that are too long how long they are."""


class Files:
    """The files of one workspace.

    Args:
        root: Its folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def attach(self, text: str) -> str:
        """The message with the files it names; a word after ``@`` that looks like no path is only a word.

        Raises:
            ClientError: One is not there, outside of the workspace, no text, or they are too long.
        """
        names = [name for name in attached.named(text) if "/" in name or "." in name or (self._root / name).is_file()]
        files = [(name, self._read(name)) for name in names]
        size = sum(len(content.encode()) for _, content in files)
        if size > attached.LIMIT_BYTES:
            raise ClientError(
                f"{', '.join(names)}: {size:,} bytes, and at most {attached.LIMIT_BYTES:,} go with a message", 2,
                "An instance can read longer ones itself: name them without @.",
            )  # fmt: skip
        return attached.with_files(text, files, secrets.token_hex(6))

    def complete(self, begun: str) -> list[str]:
        """The names that a path may go on to, folders with a slash; none outside of the workspace."""
        folder, _, start = begun.rpartition("/")
        if begun.startswith("/"):
            return []
        try:
            place = self._within(folder or ".")
            entries = sorted(os.scandir(place), key=lambda entry: entry.name)
        except (ClientError, OSError):
            return []
        found = [
            f"{folder}/{entry.name}" if folder else entry.name
            for entry in entries
            if entry.name.startswith(start) and _is_offered(entry.name, start)
        ]
        return [f"{name}/" if (self._root / name).is_dir() else name for name in found[:NAMES_MOST]]

    def _within(self, name: str) -> Path:
        path = (self._root / name).resolve()
        root = self._root.resolve()
        if not path.is_relative_to(root):
            raise ClientError(f"{name} lies outside of the workspace", 2)
        if OWN in path.relative_to(root).parts:
            raise ClientError(f"{name} is Trinity's own", 2)
        return path

    def _read(self, name: str) -> str:
        path = self._within(name)
        try:
            # What is no plain file must not hold up the screen.
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            hint = f"Write @@{name} where no file is meant."
            raise ClientError(f"{name} cannot be attached: {error.strerror}", 2, hint) from error
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ClientError(f"{name} cannot be attached: it is no file", 2)
            content = os.read(descriptor, READ_BYTES)
        finally:
            os.close(descriptor)
        if b"\0" in content:
            raise ClientError(f"{name} cannot be attached: it is no text", 2)
        try:
            # Of one that is too long anyway the last letter may be cut.
            return content.decode(errors="ignore" if len(content) == READ_BYTES else "strict")
        except UnicodeDecodeError as error:
            raise ClientError(f"{name} cannot be attached: it is no text", 2) from error


def _is_offered(name: str, start: str) -> bool:
    return name != OWN and (not name.startswith(".") or start.startswith("."))
