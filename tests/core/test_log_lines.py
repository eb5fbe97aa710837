"""What a line says of itself: how grave it is, and when it was printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.log_lines import AHEAD_SECONDS, DAY_SECONDS, clock_of, level_of, moment_of

NOON = 1_790_000_000 // DAY_SECONDS * DAY_SECONDS + DAY_SECONDS / 2


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("14:00:00 handling question from lead-1 failed", "error"),
        ("Traceback (most recent call last):", "error"),
        ("ValueError: no such thing", "error"),
        ("ERROR in auth.py", "error"),
        ("12 passed, 1 failed in 3 s", "error"),
        ("41 passed, 0 failed, no errors", "plain"),
        ("DeprecationWarning: use the other", "warning"),
        ("warning: unused import", "warning"),
        ("the server refused; retrying in 3 s", "warning"),
        ("DEBUG cache hit", "debug"),
        ("read auth.py lines 4-8", "plain"),
        ("terror and mirrors", "plain"),
        ("x" * 500 + " error", "plain"),
        ("", "plain"),
    ],
)
def test_a_line_is_as_grave_as_its_words(text: str, level: str) -> None:
    assert level_of(text) == level


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("14:05:09 begun", (50_709, 9)),
        ("2026-11-21T14:05:09.123Z begun", (50_709, 25)),
        ("2026-11-21 14:05:09,123 begun", (50_709, 24)),
        ("24:05:09 begun", None),
        ("at 14:05:09", None),
        ("", None),
    ],
)
def test_a_line_says_its_time_at_its_beginning(text: str, said: tuple[int, int] | None) -> None:
    assert clock_of(text) == said


@given(st.text(max_size=600))
def test_any_text_is_a_line(text: str) -> None:
    assert level_of(text) in ("error", "warning", "plain", "debug")
    said = clock_of(text)
    assert said is None or (0 <= said[0] < DAY_SECONDS and 0 < said[1] <= len(text))


@given(st.integers(0, DAY_SECONDS - 1), st.floats(-12 * 3600, 14 * 3600), st.floats(0, 10 * DAY_SECONDS))
def test_a_time_of_the_day_is_of_the_last_day(second: int, offset: float, later: float) -> None:
    now = NOON + later
    moment = moment_of(second, now, offset)
    assert now - DAY_SECONDS - 1 <= moment <= now + AHEAD_SECONDS
    assert (
        abs((moment + offset) % DAY_SECONDS - second) < 0.01 or abs((moment + offset) % DAY_SECONDS - second) > 86_399
    )
