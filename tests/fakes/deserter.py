"""Leaves behind a grandchild in a session of its own, whose parent is dead, and ends with the code it is given.

Usage: deserter.py FILE CODE [wait]; the grandchild's pid is written into FILE; with "wait" it stays instead of ending.
"""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    """Fork twice, as a daemon does."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        grandchild = os.fork()
        if grandchild:
            os.write(tell, str(grandchild).encode())
            os._exit(0)
        os.close(tell)
        while True:
            signal.pause()
    os.waitpid(child, 0)
    with open(sys.argv[1] + ".new", "wb") as file:
        file.write(os.read(told, 32))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    if sys.argv[3:] == ["wait"]:
        while True:
            signal.pause()
    sys.exit(int(sys.argv[2]))


main()
