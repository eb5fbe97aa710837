"""What the keeper writes to its log."""

from __future__ import annotations

import os
import sys


def note(text: str) -> None:
    """A line for the log; a log that cannot be written must not stop the keeper."""
    try:
        sys.stderr.write(f"keeper {os.getpid()}: {text}\n")
        sys.stderr.flush()
    except OSError:
        return
