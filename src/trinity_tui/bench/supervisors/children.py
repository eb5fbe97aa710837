"""The children of a measurement: the program they are, and what they report when they begin to run."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from trinity_tui.core.errors import ClientError
from trinity_tui.process.identity import Identity, alive, identify

SOURCE = Path(__file__).with_name("child.c")
FALLBACK = Path(__file__).with_name("child.py")
GRANDCHILD = "grandchild"


class Report(msgspec.Struct, frozen=True):
    """One child's first instruction, or its grandchild's."""

    pid: int
    at: float
    """Monotonic seconds."""
    mode: str
    name: str


def compile_child(folder: Path) -> list[str]:
    """How the child is called: a native program where there is a compiler, the barest Python where not."""
    compiler = shutil.which("cc")
    if compiler is None:
        return [sys.executable, "-I", "-S", str(FALLBACK)]
    program = folder / "child"
    subprocess.run([compiler, "-O2", "-o", str(program), str(SOURCE)], check=True, capture_output=True)
    return [str(program)]


class Reports:
    """The socket they report on, and who has reported."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self.seen: dict[int, Identity] = {}
        self.all: list[Report] = []

    def next(self, seconds: float) -> Report | None:
        """The next report; None when none comes in time."""
        self._socket.settimeout(max(seconds, 0.000_1))
        try:
            words = self._socket.recv(256).decode().split()
        except TimeoutError:
            return None
        report = Report(int(words[0]), int(words[1]) / 1e9, words[2], words[3])
        self.all.append(report)
        if (who := identify(report.pid)) is not None:
            self.seen[report.pid] = who
        return report

    def wait(self, count: int, seconds: float) -> list[Report]:
        """So many reports.

        Raises:
            ClientError: They did not come in time.
        """
        found, until = list[Report](), time.monotonic() + seconds
        while len(found) < count:
            report = self.next(until - time.monotonic())
            if report is None and time.monotonic() > until:
                raise ClientError(f"only {len(found)} of {count} children began to run in {seconds:g} s")
            found += [report] if report else []
        return found

    def drain(self, quiet_seconds: float) -> list[Report]:
        """All that come until it is quiet for so long."""
        found: list[Report] = []
        while report := self.next(quiet_seconds):
            found.append(report)
        return found

    def living(self) -> dict[int, Report]:
        """The last report of every process that lives, by pid."""
        last = {report.pid: report for report in self.all}
        return {pid: last[pid] for pid, who in self.seen.items() if alive(who)}

    def wait_gone(self, seconds: float) -> list[int]:
        """Wait until nobody who reported lives; those who still do."""
        until = time.monotonic() + seconds
        while (left := list(self.living())) and time.monotonic() < until:
            time.sleep(0.002)
        return left

    def sweep(self) -> int:
        """Kill whoever is left, and forget them all; how many there were."""
        left = self.living()
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.seen.clear()
        self.all.clear()
        return len(left)

    def close(self) -> None:
        """Kill whoever is left, give the socket back."""
        self.drain(0.05)
        self.sweep()
        self._socket.close()
