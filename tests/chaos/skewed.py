"""Runs ``trinity`` with a wall clock that jumps when told to; the monotonic clock goes on, as it does on a machine.

    python skewed.py OFFSET_FILE WORDS…

The offset is in the file, in seconds. Only this process sees it: to all others it is one whose clock is wrong.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

_true_time = time.time


def skew(offset: Path) -> None:
    """Have ``time.time`` say what the file asks for; to be called before anything else is imported."""
    time.time = lambda: _true_time() + _seconds(offset)


def _seconds(offset: Path) -> float:
    try:
        return float(offset.read_text() or 0.0)
    except FileNotFoundError:
        return 0.0


if __name__ == "__main__":
    skew(Path(sys.argv.pop(1)))
    from trinity_tui.cli import main

    sys.exit(main())
