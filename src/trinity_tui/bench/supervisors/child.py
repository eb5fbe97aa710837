"""What ``child.c`` is where there is no compiler: SOCKET MODE NAME. Run with ``-I -S``; needs nothing of ours."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time


def report(path: str, mode: str, name: str) -> None:
    """Say that it runs."""
    text = f"{os.getpid()} {time.monotonic_ns()} {mode} {name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(text.encode(), path)


def main(path: str, mode: str, name: str) -> int:
    """Report, then do what the mode asks for."""
    if mode == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    report(path, mode, name)
    if mode == "crash":
        time.sleep(0.02)
        return 1
    if mode == "family" and os.fork() == 0:
        os.setsid()
        report(path, "grandchild", name)
    number = 0
    while mode == "print":
        os.write(1, b"%d %d\n" % (os.getpid(), number))
        number += 1
        time.sleep(0.1)
    while True:
        signal.pause()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
