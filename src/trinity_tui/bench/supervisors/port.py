"""What the benchmark asks of a supervisor."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Protocol


class Port(Protocol):
    """One supervisor in a folder of its own, keeping the same children over its restarts."""

    def start(self) -> None:
        """Have it run and start its children, or find them; returns without waiting for them."""
        ...

    def pids(self) -> list[int]:
        """Its own processes."""
        ...

    def status(self) -> None:
        """Ask by its command how the children stand."""
        ...

    def stop(self) -> None:
        """Have it stop the children and end."""
        ...

    def kill(self) -> None:
        """Kill what supervises, with -9, as an accident would."""
        ...

    def close(self) -> None:
        """Leave nothing of it behind."""
        ...


def program(name: str) -> str:
    """Where a program is: beside our interpreter, or in the path; empty when it is not installed."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name) or ""
