"""Lengths of time as they are typed."""

from __future__ import annotations

import pytest

from trinity_tui.cli.duration import duration
from trinity_tui.core.errors import ClientError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", None),
        ("30s", 30.0),
        ("10m", 600.0),
        ("1.5h", 5400.0),
        ("2d", 172_800.0),
        ("7", 7.0),
        ("365d", 31_536_000.0),
    ],
)
def test_a_time_is_understood(text: str, seconds: float | None) -> None:
    assert duration("--ack-by", text) == seconds


@pytest.mark.parametrize("text", ["0", "-1s", "soon", "10 m", "1w", "366d", "1e9", "٣s"])
def test_what_is_none_is_said_with_an_example(text: str) -> None:
    with pytest.raises(ClientError, match="--ack-by takes a time such as 30s") as caught:
        duration("--ack-by", text)
    assert caught.value.exit_code == 2
