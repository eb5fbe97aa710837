from __future__ import annotations

from datetime import UTC, datetime

import pytest

from trinity_tui.tui.past.when import moment_of

NOW = datetime(2026, 9, 21, 14, 30, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("14:02", (9, 21, 14, 2, 0)), ("14:02:10", (9, 21, 14, 2, 10)), ("at 9:30", (9, 21, 9, 30, 0)),
        ("23:00", (9, 20, 23, 0, 0)), ("yesterday 9:30", (9, 20, 9, 30, 0)), ("today", (9, 21, 0, 0, 0)),
        ("2026-09-01", (9, 1, 0, 0, 0)), ("2026-09-01T10:15", (9, 1, 10, 15, 0)), ("09-01 10:15", (9, 1, 10, 15, 0)),
        ("2h ago", (9, 21, 12, 30, 0)), ("90s ago", (9, 21, 14, 28, 30)),
    ],
)  # fmt: skip
def test_a_moment_is_understood(typed: str, moment: tuple[int, ...]) -> None:
    month, day, hour, minute, second = moment
    assert moment_of(typed, NOW, UTC) == datetime(2026, month, day, hour, minute, second, tzinfo=UTC).timestamp()


@pytest.mark.parametrize("typed", ["", "  ", "25:00", "13-45", "builder-1", "crash at", "12", "soon ago", "at", "9:3"])
def test_what_is_none_is_none(typed: str) -> None:
    assert moment_of(typed, NOW, UTC) is None
