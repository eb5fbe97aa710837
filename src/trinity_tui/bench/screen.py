"""The screen measured: in a real terminal of 200×50, fed by a process of its own over the socket a coordinator has.

A bare canvas of rows, repainted in the same run, is what the processor shares are compared with. Trust the ratios: on a
shared machine the absolute figures move.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bench import coordinator_load
from trinity_tui.bench.report import Report, narrate

if TYPE_CHECKING:
    from collections.abc import Generator

    from trinity_tui.bench.options import Options

COLUMNS, ROWS = 200, 50
TICK = os.sysconf("SC_CLK_TCK")
KEYS = "жщюяфэбцъйлпдгчи"
"""Letters nothing else on the screen is written in, so that their paint can be told from everything else's."""
FEED, SHOW, CANVAS = "trinity_tui.bench.screen_feed", "trinity_tui.bench.screen_show", "trinity_tui.bench.screen_canvas"


class Size(msgspec.Struct, frozen=True):
    """How long a run is."""

    starts: int
    seconds: float
    keys: int
    lines_seconds: float


FULL = Size(starts=7, seconds=20.0, keys=200, lines_seconds=10.0)
QUICK = Size(starts=3, seconds=5.0, keys=40, lines_seconds=3.0)


def measure(options: Options) -> Report:
    """Run the benchmark; it has no peers."""
    size = QUICK if options.quick else FULL
    report = Report(benchmark="screen", quick=options.quick)
    narrate("first paint …")
    _first_paint(report, size)
    narrate("a bare canvas …")
    bare = _canvas_share(size)
    report.figure("bare canvas, 64 nodes at 20 Hz", 100 * bare, "% of a core")
    narrate("idle …")
    _idle(report, size)
    narrate("64 instances, 100 messages/s …")
    _busy(report, size, bare)
    narrate("64 instances, 1,000 messages/s …")
    _keys(report, size)
    narrate("20,000 lines/s …")
    _lines(report, size)
    narrate("the coordinator, 1,000 messages/s, three faces …")
    coordinator_load.measure(report, size.seconds)
    return report


def _first_paint(report: Report, size: Size) -> None:
    with feeding(instances=9, rate=0) as root:
        seconds: list[float] = []
        for _ in range(size.starts + 1):
            began = time.monotonic()
            with Terminal(SHOW, str(root)) as terminal:
                terminal.wait_for("explorer-1")
                seconds.append(time.monotonic() - began)
    warm = seconds[1:]
    report.figure("first paint attached, median", 1000 * statistics.median(warm), "ms")
    report.rail("first paint attached, best (ms)", 1000 * min(warm), 400)


def _canvas_share(size: Size) -> float:
    with Terminal(CANVAS) as terminal:
        terminal.wait_for("node-63")
        return terminal.share(size.seconds / 2)


def _idle(report: Report, size: Size) -> None:
    with feeding(instances=9, rate=0) as root, Terminal(SHOW, str(root)) as terminal:
        terminal.wait_for("explorer-1")
        terminal.read(2.0)
        report.rail("idle, 9 instances (% of a core)", 100 * terminal.share(size.seconds), 0.5)


def _busy(report: Report, size: Size, bare: float) -> None:
    with feeding(instances=64, rate=100) as root, Terminal(SHOW, str(root)) as terminal:
        terminal.wait_for("explorer-1")
        terminal.read(3.0)
        share = terminal.share(size.seconds)
        report.rail("64 instances, 100 messages/s (% of a core)", 100 * share, 12)
        report.figure("the same, to the bare canvas", share / bare if bare else 0.0, "×")
        report.figure("memory then", terminal.resident_bytes() / 1e6, "MB")


def _keys(report: Report, size: Size) -> None:
    with feeding(instances=64, rate=1000) as root, Terminal(SHOW, str(root)) as terminal:
        terminal.wait_for("explorer-1")
        terminal.send("0")
        terminal.read(2.0)
        delays = sorted(terminal.key_to_paint(KEYS[index % len(KEYS)]) for index in range(size.keys))
        report.figure("key to paint, 1,000 messages/s, median", 1000 * statistics.median(delays), "ms")
        report.rail("key to paint, 1,000 messages/s, p99 (ms)", 1000 * delays[int(0.99 * (len(delays) - 1))], 50)
        report.figure("processor then", 100 * terminal.share(2.0), "% of a core")


def _lines(report: Report, size: Size) -> None:
    with feeding(instances=9, rate=0, lines=20_000) as root, Terminal(SHOW, str(root)) as terminal:
        terminal.wait_for("explorer-1")
        terminal.read(2.0)
        report.figure("20,000 lines/s", 100 * terminal.share(size.lines_seconds), "% of a core")
        report.rail("memory at 20,000 lines/s (MB)", terminal.resident_bytes() / 1e6, 150)


@contextmanager
def feeding(instances: int, rate: int, lines: int = 0) -> Generator[Path]:
    """A workspace with a process that feeds screens as a coordinator would."""
    with tempfile.TemporaryDirectory(prefix="trinity-bench-") as folder:
        root = Path(folder)
        arguments = [sys.executable, "-m", FEED, folder, str(instances), str(rate), str(lines)]
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


class Terminal:
    """A program in a terminal of its own, read as fast as it writes."""

    def __init__(self, module: str, *arguments: str) -> None:
        self.pid, self._descriptor = pty.fork()
        if self.pid == 0:
            os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
            os.execv(sys.executable, [sys.executable, "-m", module, *arguments])
        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def __enter__(self) -> Terminal:
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
            chunks.append(self._chunk(left))
        return b"".join(chunks)

    def _chunk(self, seconds: float) -> bytes:
        if not select.select([self._descriptor], [], [], seconds)[0]:
            return b""
        try:
            return os.read(self._descriptor, 1 << 16)
        except OSError:
            time.sleep(min(seconds, 0.02))
            return b""

    def wait_for(self, text: str, seconds: float = 20.0) -> None:
        """Read until it has written this.

        Raises:
            TimeoutError: It did not.
        """
        wanted, tail, until = text.encode(), b"", time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            tail = tail[-len(wanted) :] + self._chunk(left)
            if wanted in tail:
                return
        raise TimeoutError(f"the screen did not show {text!r} in {seconds:g} s")

    def key_to_paint(self, key: str) -> float:
        """Seconds from pressing a key to its letter on the screen."""
        while self._chunk(0.0):
            pass
        began = time.monotonic()
        self.send(key)
        self.wait_for(key)
        delay = time.monotonic() - began
        self.read(0.03)
        return delay

    def share(self, seconds: float) -> float:
        """Which part of a core it takes."""
        began, before = time.monotonic(), self._cpu_seconds()
        self.read(seconds)
        return (self._cpu_seconds() - before) / (time.monotonic() - began)

    def _cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def resident_bytes(self) -> int:
        """How much memory it holds."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
