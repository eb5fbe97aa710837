"""How far the lines of one instance were read back: where in which of its runs, and whether there is more."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from trinity_tui.client.printed import FIRST_RUN, LinePlace, number

if TYPE_CHECKING:
    from trinity_tui.tui.logs.runs import Run, Runs

END = 2**62
"""After everything a run printed."""


class Reach:
    """How far.

    Args:
        begin: The first line that is known by now; None where nothing came of the newest run.
        join: The number of the line that what is read back stands before; None as long as that is not known.
    """

    def __init__(self, begin: LinePlace | None = None, join: int | None = None) -> None:
        self.begin = begin
        self.join = join
        self.runs: Runs | None = None
        """None as long as it was not asked for them."""
        self.is_refused = False
        """Whether nobody can say what was before, as nobody of that name is there any more."""

    @property
    def number(self) -> int:
        """The number of the first line that is known; what is not known comes before it."""
        return self.begin.number if self.begin is not None else END

    @property
    def is_done(self) -> bool:
        """Whether nothing is kept from before, or nothing of it is to be had."""
        if self.is_refused:
            return True
        if self.begin is not None and (self.begin.offset or self.begin.epoch <= FIRST_RUN):
            return not self.begin.offset
        return self.runs is not None and self._before(self.runs) is None

    def _before(self, runs: Runs) -> Run | None:
        return runs.before(self.begin.epoch if self.begin is not None else runs.newest)

    def enter(self) -> None:
        """Go on at the end of the run before, where one is kept."""
        run = self._before(self.runs) if self.runs is not None else None
        if run is None:
            return
        # Where nothing came of the newest run, what will come has a higher number than what is read back.
        first = self.begin.number if self.begin is not None else number(int(run.at), 0)
        self.join = first if self.join is None else self.join
        self.begin = LinePlace(min(first, number(ceil(run.at), 0)), run.epoch, END)

    @property
    def entered(self) -> Run | None:
        """The run whose end is to be read; None where it was."""
        if self.begin is None or self.begin.offset != END or self.runs is None:
            return None
        return self.runs.before(self.begin.epoch + 1)
