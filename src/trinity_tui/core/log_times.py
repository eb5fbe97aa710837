"""When lines were printed, told from the times of day they say and from when the newest of them was written.

A line says no day: going back from the newest, a time that is later than the one after it was a day earlier. Who prints
the time of another zone is known by it too: the newest line was written when its file says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trinity_tui.core.log_lines import AHEAD_SECONDS, clock_of, moment_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CLOCK_CHARACTERS = 8


class Run(NamedTuple):
    """Lines one after the other that say the same second, or none."""

    second: int | None
    """Of the day."""
    lines: int


def runs_of(texts: Iterable[str]) -> list[Run]:
    """What lines say of the time, in their order."""
    found: list[Run] = []
    head, second, count = "", None, 0
    for text in texts:
        # Lines that come together mostly say the same second, and to compare is quicker than to match.
        if head and text.startswith(head):
            count += 1
            continue
        said = clock_of(text)
        head = text[:_CLOCK_CHARACTERS] if said is not None and text[2] == ":" else ""
        here = said[0] if said is not None else None
        if count and here != second:
            found.append(Run(second, count))
            count = 0
        second, count = here, count + 1
    return [*found, Run(second, count)] if count else found


def ahead_of(runs: Sequence[Run], written: float, ahead: float) -> float:
    """How far the clock that lines show is ahead of UTC, in seconds.

    Args:
        runs: What they say.
        written: When the last of them was written, in seconds since the epoch.
        ahead: How far it should be.
    """
    last = next((run.second for run in reversed(runs) if run.second is not None), None)
    if last is None:
        return ahead
    lag = written - moment_of(last, written, ahead)
    return ahead - lag if lag > AHEAD_SECONDS else ahead


def moments(runs: Sequence[Run], until: float, ahead: float) -> list[int | None]:
    """When each run was printed, in seconds since the epoch; None for those before the first that says it.

    Args:
        runs: What the lines say.
        until: Before when all of them were.
        ahead: How far the clock they show is ahead of UTC, in seconds.
    """
    found: list[int | None] = [None] * len(runs)
    bound = until
    for index in range(len(runs) - 1, -1, -1):
        second = runs[index].second
        if second is not None:
            bound = min(bound, moment_of(second, bound, ahead))
            found[index] = int(bound)
    return _filled(found)


def _filled(found: list[int | None]) -> list[int | None]:
    """What says no time belongs to what stands before it."""
    last: int | None = None
    for index, moment in enumerate(found):
        last = found[index] = last if moment is None else moment
    return found
