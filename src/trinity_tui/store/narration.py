"""What a program that runs for long says of itself, line by line: a full disk loses lines, never the program.

What could not be written is counted, and said once there is room again.
"""

from __future__ import annotations

import logging
import os


class Narration(logging.Handler):
    """Writes each line at once, whole or not at all as far as the disk allows; never raises.

    Args:
        descriptor: Where to, such as stdout's.

    Attributes:
        lost: Lines that could not be written and of which it has not been said yet.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self.lost = 0
        self._descriptor = descriptor
        self._is_torn = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, after what is to be said of lost ones."""
        try:
            text = self.format(record)
        except (TypeError, ValueError, LookupError) as error:
            text = f"{record.msg!r} (cannot be put into words: {error})"
        told = f"… {self.lost} lines were lost: they could not be written\n" if self.lost else ""
        try:
            self._write(f"{told}{text}\n".encode("utf-8", "backslashreplace"))
        except OSError:
            self.lost += 1
        else:
            self.lost = 0

    def _write(self, data: bytes) -> None:
        if self._is_torn:
            # The last one was cut by the full disk: what comes now is a line of its own.
            data = b"\n" + data
        rest = memoryview(data)
        while rest:
            written = os.write(self._descriptor, rest)
            rest = rest[written:]
            self._is_torn = bool(rest)
