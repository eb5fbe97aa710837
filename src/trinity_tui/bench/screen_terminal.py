"""A program in a terminal of 200×50, and a process that feeds it: what the screen's measurements are made with."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from trinity_tui.bench import bound

if TYPE_CHECKING:
    import re
    from collections.abc import Generator, Mapping

COLUMNS, ROWS = 200, 50
KEYS = "жщюяфэбцъйлпдгчи"
"""Letters nothing else on the screen is written in, so that their paint can be told from everything else's."""
STEP_SECONDS = 0.1
"""How often somebody slow reads a little."""
STAMP_BYTES = 32
"""A stamp is shorter."""
ANSWERS = {b"\x1b[c": b"\x1b[?62;22c", b"\x1b[16t": b"\x1b[6;20;10t"}
"""What a program may ask of a terminal before it begins: which one it is, and how large its cells are."""
FEED, SHOW = "trinity_tui.bench.screen_feed", "trinity_tui.bench.screen_show"


@contextmanager
def feeding(instances: int, rate: int, lines: int = 0, talks: int = 0) -> Generator[Path]:
    """A workspace with a process that feeds screens as a coordinator would."""
    with tempfile.TemporaryDirectory(prefix="trinity-bench-") as folder:
        root = Path(folder)
        arguments = [sys.executable, "-m", FEED, folder, str(instances), str(rate), str(lines), str(talks)]
        child = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        try:
            assert child.stdout is not None
            child.stdout.readline()
            yield root
        finally:
            child.terminate()
            child.wait()
            if child.stdout is not None:
                child.stdout.close()


class Pty:
    """A program in a terminal of its own, read as fast as it writes.

    Args:
        argv: The program's path and words.
        environment: What else it finds in its environment.
    """

    def __init__(self, argv: list[str], environment: Mapping[str, str] | None = None) -> None:
        self.pid, self._descriptor = pty.fork()
        if self.pid == 0:
            os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
            os.environ |= environment or {}
            os.execv(argv[0], argv)
        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + 5.0
        while not self._is_gone():
            self.read(0.02)
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
        os.close(self._descriptor)

    def _is_gone(self) -> bool:
        return os.waitpid(self.pid, os.WNOHANG)[0] == self.pid

    def send(self, keys: str) -> None:
        """Press keys."""
        os.write(self._descriptor, keys.encode())

    def read(self, seconds: float) -> bytes:
        """What it writes in this time."""
        until, chunks = time.monotonic() + seconds, list[bytes]()
        while (left := until - time.monotonic()) > 0:
            chunks.append(self.read_once(left))
        return b"".join(chunks)

    def read_once(self, seconds: float, most: int = 1 << 16) -> bytes:
        """What it wrote, as soon as that is anything; empty after so many seconds without a word.

        Args:
            seconds: How long to wait for it.
            most: How many bytes of it.
        """
        if not select.select([self._descriptor], [], [], seconds)[0]:
            return b""
        try:
            written = os.read(self._descriptor, most)
        except OSError:
            time.sleep(min(seconds, 0.02))
            return b""
        for question, answer in ANSWERS.items():
            if question in written:
                os.write(self._descriptor, answer)
        return written

    def wait_for(self, text: str, seconds: float = 60.0) -> None:
        """Read until it has written this.

        Raises:
            TimeoutError: It did not.
        """
        wanted, tail, until = text.encode(), b"", time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            tail = tail[-len(wanted) :] + self.read_once(left)
            if wanted in tail:
                return
        raise TimeoutError(f"the screen did not show {text!r} in {seconds:g} s")

    def key_to_paint(self, key: str) -> float:
        """Seconds from pressing a key to its letter on the screen."""
        while self.read_once(0.0):
            pass
        began = time.monotonic()
        self.send(key)
        self.wait_for(key)
        delay = time.monotonic() - began
        self.read(0.03)
        return delay

    def delays(self, stamp: re.Pattern[bytes], seconds: float, most: int = 0) -> list[float]:
        """How long each piece took from being sent to being written here, the shortest first.

        Args:
            stamp: Finds, as its first group, the moment a piece was sent in nanoseconds of the monotonic clock.
            seconds: For how long.
            most: End once so many were seen; 0: only the time ends it.
        """
        seen: set[int] = set()
        found: list[float] = []
        tail = b""
        began, until = time.monotonic_ns(), time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not 0 < most <= len(seen):
            painted = tail + self.read_once(min(left, 0.2))
            now = time.monotonic_ns()
            # Of a stamp that is not whole yet only digits are missing: it is a moment before all of this.
            for sent in {int(digits) for digits in stamp.findall(painted)} - seen:
                if began < sent < now:
                    seen.add(sent)
                    found.append((now - sent) / 1e9)
            tail = painted[-STAMP_BYTES:]
        return sorted(found) or [float("inf")]

    def share(self, seconds: float) -> float:
        """Which part of a core it takes."""
        began, before = time.monotonic(), bound.cpu_seconds(self.pid)
        self.read(seconds)
        return (bound.cpu_seconds(self.pid) - before) / (time.monotonic() - began)

    def resident_bytes(self) -> int:
        """How much memory it holds."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


class Terminal(Pty):
    """One of our modules in a terminal of its own.

    Args:
        module: What is run.
        arguments: With which words.
        environment: What else it finds in its environment.
    """

    def __init__(self, module: str, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        super().__init__([sys.executable, "-m", module, *arguments], environment)


class SlowReading(threading.Thread):
    """Reads a terminal no quicker than so many bytes a second, as one at the other end of a bad line; 0: not at all.

    Args:
        terminal: Nobody else reads it meanwhile.
        bytes_a_second: How quick.
    """

    def __init__(self, terminal: Pty, bytes_a_second: int) -> None:
        super().__init__(daemon=True)
        self._terminal = terminal
        self._step_bytes = int(bytes_a_second * STEP_SECONDS)
        self._over = threading.Event()

    def run(self) -> None:
        """Until it is over."""
        while not self._over.wait(STEP_SECONDS):
            if self._step_bytes:
                self._terminal.read_once(0.0, self._step_bytes)

    def __enter__(self) -> SlowReading:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()
