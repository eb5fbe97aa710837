"""The panel that says what happened while the person was away; a digit leads to each thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content

from trinity_tui.core.told import headline, label
from trinity_tui.tui.clock import duration, seconds_of
from trinity_tui.tui.goto import GoTo
from trinity_tui.tui.safe_text import clean, reveal, width
from trinity_tui.tui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Collection

    from textual.binding import BindingType

    from trinity_tui.core.digest import Digest, Row
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.widgets.dialog import Keys

KEYS = "123456789abcdefgh"
DIGITS = 9
"""So many of the keys are digits; letters follow."""
TEXT_CHARACTERS = 100
MOST_NAME_CELLS = 16
"""So wide at most is the column of who it was; a longer name reaches out of it."""


def offered(count: int) -> Keys:
    """The keys of so many rows, as the foot says them."""
    digits, letters = KEYS[: min(count, DIGITS)], KEYS[DIGITS:count]
    spans = " ".join(span if len(span) < 2 else f"{span[0]}-{span[-1]}" for span in (digits, letters) if span)
    return ((spans, "go there"),) if spans else ()


def _brief(text: str) -> str:
    """Its beginning in one line, ending with a word."""
    line = " ".join(text.split())
    return line if len(line) <= TEXT_CHARACTERS else line[:TEXT_CHARACTERS].rsplit(" ", 1)[0] + " ..."


def _back(seconds: float) -> str:
    """A time that reaches so far back, as a command takes it."""
    minutes = int(seconds // 60) + 1
    return f"{minutes}m" if minutes < 120 else f"{minutes // 60 + 1}h"


class AwayDialog(Dialog[None]):
    """What happened.

    Args:
        digest: What.
        clock: The time.
        places: The screens there are; what is at home on another one is shown in the Room.
    """

    HELP = "What happened while nobody touched a screen of yours. The key before a row leads there; `esc` closes.\n"
    BINDINGS: ClassVar[list[BindingType]] = [(key, f"go({index})", "Go there") for index, key in enumerate(KEYS)]

    def __init__(self, digest: Digest, clock: Clock, places: Collection[str]) -> None:
        super().__init__("While you were away", (*offered(len(digest.rows)), ("esc", "close")))
        self._digest = digest
        self._clock = clock
        self._places = places
        self._made_at = seconds_of(digest.made_at) if digest.made_at else None

    def content(self) -> Content:
        """Since when, how much, and each thing with its key."""
        found = self._digest
        since = seconds_of(found.since) if found.since else None
        ago = self._clock.now() - since if since is not None else 0.0
        head = Content.assemble((headline(found.counts), "bold"), (f"  {self._span(since)}", "$text-faint"))
        cells = min(MOST_NAME_CELLS, max((width(clean(row.who)) for row in found.rows), default=0))
        rows = [self._row(key, row, cells) for key, row in zip(KEYS, found.rows, strict=False)]
        more = found.events - len(rows)
        asked = f"trinity digest --since {_back(ago)}" if ago else "trinity digest"
        rows += [Content.styled(f"   {more} more; `{asked}` has them", "$text-faint")] if more else []
        return Content("\n").join([head, Content(""), *rows])

    def _span(self, since: float | None) -> str:
        """Of which time it tells."""
        end = self._clock.now() if self._made_at is None else self._made_at
        told = f"since {self._clock.at(since, '%H:%M')}, {duration(end - since)}" if since is not None else "so far"
        return told if self._made_at is None else f"{told}; as it was told at {self._clock.at(end, '%H:%M')}"

    def _row(self, key: str, row: Row, cells: int) -> Content:
        tone = {"failed": "$error", "crash": "$error", "parked": "$error", "waits": "$accent", "done": "$success"}
        who = clean(row.who)
        often = f"  {row.count} times" if row.count > 1 else ""
        return Content.assemble(
            (f" {key} ", "bold $primary"), (self._clock.stamp(row.at)[:5], "$text-faint"), "  ",
            (label(row.sort).ljust(10), tone.get(row.sort, "$text-dim")), (who, "$secondary"),
            " " * max(0, cells - width(who)), "  ", reveal(_brief(row.text)), (often, "$text-faint"),
        )  # fmt: skip

    def action_go(self, index: int) -> None:
        """Go to where the thing is at home."""
        if index < min(len(self._digest.rows), len(KEYS)):
            row = self._digest.rows[index]
            known = row.place in self._places
            self.dismiss(None)
            self.app.post_message(GoTo(row.place if known else "room", row.id if known else row.who))  # pyright: ignore[reportUnknownMemberType]  # App has no result type here
