"""The person's editor on a file of the workspace: which command, on which file, and not on any outside of it."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from trinity_tui.core.errors import ClientError
from trinity_tui.tui import interrupts

if TYPE_CHECKING:
    from collections.abc import Mapping

_GO_TO_LINES = frozenset({
    "vi", "vim", "nvim", "view", "nano", "pico", "emacs", "emacsclient", "mg", "ne", "joe", "jed", "micro", "kak",
})  # fmt: skip
"""Editors that open a file at a line where they are told ``+LINE``."""


def command(environ: Mapping[str, str], file: Path, line: int) -> list[str]:
    """What is run to edit a file.

    Args:
        environ: Where the person says which editor: ``$VISUAL``, else ``$EDITOR``.
        file: Which file.
        line: Where in it, for editors known to understand that.

    Raises:
        ClientError: They do not say, or not so that it could be run; the sentence says what to set.
    """
    wanted = environ.get("VISUAL", "").strip() or environ.get("EDITOR", "").strip()
    try:
        words = shlex.split(wanted)
    except ValueError as error:
        raise ClientError(f"{wanted} is no command: {error}", 2, "Set EDITOR to one, such as nano.") from error
    if not words:
        raise ClientError("no editor is set", 2, "Set VISUAL or EDITOR, such as EDITOR=nano, and open Trinity again.")
    at = [f"+{line}"] if line > 1 and os.path.basename(words[0]) in _GO_TO_LINES else []
    return [*words, *at, os.fspath(file)]


def confined(root: str, name: str) -> Path:
    """The file a document of the workspace is, which may not be there yet.

    Args:
        root: The workspace, as the coordinator says it.
        name: From the workspace on.

    Raises:
        ClientError: It leads out of the workspace, or that is not on this computer.
    """
    folder = Path(root)
    if not folder.is_dir():
        raise ClientError(f"{root} is not on this computer: its files are edited there", 1)
    try:
        file = (folder / name).resolve()
        is_inside = file.is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError) as error:
        raise ClientError(f"{name} cannot be opened: {error}", 1) from error
    if not name or not is_inside:
        raise ClientError(f"{name or 'this'} is not in the workspace", 1)
    return file


def edit(words: list[str], folder: str) -> None:
    """Run the editor to its end; the terminal is its own meanwhile.

    Raises:
        ClientError: It cannot be run, or ended with an error.
    """
    try:
        with interrupts.left_to_it():
            code = subprocess.run(words, cwd=folder, check=False).returncode
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise ClientError(f"{words[0]} cannot be run: {said}", 1, "EDITOR says which editor is used.") from error
    if code:
        raise ClientError(f"{words[0]} ended with {code}", 1)
