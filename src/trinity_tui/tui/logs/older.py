"""What stands in the files before the lines that are kept here, fetched page by page when somebody scrolls up.

Of several instances it is read of the one first whose lines reach back least: only what is whole is shown, so that
nobody's line appears later between lines that were read already. Of each it goes on into the runs before, as far as
their output is kept.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import chain, repeat
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.client.printed import Line, LinePlace, number, number_of, put
from trinity_tui.core.log_times import moments, runs_of
from trinity_tui.tui.logs.reach import Reach
from trinity_tui.tui.logs.runs import Run, Runs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trinity_tui.client.printed import Printed

PAGE_LINES = 500
GAP = "... what was printed in between has fallen out of what is kept here; esc and back here reads it anew"


class Page(msgspec.Struct, frozen=True):
    """What the coordinator answers: lines, and where they begin."""

    instance: str
    epoch: int
    lines: list[str]
    begin: int = 0
    runs: tuple[Run, ...] = ()
    """Those whose output is kept, where it was asked for no place in one."""


class Older:
    """The lines from before those that came.

    Args:
        instance: Whose; empty where it is everybody's.
        said: The words that stand below the last line of an earlier run of this instance.
    """

    def __init__(
        self, instance: str = "", said: Callable[[str, Run], str] = lambda instance, run: f"run {run.epoch}"
    ) -> None:
        self.instance = instance
        self._said = said
        self.partings: set[int] = set()
        """The numbers of the lines that stand between two runs."""
        self.is_asked = False
        """Whether a page is on its way."""
        self.count = 0
        """How many lines were fetched."""
        self._lines: list[Line] = []
        """Those of them that are wanted."""
        self._reaches: dict[str, Reach] = {}
        """How far each was read back."""
        self._above: tuple[object, list[Line]] = (None, [])
        """What was found last to stand above, and what it was made of."""

    @property
    def is_all(self) -> bool:
        """Whether nothing is kept from before what was fetched."""
        reaches = self._reaches.values()
        return bool(reaches) and all(reach.is_done and not reach.is_refused for reach in reaches)

    def whole_from(self, printed: Printed) -> int:
        """The number from which on no line is missing."""
        if self.instance:
            return 0
        if not self._reaches:
            return printed.whole_from
        return max((reach.number for reach in self._reaches.values() if not reach.is_done), default=0)

    def wanted(self, printed: Printed) -> dict[str, int | str] | None:
        """What to ask for to have the page before; None where there is none, or one is on its way."""
        if self.is_asked:
            return None
        for name, mark in printed.beginnings().items():
            if name not in self._reaches and self.instance in ("", name):
                self._reaches[name] = Reach(mark, max(mark.number, printed.first))
        if self.instance and not self._reaches:
            self._reaches[self.instance] = Reach()
        while True:
            undone = [one for one in self._reaches.items() if not one[1].is_done]
            if not undone:
                return None
            name, reach = max(undone, key=lambda one: one[1].number)
            if reach.begin is not None and reach.begin.offset:
                self.is_asked = True
                begin = reach.begin
                return {"instance": name, "lines": PAGE_LINES, "epoch": begin.epoch, "before": begin.offset}
            if reach.runs is None:
                self.is_asked = True
                return {"instance": name, "lines": 1}
            reach.enter()

    def refuse(self, instance: str) -> None:
        """What was asked for is not to be had: what is there of this one is shown, and no more asked for."""
        self.is_asked = False
        if instance in self._reaches:
            self._reaches[instance].is_refused = True

    def take_runs(self, page: Page) -> None:
        """It is known which runs of an instance there are."""
        reach = self._reaches.get(page.instance)
        if reach is not None and reach.runs is None:
            self.is_asked = False
            reach.runs = Runs(page.epoch, page.runs)

    def take(self, page: Page, before: int, printed: Printed, is_wanted: Callable[[Line], bool]) -> None:
        """A page came.

        Args:
            page: It.
            before: The offset it was asked for.
            printed: Where the lines after it came to.
            is_wanted: Whether a line is shown.
        """
        reach = self._reaches.get(page.instance)
        begin = reach.begin if reach is not None else None
        if reach is None or begin is None or (page.epoch, before) != (begin.epoch, begin.offset):
            return
        self.is_asked = False
        is_more = bool(page.lines) and page.begin < begin.offset
        texts, until, entered = page.lines, Line("", "", begin.number).at, reach.entered
        if entered is not None:
            texts = [*texts, self._said(page.instance, entered)]
        self.count += len(texts)
        lines = self._numbered(page.instance, texts, until, printed.ahead(page.instance))
        if entered is not None:
            # It says no time a line could be read by, and stands where the run ended, not by what it said last.
            ended = max(lines[-1].at, min(int(entered.at), until))
            lines[-1] = lines[-1]._replace(number=number(ended, len(lines) - 1 - self.count))
            self.partings.add(lines[-1].number)
        first = lines[0].number if lines else begin.number
        reach.begin = LinePlace(first, page.epoch, page.begin if is_more else 0)
        put(self._lines, [line for line in lines if line.number in self.partings or is_wanted(line)])

    def _numbered(self, instance: str, texts: list[str], until: int, ahead: float) -> list[Line]:
        runs = runs_of(texts)
        said = moments(runs, until, ahead)
        first = next((at for at in said if at is not None), until)
        times = chain.from_iterable(
            repeat(first if at is None else at, run.lines) for at, run in zip(said, runs, strict=True)
        )
        return [
            Line(instance, text, number(at, index - self.count))
            for index, (at, text) in enumerate(zip(times, texts, strict=True))
        ]

    def above(self, kept: Sequence[Line], printed: Printed) -> tuple[list[Line], int]:
        """What is shown before the lines that came, and how many of those that came stand in it already.

        Args:
            kept: The lines that came, as far as they are wanted.
            printed: Where they came to.
        """
        whole_from = self.whole_from(printed)
        if not self._lines:
            return [], bisect_left(kept, whole_from, key=number_of)
        joins = self._joins()
        joined = bisect_left(kept, max(joins.values()), key=number_of)
        made_of = (whole_from, joined, len(self._lines), printed.first)
        if self._above[0] != made_of:
            among = [line for line in kept[:joined] if line.number >= joins.get(line.instance, 0)]
            lines = sorted([*self._lines, *among, *self._gap(printed)], key=number_of)
            self._above = made_of, lines[bisect_left(lines, whole_from, key=number_of) :]
        return self._above[1], joined

    def _gap(self, printed: Printed) -> list[Line]:
        """What says that lines are missing between these and those that are kept; none where none are."""
        first = min(self._joins().values())
        has_dropped = printed.count > len(printed.lines)
        return [Line(self.instance, GAP, printed.first - 1)] if has_dropped and printed.first > first else []

    def _joins(self) -> dict[str, int]:
        """The number of the line that the pages of each stand before."""
        return {name: reach.join for name, reach in self._reaches.items() if reach.join is not None}
