"""The rule of retention: what goes is past a limit, done with and behind a snapshot; nobody in time loses anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.retention import Chunk, Plan, Rules, lag, plan

NOW = 1_000_000.0


def log_of(*sizes: int, packed: int = 0, age: float = 100.0) -> list[Chunk]:
    """A log of chunks of these sizes, a message a byte; the last is open, the first is the oldest by far."""
    chunks: list[Chunk] = []
    start = 0
    for number, size in enumerate(sizes):
        last_time = NOW - age * (len(sizes) - number)
        chunks.append(
            Chunk(
                start=start, end=start + size, bytes=size, count=size, last_time=last_time,
                is_sealed=number < len(sizes) - 1, is_packed=number < packed,
            )
        )  # fmt: skip
        start += size
    return chunks


def all_seams(chunks: list[Chunk]) -> set[int]:
    return {chunk.end for chunk in chunks if chunk.is_sealed}


TEN = log_of(*[10] * 10)


@pytest.mark.parametrize(
    ("rules", "drop_before"),
    [
        (Rules(kept_chunks=0), 0),
        (Rules(retain_bytes=100, kept_chunks=0), 0),
        (Rules(retain_bytes=99, kept_chunks=0), 10),
        (Rules(retain_bytes=70, kept_chunks=0), 30),
        (Rules(retain_bytes=1, kept_chunks=0), 90),
        (Rules(retain_bytes=1, kept_chunks=4), 50),
        (Rules(retain_bytes=1), 50),
        (Rules(retain_seconds=801, kept_chunks=0), 20),
        (Rules(retain_seconds=801, retain_bytes=75, kept_chunks=0), 30),
        (Rules(retain_seconds=1001, kept_chunks=0), 0),
        (Rules(retain_seconds=1, kept_chunks=0), 90),
    ],
)
def test_what_is_past_a_limit_goes(rules: Rules, drop_before: int) -> None:
    assert plan(TEN, {}, all_seams(TEN), rules, NOW).drop_before == drop_before


def test_nothing_goes_that_somebody_has_not_done_with() -> None:
    rules = Rules(retain_bytes=1, kept_chunks=0)
    assert plan(TEN, {"a": 90, "b": 35}, all_seams(TEN), rules, NOW).drop_before == 30


def test_nothing_goes_without_a_snapshot_where_it_ends() -> None:
    rules = Rules(retain_bytes=1, kept_chunks=0)
    assert plan(TEN, {}, {20, 60}, rules, NOW).drop_before == 60
    assert plan(TEN, {"a": 55}, {20, 60}, rules, NOW).drop_before == 20
    assert plan(TEN, {}, set(), rules, NOW).drop_before == 0


def test_who_is_too_far_behind_holds_nothing_back_and_is_named() -> None:
    rules = Rules(retain_bytes=55, max_lag=70, kept_chunks=0)
    found = plan(TEN, {"slow": 15, "late": 30, "good": 95}, all_seams(TEN), rules, NOW)
    assert found.moved_on == {"slow": 80}
    assert found.drop_before == 30


def test_who_is_too_far_behind_is_left_alone_while_nothing_has_to_go() -> None:
    found = plan(TEN, {"slow": 0}, all_seams(TEN), Rules(max_lag=5, kept_chunks=0), NOW)
    assert (found.drop_before, found.moved_on) == (0, {})


def test_what_stays_and_is_old_is_packed_once() -> None:
    chunks = log_of(*[10] * 10, packed=2)
    found = plan(chunks, {}, all_seams(chunks), Rules(retain_bytes=95), NOW)
    assert (found.drop_before, found.pack) == (10, [20, 30, 40])
    assert plan(chunks, {}, all_seams(chunks), Rules(is_packing=False), NOW).pack == []


def test_an_empty_log_and_a_clock_that_was_set_back() -> None:
    assert plan([], {"a": 7}, {0}, Rules(retain_bytes=1), NOW) == Plan(drop_before=0, moved_on={}, pack=[])
    assert plan(TEN, {}, all_seams(TEN), Rules(retain_seconds=1, kept_chunks=0), 0.0).drop_before == 0


def test_the_lag_counts_what_comes_after_for_certain() -> None:
    assert [lag(TEN, low) for low in (0, 1, 10, 95, 100)] == [100, 90, 90, 0, 0]


sizes = st.lists(st.integers(1, 50), min_size=1, max_size=12)
rules_of = st.builds(
    Rules, retain_seconds=st.sampled_from([0.0, 150.0, 600.0, 5000.0]), retain_bytes=st.integers(0, 400),
    max_lag=st.integers(0, 300), is_packing=st.booleans(), kept_chunks=st.integers(0, 4),
)  # fmt: skip


@given(sizes, st.dictionaries(st.sampled_from("abcd"), st.integers(0, 600)), st.sets(st.integers(0, 11)), rules_of)
def test_a_plan_never_takes_what_it_may_not(
    sizes: list[int], lows: dict[str, int], numbers: set[int], rules: Rules
) -> None:
    chunks = log_of(*sizes)
    snapshots = {chunk.end for number, chunk in enumerate(chunks) if number in numbers}
    found = plan(chunks, lows, snapshots, rules, NOW)
    gone = [chunk for chunk in chunks if chunk.end <= found.drop_before]
    stays = [chunk for chunk in chunks if chunk.end > found.drop_before]
    assert found.drop_before == (gone[-1].end if gone else chunks[0].start)
    assert all(chunk.is_sealed for chunk in gone)
    assert not gone or found.drop_before in snapshots
    assert not gone or rules.retain_seconds or rules.retain_bytes
    assert len([chunk for chunk in stays if chunk.is_sealed]) >= min(rules.kept_chunks, len(chunks) - 1)
    for name, low in lows.items():
        is_held = low >= found.drop_before
        assert is_held or not gone or name in found.moved_on
        assert (name in found.moved_on) is (not is_held and bool(gone))
        assert name not in found.moved_on or (rules.max_lag and lag(chunks, low) > rules.max_lag)
    assert all(start >= found.drop_before for start in found.pack)
    if gone and not rules.retain_seconds:
        # The last to go was still over the limit when its turn came.
        assert sum(chunk.bytes for chunk in (gone[-1], *stays)) > rules.retain_bytes


@given(sizes, st.dictionaries(st.sampled_from("abcd"), st.integers(0, 600)), rules_of)
def test_a_plan_that_was_carried_out_has_nothing_more_to_drop(
    sizes: list[int], lows: dict[str, int], rules: Rules
) -> None:
    chunks = log_of(*sizes)
    first = plan(chunks, lows, all_seams(chunks), rules, NOW)
    kept = [chunk for chunk in chunks if chunk.end > first.drop_before]
    moved = {name: max(low, first.drop_before) for name, low in lows.items()}
    second = plan(kept, moved, all_seams(chunks), rules, NOW)
    assert second.drop_before == first.drop_before or second.moved_on or first.moved_on
