"""Prints numbered lines, fast, padded to a length, so many of them; then stays.

Usage: chatter.py COUNT WIDTH [PAUSE_SECONDS]
"""

from __future__ import annotations

import os
import signal
import sys
import time


def main() -> None:
    """Print, then wait to be stopped."""
    count, width = int(sys.argv[1]), int(sys.argv[2])
    pause = float(sys.argv[3]) if len(sys.argv) > 3 else 0.0
    for number in range(count):
        os.write(1, str(number).ljust(width, ".").encode() + b"\n")
        if pause:
            time.sleep(pause)
    while True:
        signal.pause()


main()
