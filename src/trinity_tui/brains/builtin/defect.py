"""What a survey reports: one defect at one place, with a key that survives edits above it.

Also the cleaning of text that comes out of files before it is shown or stored; what counts as a defect is for `rules`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

Severity = Literal["low", "normal", "high"]

SEVERITY_RANK: dict[Severity, int] = {"high": 0, "normal": 1, "low": 2}
"""Order in which defects are listed: the gravest first."""

EVIDENCE_LIMIT = 160
"""Characters of a line that are carried along as evidence."""


class Defect(Struct, frozen=True):
    """One thing that is wrong, or worth knowing, at one place of the workspace."""

    rule: str
    path: str
    """Posix path relative to the workspace."""
    line: int
    """Counted from 1."""
    symbol: str
    """What it is about: a qualified name, a module, or the text of a note."""
    severity: Severity
    text: str
    """One sentence for a reader."""
    evidence: str
    """The line itself, or the figures the sentence rests on."""

    @property
    def key(self) -> str:
        """Identity of the defect: the same before and after its line moves."""
        return f"{self.rule}:{self.path}:{self.symbol}"


def one_line(text: str, limit: int = EVIDENCE_LIMIT) -> str:
    """Text of a file as one harmless line: no control characters, no runs of blanks, bounded."""
    printable = "".join(c if c.isprintable() else " " for c in text[: limit * 4])
    flat = " ".join(printable.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def number_repeats(defects: Iterable[Defect]) -> list[Defect]:
    """Give defects that share a key a number behind their symbol, in the order of their lines."""
    seen: Counter[str] = Counter()
    numbered: list[Defect] = []
    for defect in sorted(defects, key=lambda d: (d.path, d.line, d.rule, d.symbol)):
        seen[defect.key] += 1
        count = seen[defect.key]
        numbered.append(defect if count == 1 else replace(defect, symbol=f"{defect.symbol}#{count}"))
    return numbered
