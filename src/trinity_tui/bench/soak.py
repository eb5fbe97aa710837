"""The screen for a long while: whether its memory and its processor time are at the end what they were before.

``trinity bench soak``: ten minutes at 64 instances and 500 messages a second; ``TRINITY_SOAK_SECONDS`` says how long.
"""

from __future__ import annotations

import os
import statistics
import time
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bench.report import Report, narrate
from trinity_tui.bench.screen_terminal import KEYS, SHOW, Terminal, feeding

if TYPE_CHECKING:
    from trinity_tui.bench.options import Options

INSTANCES, RATE = 64, 500
SECONDS, QUICK_SECONDS = 600.0, 60.0
SAMPLES = 60
WARM_SECONDS = 10.0
"""Until the room holds as much as it ever will: its flow, its deliveries."""
MOST_MEGABYTES_AN_HOUR = 12.0
MOST_DRIFT = 1.25
"""By how much the last third may take more of a core than the first."""


class Sample(msgspec.Struct, frozen=True):
    """What the screen took at one time."""

    at_seconds: float
    resident_bytes: int
    share: float
    """Of a core, since the sample before."""
    key_seconds: float


def measure(options: Options) -> Report:
    """Run the benchmark; it has no peers."""
    seconds = float(os.environ.get("TRINITY_SOAK_SECONDS") or (QUICK_SECONDS if options.quick else SECONDS))
    report = Report(benchmark="soak", quick=options.quick)
    narrate(f"{seconds:g} s at {INSTANCES} instances and {RATE} messages/s …")
    samples = _watch(seconds)
    report.figure("for", seconds, "s")
    for index in range(0, len(samples), max(1, len(samples) // 6)):
        one = samples[index]
        at = f"after {one.at_seconds:.0f} s"
        report.figure(f"{at}: memory", one.resident_bytes / 1e6, "MB")
        report.figure(f"{at}: processor", 100 * one.share, "% of a core")
    keys = sorted(one.key_seconds for one in samples)
    report.figure("key to paint, median", 1000 * statistics.median(keys), "ms")
    report.figure("key to paint, slowest", 1000 * keys[-1], "ms")
    report.rail("memory grows (MB an hour)", growth(samples) * 3600 / 1e6, MOST_MEGABYTES_AN_HOUR)
    report.rail("processor, last third to first", drift(samples), MOST_DRIFT)
    return report


def _watch(seconds: float) -> list[Sample]:
    samples: list[Sample] = []
    with feeding(instances=INSTANCES, rate=RATE) as root, Terminal(SHOW, str(root)) as terminal:
        terminal.wait_for("explorer-1")
        terminal.read(WARM_SECONDS)
        terminal.send("0")
        began = time.monotonic()
        for number in range(SAMPLES):
            share = terminal.share(seconds / SAMPLES)
            delay = terminal.key_to_paint(KEYS[number % len(KEYS)])
            samples.append(Sample(time.monotonic() - began, terminal.resident_bytes(), share, delay))
    return samples


def growth(samples: list[Sample]) -> float:
    """Bytes a second by which memory grew, over the second half: what comes after it was filled."""
    half = samples[len(samples) // 2 :]
    fit = statistics.linear_regression([one.at_seconds for one in half], [one.resident_bytes for one in half])
    return fit.slope


def drift(samples: list[Sample]) -> float:
    """How many times as much of a core the last third took as the first."""
    third = len(samples) // 3
    first, last = (statistics.median(one.share for one in part) for part in (samples[:third], samples[-third:]))
    return last / first if first else 1.0
