"""Takes a log's lock, says so, and holds it until told to give it back."""

from __future__ import annotations

import sys
from pathlib import Path

from trinity_tui.bus.lock import AppendLock

lock = AppendLock(Path(sys.argv[1]) / "LOCK")
while not lock.try_acquire():
    pass
lock.sign()
sys.stdout.write("held\n")
sys.stdout.flush()
sys.stdin.readline()
lock.release()
lock.close()
sys.stdout.write("free\n")
