"""Which lines are shown: the same, whether they are looked through as they come or all at once afterwards."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.client.printed import Printed
from trinity_tui.core.log_lines import level_of
from trinity_tui.core.wire.face import Output
from trinity_tui.tui.clock import Clock
from trinity_tui.tui.logs.sieve import Sieve, Wish, since

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = 1_790_000_531.0
"""14:22:11 UTC."""
CLOCK = Clock(lambda: NOW, UTC)
WORDS = ("14:20:00 begun", "14:21:00 error", "no time", "14:22:00 warning: x", "ERROR again", "14:10:00 late")
WISHES = st.builds(
    Wish, st.sampled_from(["", "a", "b"]), st.sampled_from(["all", "warnings and errors", "errors"]),
    st.sampled_from([0.0, NOW - 100.0]), st.sampled_from(["", "E", "begun"]),
)  # fmt: skip


def came(instance: str, lines: Sequence[str], skipped: int = 0) -> Output:
    """What an instance printed just now."""
    return Output(instance, 1, list(lines), skipped, at=NOW)


@given(
    WISHES, st.lists(st.tuples(st.sampled_from("ab"), st.lists(st.sampled_from(WORDS), max_size=4)), max_size=8),
)  # fmt: skip
def test_looking_as_they_come_finds_what_looking_at_the_end_finds(
    wish: Wish, batches: list[tuple[str, list[str]]]
) -> None:
    printed, live = Printed(), Sieve()
    live.wants(wish)
    for instance, lines in batches:
        printed.add(came(instance, lines))
        live.look(printed)
    late = Sieve()
    late.wants(wish)
    shown = late.look(printed)
    assert live.look(printed) == shown
    assert [line for line in printed.lines if line in shown] == shown
    for line in shown:
        assert wish.instance in ("", line.instance)
        assert wish.text.casefold() in line.text.casefold()
        assert wish.level == "all" or level_of(line.text) in ("error", "warning")


def test_a_line_without_a_time_is_of_the_time_before() -> None:
    printed, sieve = Printed(), Sieve()
    printed.add(came("a", ["14:10:00 old", "of it too", "14:21:40 new", "of it too"]))
    sieve.wants(Wish(since=NOW - 60))
    assert [line.text for line in sieve.look(printed)] == ["14:21:40 new", "of it too"]


def test_what_falls_out_of_the_ring_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trinity_tui.client.printed.PRINTED_LINES", 4)
    monkeypatch.setattr("trinity_tui.client.printed.TRIM_LINES", 0)
    printed, sieve = Printed(), Sieve()
    sieve.wants(Wish(text="x"))
    for number in range(10):
        printed.add(came("a", [f"x{number}"], skipped=number))
        sieve.look(printed)
    assert [line.text for line in printed.lines] == ["… 8 lines skipped", "x8", "… 9 lines skipped", "x9"]
    assert [line.text for line in sieve.look(printed)] == ["x8", "x9"]
    assert (printed.count, printed.skipped) == (19, 45)


def test_more_than_is_kept_between_two_looks_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trinity_tui.client.printed.PRINTED_LINES", 4)
    monkeypatch.setattr("trinity_tui.client.printed.TRIM_LINES", 4)
    printed, sieve = Printed(), Sieve()
    sieve.wants(Wish(text="x"))
    printed.add(came("a", ["x0", "x1"]))
    sieve.look(printed)
    printed.add(came("a", [f"x{number}" for number in range(2, 8)]))
    assert sieve.look(printed) == printed.lines
    assert len(printed.lines) == 8


@pytest.mark.parametrize(
    ("text", "ago"),
    [("", NOW), ("10m", 600.0), ("2 h", 7_200.0), ("14:21:11", 60.0), ("14:00", 1_331.0), ("15:00", 84_131.0)],
)
def test_a_moment_is_said_as_a_time_or_an_age(text: str, ago: float) -> None:
    assert since(text, CLOCK) == NOW - ago


@pytest.mark.parametrize("text", ["yesterday", "25:00", "10", "m", "-3m"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert since(text, CLOCK) is None
