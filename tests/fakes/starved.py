"""Wants a processor all the time and gets next to none: a child of its own takes the one that both may use.

Usage: starved.py FILE; the child's pid is written into FILE once it is so. Without the child, it has all it wants.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Spin beside a child that spins with a far greater weight; in one session, so that no other share is set by it."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    child = os.fork()
    if child == 0:
        while True:
            pass
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with open(sys.argv[1] + ".new", "w", encoding="ascii") as file:
        file.write(str(child))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    while True:
        pass


main()
