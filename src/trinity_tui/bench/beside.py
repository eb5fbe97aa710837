"""Ours beside its peers: what was measured for each in every round, the ratios, and whether they keep to their targets.

Pure: it is given figures. Ratios are taken inside a round, where the machine was the same for all, then the median.
"""

from __future__ import annotations

import statistics
from typing import Literal

import msgspec

from trinity_tui.bench.columns import columns

OURS = "trinity"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Something measured of every peer."""

    key: str
    title: str
    unit: str
    better: Literal["more", "less"] = "less"
    targets: dict[str, float] = {}
    """Ours over the peer's: at least where more is better, at most where less is."""
    must: tuple[str, ...] = ()
    """Peers beside which the target is not negotiable."""
    limit: float | None = None
    """What ours alone may at most be."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One target, and how ours stands."""

    row: str
    peer: str
    ratio: float
    target: float
    better: str
    must: bool
    ok: bool


class Table(msgspec.Struct):
    """All rows and peers, round by round."""

    rows: list[Row]
    peers: list[str]
    rounds: dict[str, dict[str, list[float]]] = {}
    """By row, by peer."""

    def add(self, row: str, peer: str, value: float) -> None:
        """A figure of this round."""
        self.rounds.setdefault(row, {}).setdefault(peer, []).append(value)

    def median(self, row: str, peer: str) -> float | None:
        """Over the rounds; None where the peer was not measured."""
        found = self.rounds.get(row, {}).get(peer)
        return short(statistics.median(found)) if found else None

    def comparisons(self) -> list[Comparison]:
        """Every target of which both sides were measured."""
        found = [self._compare(row, peer, target) for row in self.rows for peer, target in row.targets.items()]
        found += [self._limit(row) for row in self.rows]
        return [one for one in found if one is not None]

    def _compare(self, row: Row, peer: str, target: float) -> Comparison | None:
        by_peer = self.rounds.get(row.key, {})
        pairs = [(ours, theirs) for ours, theirs in zip(by_peer.get(OURS, []), by_peer.get(peer, []), strict=False)]
        if not pairs:
            return None
        ratio = statistics.median(ours / theirs if theirs else float("inf") for ours, theirs in pairs)
        ok = ratio >= target if row.better == "more" else ratio <= target
        return Comparison(
            row=row.title, peer=peer, ratio=short(ratio), target=target, better=row.better, must=peer in row.must, ok=ok
        )

    def _limit(self, row: Row) -> Comparison | None:
        value = self.median(row.key, OURS)
        if row.limit is None or value is None:
            return None
        ok = value >= row.limit if row.better == "more" else value <= row.limit
        return Comparison(
            row=row.title, peer="", ratio=value, target=row.limit, better=row.better, must=OURS in row.must, ok=ok
        )

    def text(self) -> str:
        """For a person: the medians, then the targets."""
        found = [(row, [self.median(row.key, peer) for peer in self.peers]) for row in self.rows]
        medians = [(_heading(row), *map(_cell, values), "") for row, values in found if values != [None] * len(values)]
        lines = columns([("", *self.peers, ""), *medians])
        targets = columns([("target", "beside", "ours/theirs", "target", ""), *map(_verdict, self.comparisons())])
        return "\n".join((*lines, "", *targets, ""))


def _heading(row: Row) -> str:
    return f"{row.title}, {row.unit}" if row.unit else row.title


def _cell(value: float | None) -> str:
    return "" if value is None else figure(value)


def _verdict(one: Comparison) -> tuple[str, ...]:
    sign = "≥" if one.better == "more" else "≤"
    word = "ok" if one.ok else "MISSED (must)" if one.must else "MISSED"
    unit = "x" if one.peer else ""
    return one.row, one.peer, figure(one.ratio) + unit, f"{sign} {one.target:.3g}{unit}", word


def figure(value: float) -> str:
    """A number as a person reads it."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def short(value: float) -> float:
    """Four digits: what was measured is not known better."""
    return float(f"{value:.4g}")
