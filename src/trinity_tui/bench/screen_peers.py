"""Our screen beside other people's: until it is there, at rest, and from a key to its letter.

All in the same terminal of 200×50 with the same reader, by turns, each with a home of its own that it has started in
once before. First paint is from the start of the program until a word of its first screen is written. At rest nobody
does anything for as long as is measured. A letter is typed into what one mainly types into there: our message bar,
posting's URL, harlequin's query; oterm has no such place until a model answers it. Ours is attached to a process that
answers as a coordinator; what a coordinator takes is measured by itself and not in these rows, and theirs have none.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bench.beside import OURS, Row, Table
from trinity_tui.bench.report import narrate, quantile
from trinity_tui.bench.screen_terminal import KEYS, SHOW, Pty, feeding
from trinity_tui.bench.screens import catalogue

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from trinity_tui.bench.options import Options
    from trinity_tui.bench.report import Report

SETTLE_SECONDS = 3.0
PATIENCE_SECONDS = 60.0
"""Where nothing is compiled yet, one of them takes a dozen on a quiet machine."""
HOMES = {
    "HOME": "", "XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "XDG_STATE_HOME": "state",
    "XDG_CACHE_HOME": "cache",
}  # fmt: skip
STARTS = 3
"""In a round; the best one counts, as whatever else the machine did made the others slower."""
PARTS = 3
"""Of the time at rest; the quietest counts, as on a busy machine one may not be done with its start."""
LEVEL = dict.fromkeys(catalogue.NAMES, 1.0)
ROWS = [
    Row(key="first", title="first paint, warm, best", unit="ms", targets=LEVEL),
    Row(key="idle", title="at rest, processor", unit="% of a core", targets=LEVEL),
    Row(key="memory", title="at rest, memory", unit="MB", targets=LEVEL),
    Row(key="key", title="key to paint at rest, median", unit="ms", targets=LEVEL),
    Row(key="late", title="key to paint at rest, p95", unit="ms"),
]


class Shown(msgspec.Struct, frozen=True):
    """A screen that can be started."""

    name: str
    argv: list[str]
    shows: str
    home: Path
    focus: str | None = ""
    """The keys that put the cursor into its main input; None where it has none."""

    def open(self) -> Pty:
        """Start it in a terminal."""
        self.home.mkdir(exist_ok=True)
        # Else each start would compile anew what it is made of.
        compiled = {"PYTHONDONTWRITEBYTECODE": ""}
        return Pty(self.argv, compiled | {name: str(self.home / folder) for name, folder in HOMES.items()})


def measure(report: Report, options: Options, seconds: float, keys: int) -> None:
    """Add the table of all that are installed to a report.

    Args:
        report: Where to.
        options: Which of them, and how many rounds.
        seconds: How long each is left alone in a round.
        keys: How many letters are typed in a round.

    Raises:
        ClientError: A peer is not known.
    """
    peers, notes = catalogue.choose(options.chosen(catalogue.NAMES))
    table = Table(ROWS, [OURS, *(peer.name for peer in peers)])
    with _all(peers) as screens:
        # Before the first round each is started once, and not measured.
        for number in range(options.round_count + 1):
            for one in list(screens):
                narrate(f"round {number} of {options.round_count}: {one.name} …")
                try:
                    if number:
                        _round(table, one, seconds, keys)
                    else:
                        _first(one)
                except (TimeoutError, OSError) as error:
                    if one.name == OURS:
                        raise
                    notes.append(f"{one.name}: no longer measured in round {number}: {error}")
                    narrate(notes[-1])
                    screens.remove(one)
    report.compare(table, notes)


@contextmanager
def _all(peers: Sequence[catalogue.Peer]) -> Generator[list[Shown]]:
    """Ours and those peers."""
    with tempfile.TemporaryDirectory(prefix="trinity-bench-") as folder, feeding(instances=9, rate=0) as root:
        ours = Shown(OURS, [sys.executable, "-m", SHOW, str(root)], "explorer-1", Path(folder, OURS), "0")
        yield [ours, *(_peer(peer, Path(folder, peer.name)) for peer in peers)]


def _peer(peer: catalogue.Peer, home: Path) -> Shown:
    for name, content in peer.seeds.items():
        (home / name).parent.mkdir(parents=True)
        (home / name).write_text(content)
    return Shown(peer.name, [str(peer.program)], peer.shows, home, "" if peer.has_input else None)


def _first(one: Shown) -> float:
    began = time.monotonic()
    with one.open() as terminal:
        terminal.wait_for(one.shows, PATIENCE_SECONDS)
        return time.monotonic() - began


def _round(table: Table, one: Shown, seconds: float, keys: int) -> None:
    table.add("first", one.name, 1000 * min(_first(one) for _ in range(STARTS)))
    with one.open() as terminal:
        terminal.wait_for(one.shows, PATIENCE_SECONDS)
        terminal.read(SETTLE_SECONDS)
        table.add("idle", one.name, 100 * min(terminal.share(seconds / PARTS) for _ in range(PARTS)))
        table.add("memory", one.name, terminal.resident_bytes() / 1e6)
        if one.focus is None:
            return
        terminal.send(one.focus)
        terminal.read(SETTLE_SECONDS / 3)
        delays = [terminal.key_to_paint(KEYS[index % len(KEYS)]) for index in range(keys)]
        table.add("key", one.name, 1000 * statistics.median(delays))
        table.add("late", one.name, 1000 * quantile(delays, 0.95))
