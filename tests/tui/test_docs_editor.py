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
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[()][0-9A-B]|[=>78]|\][^\x07]*\x07)")


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, words: list[str], environ: dict[str, str]) -> None:
        self._end, own = pty.openpty()
        termios.tcsetwinsize(own, (36, 120))
        self._child = subprocess.Popen(
            words, stdin=own, stdout=own, stderr=own, env={**os.environ, **environ, "TERM": "xterm-256color"},
            start_new_session=True,
        )  # fmt: skip
        os.close(own)
        self.text = ""

    def read(self) -> str:
        """All that was shown since the last key, without what moves the cursor."""
        while select.select([self._end], [], [], 0)[0]:
            try:
                self.text += os.read(self._end, 65_536).decode(errors="replace")
            except OSError:
                break
        return _ESCAPES.sub("", self.text)

    def shows(self, text: str) -> None:
        """Wait until it is shown."""
        wait_until(lambda: text in self.read(), f"{text!r} on the screen")

    def press(self, keys: str) -> None:
        """Type; what is shown from now on is new."""
        self.read()
        self.text = ""
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
        opened.append(Terminal(words, {"EDITOR": str(script), "VISUAL": ""}))
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
    screen.shows("F6")
    screen.press("\x1b[17~")
    screen.shows("sells things")
    screen.press("e")
    screen.shows("the editor has the terminal")
    screen.shows("said in the editor")
    assert "- said in the editor" in (fleet.root / "PORTFOLIO_CONTEXT.md").read_text()
    screen.shows("changed since you looked")
