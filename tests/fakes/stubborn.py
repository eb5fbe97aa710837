"""Ignores TERM; with an argument, so does a child of its own that left the session. Says when it stands."""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    """Write the pids into the file that is named, then stay."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pids = [os.getpid()]
    if len(sys.argv) > 2:
        child = os.fork()
        if child == 0:
            os.setsid()
            while True:
                signal.pause()
        pids.append(child)
    with open(sys.argv[1] + ".new", "w", encoding="ascii") as file:
        file.write(" ".join(map(str, pids)))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    while True:
        signal.pause()


main()
