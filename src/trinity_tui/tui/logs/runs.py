"""The runs of one instance before the one that prints, and the line that stands between two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.tui.safe_text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trinity_tui.tui.clock import Clock

DAY_SECONDS = 86_400


class Run(msgspec.Struct, frozen=True):
    """A run whose output is kept, as the coordinator tells it."""

    epoch: int
    at: float = 0.0
    """When it ended, in seconds since the epoch; where no end is on record, when it last printed."""
    ended: str = ""
    """How it crashed; empty where none is on record."""


class Runs:
    """Those that are kept.

    Args:
        newest: The number of the run that prints, or would.
        kept: All whose output is kept.
    """

    def __init__(self, newest: int, kept: Iterable[Run]) -> None:
        self.newest = newest
        self._kept = sorted(kept, key=lambda run: run.epoch)

    def before(self, epoch: int) -> Run | None:
        """The run before this one; None where none is kept."""
        return next((run for run in reversed(self._kept) if run.epoch < epoch), None)


def parting(run: Run, clock: Clock) -> str:
    """What stands below the last line of a run."""
    pattern = "%H:%M:%S" if clock.now() - run.at < DAY_SECONDS else "%Y-%m-%d %H:%M"
    at = clock.at(run.at, pattern)
    said = f"ended {at}: {clean(run.ended)}" if run.ended else f"printed last {at}; no crash is on record"
    return f"run {run.epoch} {said}"
