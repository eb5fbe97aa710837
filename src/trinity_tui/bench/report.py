"""What a benchmark says: figures, and guard rails with the bar each must keep to; as a table or as JSON."""

from __future__ import annotations

import sys

import msgspec


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

    def figure(self, name: str, value: float, unit: str) -> None:
        """Add a figure."""
        self.figures.append(Figure(name=name, value=_short(value), unit=unit))

    def rail(self, name: str, value: float, bar: float) -> None:
        """Add a guard rail."""
        self.rails.append(Rail(name=name, value=_short(value), bar=bar, ok=value <= bar))

    @property
    def is_ok(self) -> bool:
        """Whether every rail holds."""
        return all(rail.ok for rail in self.rails)

    def table(self) -> str:
        """For a person."""
        width = max(len(row.name) for row in (*self.figures, *self.rails))
        lines = [f"{row.name:{width}}  {row.value:>12,g} {row.unit}" for row in self.figures]
        lines += ["", f"{'guard rail':{width}}  {'value':>12} {'bar':>8}"]
        lines += [
            f"{row.name:{width}}  {row.value:>12,g} {row.bar:>8g}  {'ok' if row.ok else 'MISSED'}" for row in self.rails
        ]
        return "\n".join((*lines, ""))


def say(report: Report, as_json: bool) -> None:
    """Write a report to standard output."""
    text = msgspec.json.encode(report).decode() + "\n" if as_json else report.table()
    sys.stdout.write(text)


def narrate(text: str) -> None:
    """Say on standard error what is being done."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _short(value: float) -> float:
    return float(f"{value:.4g}")
