"""``python -m trinity_tui.bench NAME [--peers P,P] [--rounds N] [--json] [--quick]``: 1 where a bar is missed."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
from typing import TYPE_CHECKING, Protocol, cast

from trinity_tui.bench.options import Options
from trinity_tui.bench.report import narrate, say
from trinity_tui.core.errors import TrinityError

if TYPE_CHECKING:
    from types import FrameType

    from trinity_tui.bench.report import Report

BENCHMARKS = {
    "brain": "trinity_tui.bench.brain",
    "bus": "trinity_tui.bench.bus",
    "log": "trinity_tui.bench.log",
    "memory": "trinity_tui.bench.memory",
    "screen": "trinity_tui.bench.screen",
    "soak": "trinity_tui.bench.soak",
    "supervise": "trinity_tui.bench.supervise",
}
FAILED, INTERRUPTED = 2, 130


class Benchmark(Protocol):
    """What a benchmark's module offers."""

    def measure(self, options: Options) -> Report:
        """Run it."""
        ...


def main(arguments: list[str] | None = None) -> int:
    """Run one benchmark and say what it found."""
    chosen = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    benchmark = cast("Benchmark", importlib.import_module(BENCHMARKS[chosen.name]))
    try:
        report = benchmark.measure(Options(chosen.quick, chosen.peers, chosen.rounds))
    except (TrinityError, TimeoutError) as error:
        narrate(f"trinity: {error}")
        return FAILED
    except KeyboardInterrupt:
        narrate("interrupted; what was started is stopped")
        return INTERRUPTED
    say(report, chosen.json)
    return 0 if report.is_ok else 1


def _interrupt(number: int, frame: FrameType | None) -> None:
    # As ctrl-c: servers and folders are given back on the way out.
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="trinity bench", description="Measure a part of Trinity.")
    parser.add_argument("name", choices=sorted(BENCHMARKS))
    parser.add_argument("--peers", default="all", help="what to measure beside: names, all that are installed, or none")
    parser.add_argument("--rounds", type=int, default=0, help="how many interleaved rounds")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--quick", action="store_true", help="a short run; its figures are rough")
    return parser


if __name__ == "__main__":
    sys.exit(main())
