"""A question as the answers see it, and an answer while it is written: only places that exist get into it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from trinity_tui.brains.builtin.defect import Defect, one_line
from trinity_tui.brains.builtin.index import Index

SHOWN = 8
"""Places named in one answer; how many more there are is said."""
_STOP_WORDS = frozenset(
    "a about all an and any are as at be been by can could did do does done exactly file files find for from function"
    " give had has have here how i in is it its know let like made make many me mean most much my not of on one or our"
    " please project project's said say see should show so some tell than that the their them then there these they"
    " thing things this to up us use used was we were what when where which who why will with work works would you your"
    " class module method code defined definition folder workspace many".split()
)
_TOKEN = re.compile(r"[A-Za-z_][\w./-]*")


class Answer(Struct, frozen=True):
    """A plain answer and the places it rests on."""

    text: str
    citations: tuple[tuple[str, int], ...]
    """Path and line of each place named, in the order of the text; all exist."""


class Question(Struct, frozen=True):
    """A question with everything an answer may draw on."""

    text: str
    match: re.Match[str]
    index: Index
    defects: Sequence[Defect]
    status: str
    colleagues: Sequence[tuple[str, str, str, str]]

    @property
    def words(self) -> list[str]:
        """The words that carry meaning, as written, without repeats."""
        tokens = (token.strip("./-") for token in _TOKEN.findall(self.text))
        return list(dict.fromkeys(token for token in tokens if len(token) > 1 and token.lower() not in _STOP_WORDS))


class Reply:
    """An answer being written: only places that exist can get in."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._lines: list[str] = []
        self._citations: list[tuple[str, int]] = []

    @property
    def has_places(self) -> bool:
        """Whether anything was cited yet."""
        return bool(self._citations)

    def say(self, text: str) -> None:
        """Add a line of our own words."""
        self._lines.append(text)

    def cite(self, path: str, line: int, text: str) -> bool:
        """Add a line about a place; False if the place is gone."""
        if not self._index.has(path, line):
            return False
        self._citations.append((path, line))
        self._lines.append(f"  {one_line(path, 400)}:{line}  {one_line(text)}".rstrip())
        return True

    def cite_all(self, places: Sequence[tuple[str, int, str]]) -> None:
        """Add the first few places and say how many more there are."""
        shown = 0
        for number, place in enumerate(places):
            if shown == SHOWN:
                self.say(f"  … and {len(places) - number} more.")
                return
            shown += self.cite(*place)

    def finish(self) -> Answer:
        """The answer as written so far."""
        return Answer("\n".join(self._lines), tuple(self._citations))
