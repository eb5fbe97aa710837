"""The terminal the screen writes to, which may be slower than the screen, or go away: it says whether it is behind.

Textual writes from a thread whose queue holds thirty paints. Over a slow line those are minutes of old pictures, and
once they are full every key waits for them. What is painted only while the terminal has taken all it was given is
always new; what changed meanwhile is painted once.

And Textual reads a terminal that is gone again and again, as fast as it can. The kernel tells only the first process of
a session that its terminal is gone, and that one may be a ``make`` or a shell that waits for the screen to end.
"""

from __future__ import annotations

import os
import select
import signal
import time
from codecs import getincrementaldecoder
from typing import IO, TYPE_CHECKING, Any, cast

from textual import constants
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, Paste
from textual.keys import Keys

from trinity_tui.tui.escapes import ESCAPE
from trinity_tui.tui.pastes import Pastes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.app import App
    from textual.message import Message

READ_BYTES = 4096


# Terminals without the newer key protocol send alt+enter as escape and a carriage return, of which the escape would be
# lost and a message sent that was not finished. It is taken as a line feed, which the message bar has for a new line.
cast("dict[str, Any]", ANSI_SEQUENCES_KEYS).setdefault("\x1b\r", (Keys.ControlJ,))


class Terminal(LinuxDriver):
    """Where the screen is written to."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)  # pyright: ignore[reportUnknownMemberType]
        self._taken = _Taken(self._file)
        self._file = cast("IO[str]", self._taken)

    def run_input_thread(self) -> None:
        """Read what is typed until the screen is left, or its terminal is gone."""
        parser, pastes = XTermParser(self._debug), Pastes()
        decode = getincrementaldecoder("utf-8")("replace").decode
        is_terminal = os.isatty(self.fileno)
        while not self.exit_event.is_set():
            pieces: Iterator[str | Paste] = pastes.wait_no_longer(time.monotonic())
            if select.select([self.fileno], [], [], constants.ESCAPE_DELAY)[0]:
                read = self._read()
                if not read:
                    if is_terminal:
                        self._loop.call_soon_threadsafe(_end)
                    return
                pieces = pastes.read(decode(read), time.monotonic())
            for piece in pieces:
                for event in _events(parser, piece):
                    self.process_message(event)
            for event in parser.tick():
                self.process_message(event)
        # What the terminal still answers is not for the shell.
        if select.select([self.fileno], [], [], constants.ESCAPE_DELAY)[0]:
            self._read()

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, READ_BYTES)
        except OSError:
            return b""

    def send_message(self, message: Message) -> None:
        """Hand on what was read, without the detour of a task for each key."""
        self._app.post_message(message)

    @property
    def is_behind(self) -> bool:
        """Whether some of what was painted is not taken yet."""
        thread = self._writer_thread
        # Textual's thread does not say what waits for it.
        return self._taken.is_under_way or (thread is not None and not thread._queue.empty())  # pyright: ignore[reportPrivateUsage]


def _events(parser: XTermParser, piece: str | Paste) -> Iterable[Message]:
    """What a piece of what was read comes to."""
    if isinstance(piece, Paste):
        return [piece]
    return [Key("escape", ESCAPE)] if piece == ESCAPE else parser.feed(piece)


def _end() -> None:
    """End as whoever is told of it ends, also where that was to be ignored: there is no terminal to be put in order."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.raise_signal(signal.SIGHUP)


class _Taken:
    """A file that knows whether something is being written to it; written to by one thread."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.is_under_way = False

    def write(self, text: str) -> int:
        """Write; whoever does it flushes once nothing more waits to be written."""
        self.is_under_way = True
        return self._file.write(text)

    def flush(self) -> None:
        """Have it taken."""
        self._file.flush()
        self.is_under_way = False

    def fileno(self) -> int:
        """The descriptor."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._file.isatty()
