"""The screen measured: in a real terminal of 200×50, fed by a process of its own over the socket a coordinator has.

Every bar the screen has is a row here. A bare canvas of rows, repainted in the same run, is what the processor shares
are compared with, and other people's screens stand beside ours where a row fits them. Trust the ratios: on a shared
machine the absolute figures move.
"""

from __future__ import annotations

import shutil
import statistics
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

import trinity_tui
from trinity_tui.bench import coordinator_load, screen_chat, screen_long, screen_peers, screen_reach, screen_slow
from trinity_tui.bench.long_log import MESSAGES, QUICK_MESSAGES
from trinity_tui.bench.report import Report, narrate
from trinity_tui.bench.screen_terminal import KEYS, SHOW, Terminal, feeding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.bench.options import Options

CANVAS = "trinity_tui.bench.screen_canvas"


class Size(msgspec.Struct, frozen=True):
    """How long a run is."""

    starts: int
    seconds: float
    keys: int
    lines_seconds: float
    messages: int
    """Of the long log."""
    turns: int
    """How often the quick screen is beside each of the slow ones."""


FULL = Size(starts=7, seconds=20.0, keys=200, lines_seconds=10.0, messages=MESSAGES, turns=3)
QUICK = Size(starts=3, seconds=5.0, keys=40, lines_seconds=3.0, messages=QUICK_MESSAGES, turns=1)


def measure(options: Options) -> Report:
    """Run the benchmark.

    Raises:
        ClientError: A peer is not known.
    """
    size = QUICK if options.quick else FULL
    report = Report(benchmark="screen", quick=options.quick)
    narrate("first paint …")
    _first_paint(report, size)
    narrate("a bare canvas …")
    bare = _canvas_share(size)
    report.figure("bare canvas, 64 nodes at 20 Hz", 100 * bare, "% of a core")
    narrate("idle …")
    _idle(report, size)
    narrate("64 instances, 100 messages/s …")
    _busy(report, size, bare)
    narrate("64 instances, 1,000 messages/s …")
    _keys(report, size)
    narrate("20,000 lines/s …")
    _lines(report, size)
    narrate("a message of another process …")
    screen_reach.measure(report, size.seconds)
    narrate("a slow screen beside a quick one …")
    screen_slow.measure(report, screen_slow.Size(size.turns, size.keys // 2, size.seconds / 2))
    narrate("answers as they are written …")
    screen_chat.measure(report, size.seconds, bare)
    narrate("the coordinator, 1,000 messages/s, three faces …")
    coordinator_load.measure(report, size.seconds)
    narrate(f"{size.messages:,} messages …")
    screen_long.measure(report, size.messages, size.starts)
    narrate("beside other people's screens …")
    screen_peers.measure(report, options, size.seconds / 2, size.keys // 2)
    return report


def _first_paint(report: Report, size: Size) -> None:
    few = range(max(1, size.starts // 3))
    with feeding(instances=9, rate=0) as root, tempfile.TemporaryDirectory() as compiled:
        warm = [_start(root) for _ in range(size.starts + 1)][1:]
        cold = [_start(root, _compiled_in(compiled)) for _ in few]
        _start(root, {"PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""})
        _forget_installed(compiled)
        first = [_start(root, _compiled_in(compiled)) for _ in few]
    report.figure("first paint attached, median", 1000 * statistics.median(warm), "ms")
    report.rail("first paint attached, best (ms)", 1000 * min(warm), 400)
    report.figure("first paint where only Python's own library is compiled, best", 1000 * min(first), "ms")
    report.rail("first paint where nothing is compiled, best (ms)", 1000 * min(cold), 1000)


def _compiled_in(folder: str) -> dict[str, str]:
    """Nothing is compiled but what is in this folder, and it is not written to."""
    return {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": "1"}


def _forget_installed(compiled: str) -> None:
    """Leave of what was compiled what comes with Python: what an installer that compiles nothing finds."""
    paths = sysconfig.get_paths()
    for path in {paths["purelib"], paths["platlib"], str(Path(trinity_tui.__file__).parent)}:
        shutil.rmtree(Path(compiled, *Path(path).parts[1:]), ignore_errors=True)


def _start(root: Path, environment: Mapping[str, str] | None = None) -> float:
    began = time.monotonic()
    with Terminal(SHOW, str(root), environment=environment) as terminal:
        terminal.wait_for("explorer-1")
        return time.monotonic() - began


def _canvas_share(size: Size) -> float:
    with Terminal(CANVAS) as terminal:
        terminal.wait_for("node-63")
        return terminal.share(size.seconds / 2)


def _idle(report: Report, size: Size) -> None:
    with feeding(instances=9, rate=0) as root, Terminal(SHOW, str(root)) as terminal:
        terminal.wait_for("explorer-1")
        terminal.read(2.0)
        report.rail("idle, 9 instances (% of a core)", 100 * terminal.share(size.seconds), 0.5)


def _busy(report: Report, size: Size, bare: float) -> None:
    with feeding(instances=64, rate=100) as root, Terminal(SHOW, str(root)) as terminal:
        terminal.wait_for("explorer-1")
        terminal.read(3.0)
        share = terminal.share(size.seconds)
        report.rail("64 instances, 100 messages/s (% of a core)", 100 * share, 12)
        report.figure("the same, to the bare canvas", share / bare if bare else 0.0, "×")
        report.figure("memory then", terminal.resident_bytes() / 1e6, "MB")


def _keys(report: Report, size: Size) -> None:
    with feeding(instances=64, rate=1000) as root, Terminal(SHOW, str(root)) as terminal:
        terminal.wait_for("explorer-1")
        terminal.send("0")
        terminal.read(2.0)
        delays = sorted(terminal.key_to_paint(KEYS[index % len(KEYS)]) for index in range(size.keys))
        report.figure("key to paint, 1,000 messages/s, median", 1000 * statistics.median(delays), "ms")
        report.rail("key to paint, 1,000 messages/s, p99 (ms)", 1000 * delays[int(0.99 * (len(delays) - 1))], 50)
        report.figure("processor then", 100 * terminal.share(2.0), "% of a core")


def _lines(report: Report, size: Size) -> None:
    with feeding(instances=9, rate=0, lines=20_000) as root, Terminal(SHOW, str(root)) as terminal:
        terminal.wait_for("explorer-1")
        terminal.read(2.0)
        report.figure("20,000 lines/s", 100 * terminal.share(size.lines_seconds), "% of a core")
        report.rail("memory at 20,000 lines/s (MB)", terminal.resident_bytes() / 1e6, 150)
