"""What models were used for today: per instance and brain the exchanges, the tokens and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from trinity_tui.core.usage_account import Tally
from trinity_tui.tui.money import dollars
from trinity_tui.tui.safe_text import clean, fit
from trinity_tui.tui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from trinity_tui.core.usage_account import Account

HEAD = ("instance", "brain", "exchanges", "in", "from cache", "out", "cost")
WIDTHS = (14, 26, 10, 9, 11, 9, 10)


class UsageDialog(Dialog[None]):
    """The account of one day (UTC).

    Args:
        account: All there is.
        today: The day.
    """

    HELP = "What each instance used of models today, by the providers' own figures. The day is UTC's. `esc` closes.\n"

    def __init__(self, account: Account, today: str) -> None:
        super().__init__(f"Used on {today} (UTC)")
        self._account = account
        self._today = today

    def content(self) -> Content:
        """A table, and its sum."""
        rows = [
            (clean(name), clean(brain), tally)
            for name, tallies in sorted(self._account.days.get(self._today, {}).items())
            for brain, tally in sorted(tallies.items())
        ]
        if not rows:
            return Content("No model was used today.")
        total = sum((tally for _, _, tally in rows), Tally())
        lines = [Content.styled(_line(HEAD), "$text-faint")]
        lines += [Content(_line(_cells(*row))) for row in rows]
        lines += [Content.styled(_line(_cells("all", "", total)), "bold")]
        return Content("\n").join([*lines, *(Content.styled(note, "$text-faint") for note in _notes(total))])


def _notes(total: Tally) -> list[str]:
    """What the marks mean, as far as there are any."""
    notes: list[str] = []
    if total.usage.estimated_tokens:
        notes.append("~ tokens that are estimated: an exchange was cut before its provider counted them")
    if total.usage.assumed_microdollars:
        notes.append("! money by the highest price that is known; [brains.prices] says what such a model costs")
    return notes


def _cells(name: str, brain: str, tally: Tally) -> tuple[str, ...]:
    used = tally.usage
    estimated, assumed = "~" if used.estimated_tokens else "", "!" if used.assumed_microdollars else ""
    return (
        name, brain, f"{tally.exchanges:,}", f"{used.input_tokens + used.cache_write_tokens:,}",
        f"{used.cache_read_tokens:,}", f"{estimated}{used.output_tokens:,}", f"{assumed}{dollars(used.microdollars)}",
    )  # fmt: skip


def _line(cells: tuple[str, ...]) -> str:
    words = [fit(cell, width) for cell, width in zip(cells[:2], WIDTHS[:2], strict=True)]
    return " ".join([*words, *(cell.rjust(width) for cell, width in zip(cells[2:], WIDTHS[2:], strict=True))])
