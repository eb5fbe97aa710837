"""A program that rewrites a whole file again and again, and what is said to others each time it did."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from patience import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

FOREIGN = Path(__file__).parent / "fakes" / "foreign.py"
SAY_EVERY = 4
"""Between so many rewrites something is said from the other side: often enough to meet some of them in the middle."""


def rewriting(path: Path, count: int, pause_seconds: float, style: str) -> subprocess.Popen[str]:
    """A script that adds entries to this file, writing all of it each time; it prints what it added."""
    wait_until(path.exists, path.name)
    command = [sys.executable, FOREIGN, path, "script", str(count), str(pause_seconds), style, "from,to,type,content"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def said_meanwhile(foreign: subprocess.Popen[str], say: Callable[[int], object]) -> list[str]:
    """All it added until it ended well; ``say`` is called with a number now and then meanwhile."""
    added: list[str] = []
    with foreign:
        assert foreign.stdout is not None
        for line in foreign.stdout:
            if len(added) % SAY_EVERY == 0:
                say(len(added))
            added.append(line.rstrip("\n"))
    assert foreign.returncode == 0
    return added
