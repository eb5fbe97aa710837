"""Editing a document from the screen: the person's editor has the terminal until it ends."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from trinity_tui.core.errors import ClientError
from trinity_tui.tui.documents import editor

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App


class Editing:
    """One editor at a time.

    Args:
        program: Gives the terminal away, once there is one to give.
        say: Told a sentence where it cannot be done.
    """

    def __init__(self, program: Callable[[], App[None]], say: Callable[[str], None]) -> None:
        self._program = program
        self._say = say
        self._words: list[str] = []
        """The editor's command, while it waits to be run."""
        self._folder = ""

    def prepare(self, folder: str, file: str, line: int) -> bool:
        """Find out what is to be run to edit a file of a workspace; whether there is anything."""
        try:
            self._words = editor.command(os.environ, editor.confined(folder, file), line)
        except ClientError as error:
            self._say(error.sentence())
            return False
        self._folder = folder
        return True

    def run(self) -> bool:
        """Run what was prepared, to its end; whether anything was."""
        words, self._words = self._words, []
        if not words:
            return False
        problem = ""
        try:
            with self._program().suspend():
                try:
                    editor.edit(words, self._folder)
                except ClientError as error:
                    problem = error.sentence()
        except SuspendNotSupported:
            problem = "There is no terminal here for an editor."
        if problem:
            self._say(problem)
        return True
