"""``python -m trinity_tui.bench NAME [--json] [--quick]``: ends with 1 where a guard rail does not hold."""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import TYPE_CHECKING, Protocol, cast

from trinity_tui.bench.report import say

if TYPE_CHECKING:
    from trinity_tui.bench.report import Report

BENCHMARKS = {
    "bus": "trinity_tui.bench.bus",
    "screen": "trinity_tui.bench.screen",
}


class Benchmark(Protocol):
    """What a benchmark's module offers."""

    def measure(self, quick: bool) -> Report:
        """Run it."""
        ...


def main(arguments: list[str] | None = None) -> int:
    """Run one benchmark and say what it found."""
    parser = argparse.ArgumentParser(prog="python -m trinity_tui.bench", description="Measure a part of Trinity.")
    parser.add_argument("name", choices=sorted(BENCHMARKS))
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--quick", action="store_true", help="a short run; its figures are rough")
    chosen = parser.parse_args(arguments)
    benchmark = cast("Benchmark", importlib.import_module(BENCHMARKS[chosen.name]))
    report = benchmark.measure(chosen.quick)
    say(report, chosen.json)
    return 0 if report.is_ok else 1


if __name__ == "__main__":
    sys.exit(main())
