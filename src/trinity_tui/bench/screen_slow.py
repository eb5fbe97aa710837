"""A quick screen beside a slow one: what the slow one costs the quick one's person, and the coordinator of both.

At a thousand messages a second, by turns so that the machine is the same for all: the quick one alone, beside one whose
terminal nobody reads, beside one whose terminal is read at two thousand bytes a second. Both are whole screens on one
real coordinator. Its memory grows with what is said, whoever looks: what a slow screen costs is what it grows in a turn
beside one more than in the turn of the same round beside none.
"""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bench import bound, coordinator_load, screen_reach
from trinity_tui.bench.report import quantile
from trinity_tui.bench.screen_terminal import KEYS, SHOW, SlowReading, Terminal
from trinity_tui.client import found

if TYPE_CHECKING:
    from trinity_tui.bench.report import Report
    from trinity_tui.core.paths import Workspace

ALONE, UNREAD, BAD_LINE = "a quick screen alone", "beside one not read", "beside one at 2 kB/s"
BYTES_A_SECOND = {UNREAD: 0, BAD_LINE: 2_000}
MOST_RATIO = 1.5
"""What is left for the machine: the processors are shared, the slow one's included."""
MOST_MEGABYTES = 24.0
"""What waits for a slow face is at most eight; its socket and a snapshot come on top."""
SETTLE_SECONDS = 2.0


class Size(msgspec.Struct, frozen=True):
    """How much of everything."""

    rounds: int
    """How many turns of each kind."""
    keys: int
    """How many are pressed in a turn."""
    seconds: float
    """For how long messages are watched in a turn."""
    messages: int = 0
    """After how many that ends before; 0: it does not."""


class Turns(msgspec.Struct):
    """What was seen in the turns of one kind."""

    keys: list[float] = []
    """Seconds from a key to its letter."""
    messages: list[float] = []
    """Seconds from a message another process appended to its words."""
    grown: list[float] = []
    """Megabytes by which the coordinator grew in each."""


def measure(report: Report, size: Size) -> None:
    """Add the figures to a report."""
    turns = {kind: Turns() for kind in (ALONE, *BYTES_A_SECOND)}
    with coordinator_load.coordinator() as workspace, Terminal(SHOW, str(workspace.root)) as quick:
        quick.wait_for("explorer-1")
        with coordinator_load.children(workspace, faces=0):
            quick.send("0")
            quick.read(SETTLE_SECONDS)
            for _ in range(size.rounds):
                for kind, seen in turns.items():
                    _turn(workspace, quick, kind, seen, size)
    tell(report, turns)


def _turn(workspace: Workspace, quick: Terminal, kind: str, seen: Turns, size: Size) -> None:
    before = _resident_megabytes(workspace)
    if kind == ALONE:
        _watch(quick, seen, size)
        seen.grown.append(_resident_megabytes(workspace) - before)
        return
    with Terminal(SHOW, str(workspace.root)) as slow:
        slow.wait_for("explorer-1")
        with SlowReading(slow, BYTES_A_SECOND[kind]):
            _watch(quick, seen, size)
            # While what waits for it still does.
            seen.grown.append(_resident_megabytes(workspace) - before)


def _watch(quick: Terminal, seen: Turns, size: Size) -> None:
    quick.read(SETTLE_SECONDS)
    seen.keys += [quick.key_to_paint(KEYS[index % len(KEYS)]) for index in range(size.keys)]
    seen.messages += quick.delays(screen_reach.SENT, size.seconds, size.messages)


def _resident_megabytes(workspace: Workspace) -> float:
    place = found.find(workspace)
    assert place is not None
    return bound.resident_megabytes(place.pid)


def tell(report: Report, turns: dict[str, Turns]) -> None:
    """Add what was seen in the turns to a report."""
    for kind, seen in turns.items():
        for what, values in (("key to paint", seen.keys), ("message to screen", seen.messages)):
            report.figure(f"{kind}: {what}, median", 1000 * statistics.median(values), "ms")
            report.figure(f"{kind}: {what}, p95", 1000 * quantile(values, 0.95), "ms")
    alone = turns[ALONE]
    for kind in BYTES_A_SECOND:
        seen = turns[kind]
        report.rail(f"{kind}, to alone: key to paint (×)", _ratio(seen.keys, alone.keys), MOST_RATIO)
        report.rail(f"{kind}, to alone: message to screen (×)", _ratio(seen.messages, alone.messages), MOST_RATIO)
    report.figure("the coordinator's memory, grown in a turn beside none, median", statistics.median(alone.grown), "MB")
    # The most of all rounds: what was once taken for a slow one is kept for the next.
    more = max(
        beside - none for kind in BYTES_A_SECOND for beside, none in zip(turns[kind].grown, alone.grown, strict=True)
    )
    report.rail("the coordinator's memory, more for a slow screen (MB)", more, MOST_MEGABYTES)


def _ratio(values: list[float], others: list[float]) -> float:
    return statistics.median(values) / statistics.median(others)
