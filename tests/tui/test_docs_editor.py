"""Editing a document from the screen, in a real terminal with a real coordinator: away, and back to what changed."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import termios
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from fleet import PROGRAM, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fleet import Fleet

EDITOR = """\
#!/bin/sh
printf 'the editor has the terminal\\n'
printf '\\n- said in the editor\\n' >> "$1"
"""
_WRITTEN = re.compile(
    r"\x1b\[(?P<row>\d*)(?:;(?P<column>\d*))?H"
    r"|(?P<other>\x1b(?:\[[0-?]*[ -/]*[@-~]|[()][0-9A-B]|[=>78]|\][^\x07]*\x07))"
    r"|(?P<text>[\s\S])"
)


class Terminal:
    """A program in a terminal of its own, and what is seen there."""

    def __init__(self, words: list[str], environ: dict[str, str]) -> None:
        self._end, own = pty.openpty()
        termios.tcsetwinsize(own, (36, 120))
        self._child = subprocess.Popen(
            words, stdin=own, stdout=own, stderr=own, env={**os.environ, **environ, "TERM": "xterm-256color"},
            start_new_session=True,
        )  # fmt: skip
        os.close(own)
        self._unread, self._written = b"", ""
        self._cells: dict[tuple[int, int], str] = {}
        self._row = self._column = 1

    def read(self) -> str:
        """What is seen. Only what changes is written, so the words of a line may come apart."""
        while select.select([self._end], [], [], 0)[0]:
            try:
                self._unread += os.read(self._end, 65_536)
            except OSError:
                break
        # What ends in the midst of something waits for the rest of it.
        whole = re.sub(rb"(\x1b[^A-Za-z\x07]*|[\xc0-\xff][\x80-\xbf]{0,2})\Z", b"", self._unread)
        self._unread = self._unread[len(whole) :]
        self._written += (new := whole.decode(errors="replace"))
        for written in _WRITTEN.finditer(new):
            self._write(written)
        rows = {row for row, _ in self._cells}
        return "\n".join("".join(self._cells.get((row, at), " ") for at in range(1, 121)) for row in sorted(rows))

    def _write(self, written: re.Match[str]) -> None:
        text = written["text"]
        if text is None:
            if written["other"] is None:
                self._row, self._column = int(written["row"] or 1), int(written["column"] or 1)
        elif text == "\n":
            self._row += 1
        elif text == "\r":
            self._column = 1
        else:
            self._cells[self._row, self._column] = text
            self._column += cell_len(text)

    def shows(self, text: str) -> None:
        """Wait until it is shown."""
        try:
            wait_until(lambda: text in self.read())
        except AssertionError as error:
            raise AssertionError(f"{text!r} is not on the screen:\n{self.read()}") from error

    def showed(self, text: str) -> None:
        """Wait until it was shown since the last key, if only for a moment."""
        wait_until(lambda: self.read() and text in self._written, f"{text!r} on the screen")

    def press(self, keys: str) -> None:
        """Type; what is shown from now on is new."""
        self.read()
        self._cells.clear()
        self._written = ""
        os.write(self._end, keys.encode())

    def close(self) -> None:
        """End it."""
        self._child.kill()
        self._child.wait()
        os.close(self._end)


@pytest.fixture
def terminal(fleet: Fleet, tmp_path: Path) -> Iterator[Callable[[], Terminal]]:
    opened: list[Terminal] = []

    def open_it() -> Terminal:
        script = tmp_path / "editor.sh"
        script.write_text(EDITOR)
        script.chmod(0o755)
        words = [sys.executable, *PROGRAM, "-C", str(fleet.root), "attach"]
        # What runs the tests may say how large its own terminal is.
        size = {"COLUMNS": "120", "LINES": "36"}
        opened.append(Terminal(words, {"EDITOR": str(script), "VISUAL": "", **size}))
        return opened[-1]

    yield open_it
    for one in opened:
        one.close()


def test_the_editor_has_the_terminal_and_its_change_is_marked(fleet: Fleet, terminal: Callable[[], Terminal]) -> None:
    (fleet.root / "PORTFOLIO_CONTEXT.md").write_text("# Portfolio\n\n- **Shop**: sells things (shop/)\n")
    fleet.write_config(instances={})
    fleet.serve(ready=False)
    wait_until(fleet.status, "the coordinator answers")
    screen = terminal()
    screen.shows("Docs")
    screen.press("\x1b[17~")
    screen.shows("sells things")
    screen.press("e")
    screen.showed("the editor has the terminal")
    screen.shows("said in the editor")
    assert "- said in the editor" in (fleet.root / "PORTFOLIO_CONTEXT.md").read_text()
    screen.shows("changed since you looked")
