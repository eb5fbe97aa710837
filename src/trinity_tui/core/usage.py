"""What an instance uses: smoothed for the eye, and held against its limits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from trinity_tui.core.restart import Rules

SMOOTH_SECONDS = 10.0
"""After so long a change is shown to about two thirds."""
SAMPLES_OVER = 3
"""So many samples in a row over its limit end a run; one alone may be a moment's need."""
AGE_SLACK = 1.1
"""How many times the age it should reach it may reach while it has something to do."""


def smooth(before: float, now: float, seconds: float) -> float:
    """The moving average after one more value, weighted by the time since the one before."""
    weight = 1.0 - math.exp(-max(0.0, seconds) / SMOOTH_SECONDS)
    return before + weight * (now - before)


class Verdict(msgspec.Struct, frozen=True):
    """Where a run stands against its limits."""

    samples_over: int = 0
    """Samples in a row over the limit of memory."""
    reason: str = ""
    """Why it has to be started anew; empty when it need not."""
    is_planned: bool = False
    """Whether that was to come."""


def judge(rules: Rules, samples_over: int, memory_bytes: int, age_seconds: float, is_idle: bool) -> Verdict:
    """One more sample.

    Args:
        rules: With the limits.
        samples_over: What the verdict before said.
        memory_bytes: What it and all it started use.
        age_seconds: How long this run has been there.
        is_idle: Whether it has nothing to do.
    """
    limit = rules.max_memory_bytes
    over = samples_over + 1 if limit and memory_bytes > limit else 0
    if over >= SAMPLES_OVER:
        return Verdict(0, f"used {math.ceil(memory_bytes / 2**20)} MB of {limit // 2**20}")
    age = rules.max_age_seconds
    if age and age_seconds >= (age if is_idle else age * AGE_SLACK):
        return Verdict(over, f"ran {_hours(age_seconds)} of {_hours(age)}", is_planned=True)
    return Verdict(over)


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.1f} min"
