"""Keeps ``trace.jsonl``: every exchange with the brain and every call of a tool, redacted; the file is rotated."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from trinity_tui.core.errors import StoreError
from trinity_tui.core.trace import TraceLine, redacted
from trinity_tui.store.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_BYTES = 8 * 1024 * 1024
log = logging.getLogger("trace")


class Trace:
    """The trace of one instance.

    Args:
        path: Its file.
    """

    def __init__(self, path: Path) -> None:
        self._journal = Journal[TraceLine](path, TraceLine, LIMIT_BYTES)

    def note(self, line: TraceLine) -> None:
        """Keep a line. A trace that cannot be written is said and stops no work."""
        try:
            self._journal.append(redacted(line))
        except StoreError as error:
            log.error("%s", error.sentence())
