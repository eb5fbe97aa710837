"""A terminal that nobody reads: the screen behind it goes on, says what it has seen, and shows all once it is read.

And one that is gone: the screen ends, whoever else stays.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import threading
from typing import TYPE_CHECKING

from fleet import CONFIG, wait_until
from trinity_tui.client import api
from trinity_tui.process import procfs

if TYPE_CHECKING:
    from fleet import Fleet

ANSWERS = 30
SCREEN = """
from textual.app import App
from trinity_tui.tui.terminal import Terminal

class Screen(App):
    def get_driver_class(self):
        return Terminal
    def on_mount(self):
        self.title = "here"
        self.bell()

Screen().run()
"""


class Pty:
    """A program on a terminal that is read only when it is told to be."""

    def __init__(self, words: list[str]) -> None:
        self.pid, self._descriptor = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execv(words[0], words)
        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
        self._text = b""
        self._is_read = threading.Event()
        self._is_read.set()
        self._is_over = False
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        while not self._is_over:
            self._is_read.wait()
            if select.select([self._descriptor], [], [], 0.1)[0]:
                try:
                    self._text += os.read(self._descriptor, 65536)
                except OSError:
                    return

    def read(self, is_read: bool) -> None:
        (self._is_read.set if is_read else self._is_read.clear)()

    def forget(self) -> None:
        self._text = b""

    def write(self, keys: bytes) -> None:
        os.write(self._descriptor, keys)

    @property
    def text(self) -> str:
        """What was written, without what only places or colours it."""
        return re.sub(r"\x1b\[[0-9;?<=>]*[A-Za-z]", "", self._text.decode(errors="replace"))

    def hang_up(self) -> None:
        self.read(True)
        self._is_over = True
        self._reading.join()
        os.close(self._descriptor)

    def close(self) -> None:
        self.hang_up()
        os.waitpid(self.pid, 0)


def test_a_terminal_nobody_reads_holds_up_neither_screen_nor_link(fleet: Fleet) -> None:
    fleet.write_config(CONFIG, instances={"lead-1": "lead"})
    fleet.serve()
    screen = Pty([sys.executable, "-m", "trinity_tui", "-C", str(fleet.root), "attach"])
    try:
        wait_until(lambda: "lead-1" in screen.text, "the room")
        screen.read(False)
        # Each answer is painted, and far more than the terminal takes without being read.
        answers = [fleet.ask("lead-1", f"status {number}")["answer"] for number in range(ANSWERS)]
        wait_until(lambda: read_at(fleet, answers[-1]), "the person was shown the last answer")
        screen.forget()
        screen.read(True)
        wait_until(lambda: f"status {ANSWERS - 1}" in screen.text, "everything once it is read")
        screen.write(b"q")
        wait_until(lambda: (stat := procfs.read_stat(screen.pid)) is None or stat.is_dead, "left")
    finally:
        screen.close()


def read_at(fleet: Fleet, message: str) -> bool:
    return bool(api.call(fleet.workspace, "GET", f"/delivery?id={message}&wait=read&timeout=0").get("read_at"))


def test_a_screen_whose_terminal_is_gone_ends_though_nobody_tells_it() -> None:
    # The shell hears of it and waits, as make does; what it starts does not hear of it.
    shell = Pty(["/bin/sh", "-c", 'trap "" HUP; "$@"; exit 7', "sh", sys.executable, "-c", SCREEN])
    wait_until(lambda: "\a" in shell.text, "the screen")
    shell.hang_up()
    status = wait_until(lambda: os.waitpid(shell.pid, os.WNOHANG)[1], "the screen has ended, and the shell after it")
    assert os.waitstatus_to_exitcode(status) == 7
