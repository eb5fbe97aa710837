"""What all followed instances print, in the order of its time: the newest lines, each with whose it is.

What comes late, as the last lines of somebody who is followed from now on, is put where it belongs. Two lines of one
instance never change places, and a line keeps its number.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from itertools import repeat
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from trinity_tui.core.log_times import ahead_of, moments, runs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.core.log_times import Run
    from trinity_tui.core.wire.face import Output

PRINTED_LINES = 50_000
"""How many lines are kept here at least; the files have the rest."""
TRIM_LINES = 5_000
"""So many more may be there before the oldest are dropped: to drop one by one would move all the others each time."""
FIRST_RUN = 1
"""The number of an instance's first run: nothing was printed before it."""
_PLACES = 1 << 40
"""How many lines have a place within a second; one half of it is for what is read back from the files."""


class Line(NamedTuple):
    """One line, and who printed it.

    Attributes:
        instance: Who.
        text: Without its newline.
        number: Grows with the time at which a line was printed, and no two lines have the same.
    """

    instance: str
    text: str
    number: int = 0

    @property
    def at(self) -> int:
        """When it was printed, in seconds since the epoch, as far as that is known."""
        return self.number // _PLACES


number_of = attrgetter("number")


def number(at: int, arrival: int) -> int:
    """The number of a line.

    Args:
        at: When it was printed, in seconds since the epoch.
        arrival: The how manieth line it is that came; below 0 where it was read back.
    """
    return at * _PLACES + _PLACES // 2 + arrival


def put(lines: list[Line], fresh: Sequence[Line]) -> None:
    """Put lines among others; both are in order."""
    if lines and fresh and fresh[0].number < lines[-1].number:
        place = bisect_left(lines, fresh[0].number, key=number_of)
        lines[place:] = sorted([*lines[place:], *fresh], key=number_of)
    else:
        lines.extend(fresh)


class LinePlace(NamedTuple):
    """Where in an instance's files a line stands.

    Attributes:
        number: Of the line.
        epoch: The run that printed it.
        offset: Where it begins in that run's output.
    """

    number: int
    epoch: int
    offset: int


class Printed:
    """Lines of several instances.

    Attributes:
        lines: In the order of their time.
        arrived: The newest, in the order in which they came.
        count: How many came in all.
        skipped: Lines that never came, because this face was slow.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.arrived: deque[Line] = deque(maxlen=PRINTED_LINES)
        self.count = 0
        self.skipped = 0
        self._said: dict[str, int] = {}
        """When each of them last printed something."""
        self._ahead: dict[str, float] = {}
        """How far the clock is ahead of UTC that each of them shows."""
        self._marks: dict[str, deque[LinePlace]] = {}
        self._ends: dict[str, LinePlace] = {}
        """After which line of each of them what is to come begins."""
        self._dropped: set[str] = set()
        """Whose oldest lines were dropped here."""

    @property
    def first(self) -> int:
        """The number of the oldest line that is kept."""
        return self.lines[0].number if self.lines else 0

    def add(self, output: Output, begin: int | None = None) -> None:
        """Take lines as they come.

        Args:
            output: They, and when they were written.
            begin: Where in the output of their run the first of them begins; None where that is not known.
        """
        name = output.instance
        fresh = self._numbered(output)
        self.skipped += output.skipped
        self.count += len(fresh)
        self.arrived.extend(fresh)
        put(self.lines, fresh)
        if fresh:
            self._ends[name] = LinePlace(fresh[-1].number + 1, output.epoch, output.offset)
            if begin is not None:
                self._marks.setdefault(name, deque()).append(LinePlace(fresh[0].number, output.epoch, begin))
        if len(self.lines) > PRINTED_LINES + TRIM_LINES:
            self._trim()

    def _numbered(self, output: Output) -> list[Line]:
        """The lines of a frame; nobody's go back in time."""
        name, texts, fresh = output.instance, lines_of(output), list[Line]()
        runs = runs_of(texts)
        last = self._said.get(name, 0)
        for at, (_, count) in zip(self._moments(output, runs, last), runs, strict=True):
            last = max(last, at)
            done = len(fresh)
            first = number(last, self.count + done)
            fresh += map(Line, repeat(name), texts[done : done + count], range(first, first + count))
        self._said[name] = last
        return fresh

    def _moments(self, output: Output, runs: Sequence[Run], last: int) -> list[int]:
        """When each run of lines was printed."""
        name, newest = output.instance, self.lines[-1].at if self.lines else 0
        if not output.at:
            return [newest] * len(runs)
        if output.is_end:
            self._ahead[name] = ahead_of(runs, output.at, self.ahead(name, output.ahead_seconds))
        found = moments(runs, output.at, self.ahead(name, output.ahead_seconds))
        # What says no time was printed just now where it is the newest, else after what was known before.
        known = next((at for at in found if at is not None), int(output.at) if output.is_end or not last else last)
        return [known if at is None else at for at in found]

    def ahead(self, instance: str, otherwise: float = 0.0) -> float:
        """How far the clock that an instance's lines show is ahead of UTC, in seconds."""
        return self._ahead.get(instance, otherwise)

    def _trim(self) -> None:
        del self.lines[:-PRINTED_LINES]
        first = self.first
        for name, marks in self._marks.items():
            while marks and marks[0].number < first:
                marks.popleft()
                self._dropped.add(name)

    def newest(self, count: int) -> list[Line]:
        """The lines that came last, in the order of their time; all that are kept where so many are not known."""
        if count >= len(self.arrived):
            return self.lines
        arrived = self.arrived
        return sorted([arrived[index] for index in range(-count, 0)], key=number_of)

    def beginnings(self) -> dict[str, LinePlace]:
        """Of each instance the first line of which it is known where it stands in its files."""
        return {name: marks[0] if marks else self._ends[name] for name, marks in self._marks.items()}

    @property
    def whole_from(self) -> int:
        """The number from which on nobody's lines are missing; what is older is known of some of them only."""
        known = (marks[0] for name, marks in self._marks.items() if marks and name not in self._dropped)
        return max((mark.number for mark in known if mark.offset or mark.epoch > FIRST_RUN), default=0)


def lines_of(output: Output) -> list[str]:
    """What a face shows of a frame: first that lines were left out, where some were."""
    return [f"… {output.skipped} lines skipped", *output.lines] if output.skipped else output.lines
