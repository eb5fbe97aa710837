"""What is looked for in a conversation: every place where it stands, and the one the person is at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tui.text.finding import Match, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trinity_tui.tui.text.rows import Row

HERE, ELSEWHERE = "found-here", "found"
"""Tones: the place the person is at, and the others."""


class Search:
    """A search that goes on while there is a text to look for."""

    def __init__(self) -> None:
        self.wanted = ""
        self._places: list[tuple[int, Match]] = []
        """With the number of the part's first row."""
        self._here: tuple[int, Match] | None = None
        self._marks: dict[int, list[tuple[int, int, str]]] = {}
        self._known: dict[int, tuple[Sequence[Row], str, list[Match]]] = {}
        """By part: what was found in it when it had these rows."""

    def look(self, parts: Iterable[tuple[int, Sequence[Row]]]) -> None:
        """Find it in parts, each with the number of its first row; a part whose rows are the same is not read again."""
        known, self._known = self._known, {}
        self._places = []
        for first, rows in parts:
            before = known.get(first)
            is_same = before is not None and before[0] is rows and before[1] == self.wanted
            found = before[2] if before is not None and is_same else find(rows, self.wanted)
            self._known[first] = rows, self.wanted, found
            self._places += [(first, match) for match in found]
        if self._here not in self._places:
            self._here = None
        self._mark()

    def step(self, by: int, near: int) -> int | None:
        """Go to another place; round at both ends.

        Args:
            by: 1 for the next, -1 for the one before.
            near: A row's number: who is nowhere yet begins at the last place up to it.

        Returns:
            The number of its row; None where there is none.
        """
        if not self._places:
            return None
        if self._here is None:
            self._here = next((place for place in reversed(self._places) if _row(place) <= near), self._places[-1])
        else:
            self._here = self._places[(self._places.index(self._here) + by) % len(self._places)]
        self._mark()
        return _row(self._here)

    def _mark(self) -> None:
        self._marks = {}
        for place in self._places:
            first, match = place
            for mark in match:
                tone = HERE if place == self._here else ELSEWHERE
                self._marks.setdefault(first + mark.row, []).append((mark.start, mark.end, tone))

    def marks(self, row: int) -> tuple[tuple[int, int, str], ...]:
        """The parts of a row that are it, with their tones."""
        return tuple(self._marks.get(row, ()))

    def told(self) -> str:
        """How it went, for the frame; empty without a search."""
        if not self.wanted:
            return ""
        if not self._places:
            return f'nothing here contains "{self.wanted}", esc ends'
        at = f"{self._places.index(self._here) + 1} of " if self._here is not None else ""
        return f'"{self.wanted}" {at}{len(self._places)}, n next, N before, esc ends'


def _row(place: tuple[int, Match]) -> int:
    return place[0] + place[1][0].row
