"""What several print stands in the order of its time, however it came; and nobody's own lines change places."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import accumulate
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.client.printed import Printed, put
from trinity_tui.core.wire.face import Output

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from trinity_tui.client.printed import Line

NOW = 1_790_000_531
NAMES = ("a", "b", "c")


def line(at: int) -> str:
    """A line that says when it was printed."""
    return f"{datetime.fromtimestamp(at, UTC):%H:%M:%S} at {at}"


def batch(instance: str, times: Sequence[int], offset: int = 0) -> Output:
    """Lines as they were read up to the end of their file, the last of them written just then."""
    return Output(instance, 1, [line(at) for at in times], at=times[-1] + 0.5, is_end=True, offset=offset)


@st.composite
def prints(draw: st.DrawFn) -> list[tuple[str, list[int]]]:
    """What several print, cut into batches that come in any order but each one's own."""
    gaps = st.lists(st.integers(0, 80_000), max_size=12)
    waiting = {name: list(accumulate(draw(gaps), initial=NOW - 1_000_000)) for name in NAMES}
    came: list[tuple[str, list[int]]] = []
    while left := [name for name in NAMES if waiting[name]]:
        name = draw(st.sampled_from(left))
        count = draw(st.integers(1, 4))
        came.append((name, waiting[name][:count]))
        waiting[name] = waiting[name][count:]
    return came


@given(prints())
def test_lines_stand_in_the_order_of_their_time_however_they_came(came: list[tuple[str, list[int]]]) -> None:
    printed = Printed()
    looked: list[Line] = []
    for name, times in came:
        before = printed.count
        printed.add(batch(name, times))
        put(looked, printed.newest(printed.count - before))
    assert [at.at for at in printed.lines] == sorted(at for _, times in came for at in times)
    assert looked == printed.lines, "looked at as they came, they are the same"
    for name in NAMES:
        own = [one.text for one in printed.lines if one.instance == name]
        assert own == [line(at) for who, times in came if who == name for at in times]
    numbers = [one.number for one in printed.lines]
    assert numbers == sorted(set(numbers))


def test_a_line_without_a_time_is_where_it_came_and_a_trace_stays_with_its_error() -> None:
    printed = Printed()
    printed.add(batch("a", [NOW - 100]))
    printed.add(Output("b", 1, ["50 %", "60 %"], at=NOW - 50, is_end=True))
    printed.add(Output("a", 1, [line(NOW - 60), "  ValueError"], at=NOW - 59.5, is_end=True))
    printed.add(Output("b", 1, ["70 %"], at=NOW - 40, is_end=True))
    texts = [(one.instance, one.at - NOW) for one in printed.lines]
    assert texts == [("a", -100), ("a", -60), ("a", -60), ("b", -50), ("b", -50), ("b", -40)]


def test_who_does_not_say_when_comes_last_and_from_somewhere_on_all_is_whole() -> None:
    printed = Printed()
    printed.add(batch("a", [NOW - 10_000, NOW - 9_000], offset=80), begin=0)
    assert printed.whole_from == 0, "a's run begins here"
    printed.add(batch("b", [NOW - 50, NOW - 40], offset=900), begin=800)
    printed.add(Output("c", 1, [line(NOW - 9_999)]))
    assert [one.instance for one in printed.lines] == ["a", "a", "b", "b", "c"]
    assert printed.whole_from == printed.lines[2].number, "what b printed before is not here"


def test_the_oldest_go_and_where_the_kept_ones_begin_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trinity_tui.client.printed.PRINTED_LINES", 4)
    monkeypatch.setattr("trinity_tui.client.printed.TRIM_LINES", 2)
    printed = Printed()
    printed.add(batch("a", [NOW - 100], offset=10), begin=5)
    for count in range(6):
        printed.add(batch("b", [NOW - 50 + count], offset=110 + count), begin=100 + count)
    assert [one.at for one in printed.lines] == [NOW - 48 + count for count in range(4)]
    begins = printed.beginnings()
    assert begins["a"].offset == 10, "all of a's fell out: what is there now is read from where it ended"
    assert (begins["b"].offset, begins["b"].number) == (102, printed.first)
    assert printed.whole_from == 0, "what is kept is whole"
