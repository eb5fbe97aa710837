"""The runs of an instance whose output is kept: when each printed last, and what ended it as far as that is known.

A crash is on record with the number of its run. Coordinators of earlier versions left the number out: which run such a
crash ended is guessed from when its file was last written to, and said to be a guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.message import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trinity_tui.core.diary import Event

EARLY_SECONDS = 1.0
"""So much later than it was said that a run had ended, its file may have been written: clocks of files are coarse."""


class Run(msgspec.Struct, frozen=True):
    """One run."""

    epoch: int
    at: float
    """When it ended, in seconds since the epoch: where no crash is known, when it printed last."""
    ended: str
    """How it crashed, probably where that is guessed; empty where it did not, or nobody knows any more."""


def runs(instance: str, printed: Mapping[int, float], events: Iterable[Event]) -> list[Run]:
    """The runs, the first first.

    Args:
        instance: Whose.
        printed: When each run printed last, by its number, rising.
        events: What happened, the first first.
    """
    crashes = [one for one in events if one.kind == "crash" and one.who == instance]
    told = {one.epoch: Run(one.epoch, parse_time(one.at), one.text) for one in crashes if one.epoch}
    unnumbered = [one for one in crashes if not one.epoch]
    numbers = list(printed)
    # Of the newest run nothing is said: it goes on, or its end stands in its state.
    ends = [
        told.get(epoch) or _guess(epoch, printed[epoch], printed[following], unnumbered)
        for epoch, following in zip(numbers, numbers[1:], strict=False)
    ]
    return ends + [Run(epoch, printed[epoch], "") for epoch in numbers[-1:]]


def _guess(epoch: int, last_at: float, until: float, crashes: Sequence[Event]) -> Run:
    for one in crashes:
        if last_at - EARLY_SECONDS <= (at := parse_time(one.at)) <= until:
            return Run(epoch, at, f"probably {one.text}")
    return Run(epoch, last_at, "")
