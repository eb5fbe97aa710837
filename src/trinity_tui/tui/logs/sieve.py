"""Which of all printed lines are shown: of one instance, from a gravity on, since a moment, with a text in them.

Looked through once as they come, not again for every frame; what a new wish finds is looked for in all that is kept.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.client.printed import number_of, put
from trinity_tui.core.log_lines import level_of, moment_of

if TYPE_CHECKING:
    from trinity_tui.client.printed import Line, Printed
    from trinity_tui.tui.clock import Clock

LEVELS = ("all", "warnings and errors", "errors")
_SHOWN: dict[str, frozenset[str] | None] = {
    "all": None,
    "warnings and errors": frozenset({"error", "warning"}),
    "errors": frozenset({"error"}),
}
_SPAN = re.compile(r"(\d+)\s*([smhd])")
_SPANS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_OCLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")


class Wish(msgspec.Struct, frozen=True):
    """What the person wants to see.

    Attributes:
        instance: Whose lines; empty: everybody's.
        level: One of ``LEVELS``.
        since: Seconds since the epoch; 0: from the first line on.
        text: What is in them, in any case.
    """

    instance: str = ""
    level: str = "all"
    since: float = 0.0
    text: str = ""

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Wish()


class Sieve:
    """The lines that are wanted, in the order of their time."""

    def __init__(self) -> None:
        self.wish = Wish()
        self._text = ""
        self._levels: frozenset[str] | None = None
        self._found: list[Line] = []
        self._looked = 0
        """How many of all that came were looked through."""

    def wants(self, wish: Wish) -> None:
        """Show these from now on."""
        self.wish = wish
        self._text, self._levels = wish.text.casefold(), _SHOWN[wish.level]
        self.forget()

    def forget(self) -> None:
        """Look through all lines again."""
        self._found = []
        self._looked = 0

    def look(self, printed: Printed) -> list[Line]:
        """Look through the lines that came; all that are kept and wanted."""
        if self.wish.is_everything:
            return printed.lines
        behind = printed.count - self._looked
        if behind >= len(printed.arrived):
            self._found = []  # More came than is known in its order: all that is kept is looked through.
        put(self._found, [line for line in printed.newest(behind) if self.is_wanted(line)])
        self._looked = printed.count
        if self._found and self._found[0].number < printed.first:
            del self._found[: bisect_left(self._found, printed.first, key=number_of)]
        return self._found

    def is_wanted(self, line: Line) -> bool:
        """Whether a line is shown."""
        wish = self.wish
        if wish.instance and line.instance != wish.instance:
            return False
        if wish.since and line.at < int(wish.since):
            return False
        if self._text and self._text not in line.text.casefold():
            return False
        return self._levels is None or level_of(line.text) in self._levels


def since(text: str, clock: Clock) -> float | None:
    """The moment that ``10m`` or ``14:05`` means; 0 for nothing, None where it is neither."""
    text = text.strip().lower()
    if not text:
        return 0.0
    if span := _SPAN.fullmatch(text):
        return clock.now() - int(span[1]) * _SPANS[span[2]]
    if found := _OCLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return moment_of(hours * 3_600 + minutes * 60 + seconds, clock.now(), clock.offset())
    return None
