"""What a benchmark says: figures, and guard rails with the bar each must keep to; as a table or as JSON."""

from __future__ import annotations

import sys

import msgspec

from trinity_tui.bench.beside import Comparison, Table, short
from trinity_tui.bench.columns import columns


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """Something measured."""

    name: str
    value: float
    unit: str


class Rail(msgspec.Struct, frozen=True, kw_only=True):
    """A value that must not be above its bar."""

    name: str
    value: float
    bar: float
    ok: bool


class Report(msgspec.Struct, kw_only=True):
    """One run of one benchmark."""

    benchmark: str
    quick: bool
    figures: list[Figure] = []
    rails: list[Rail] = []
    beside: Table | None = None
    """Ours beside its peers."""
    comparisons: list[Comparison] = []
    notes: list[str] = []

    def compare(self, table: Table, notes: list[str]) -> None:
        """Add what was measured beside peers, and what is to be known of it."""
        self.beside, self.comparisons = table, table.comparisons()
        self.notes += notes

    def figure(self, name: str, value: float, unit: str) -> None:
        """Add a figure."""
        self.figures.append(Figure(name=name, value=short(value), unit=unit))

    def rail(self, name: str, value: float, bar: float) -> None:
        """Add a guard rail."""
        self.rails.append(Rail(name=name, value=short(value), bar=bar, ok=value <= bar))

    @property
    def is_ok(self) -> bool:
        """Whether every rail holds and every target beside a peer is met."""
        return all(one.ok for one in (*self.rails, *self.comparisons))

    def table(self) -> str:
        """For a person."""
        parts = [self._own()] if self.figures or self.rails else []
        parts += [self.beside.text()] if self.beside else []
        parts += ["\n".join((*self.notes, ""))] if self.notes else []
        return "\n".join(parts)

    def _own(self) -> str:
        figures = [(row.name, f"{row.value:,g}", row.unit) for row in self.figures]
        rails = [(row.name, f"{row.value:,g}", f"{row.bar:g}", "ok" if row.ok else "MISSED") for row in self.rails]
        lines = columns(figures)
        if rails:
            lines += ["", *columns([("guard rail", "value", "bar", ""), *rails])]
        return "\n".join((*lines, ""))


def say(report: Report, as_json: bool) -> None:
    """Write a report to standard output."""
    text = msgspec.json.encode(report).decode() + "\n" if as_json else report.table()
    sys.stdout.write(text)


def narrate(text: str) -> None:
    """Say on standard error what is being done."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def quantile(values: list[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    return sorted(values)[int(share * (len(values) - 1))]
