"""Reading back: the lines of all come in the order of their time, none later among those that were shown."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.client.printed import Line, Printed
from trinity_tui.core.wire.face import Output
from trinity_tui.tui.logs.older import Older, Page
from trinity_tui.tui.logs.reach import END
from trinity_tui.tui.logs.runs import Run

NOW = 1_790_000_531
NAMES = ("a", "b", "c")
PAGE = 3
TIMES = st.lists(st.integers(NOW - 80_000, NOW), max_size=14, unique=True).map(sorted)
"""Over midnight, but no day apart: of a line as old as that nobody can tell whether it is a minute ahead."""


def line(at: int) -> str:
    """A line that says when it was printed."""
    return f"{datetime.fromtimestamp(at, UTC):%H:%M:%S} at {at}"


def read(times: dict[str, list[int]], wanted: dict[str, int | str]) -> Page:
    """What a coordinator answers; here an offset counts lines."""
    name, before = str(wanted["instance"]), int(wanted["before"])
    begin = max(0, before - PAGE)
    return Page(name, 1, [line(at) for at in times[name][begin:before]], begin)


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, TIMES)), st.lists(st.integers(0, 14), min_size=3, max_size=3),
       st.sampled_from(["", "a"]))  # fmt: skip
def test_pages_of_all_come_in_order_and_only_before_what_was_shown(
    times: dict[str, list[int]], kept: list[int], instance: str
) -> None:
    printed, older = Printed(), Older(instance)
    for name, count in zip(NAMES, kept, strict=True):
        begin = max(0, len(times[name]) - count)
        if last := times[name][begin:]:
            printed.add(Output(name, 1, [line(at) for at in last], at=last[-1], is_end=True, offset=99), begin)
    known = {name for name, count in zip(NAMES, kept, strict=True) if count and times[name]}

    def shown() -> list[str]:
        wanted = [one for one in printed.lines if instance in ("", one.instance)]
        above, hidden = older.above(wanted, printed)
        return [one.text for one in [*above, *wanted[hidden:]]]

    before = shown()
    while (wanted := older.wanted(printed)) is not None:
        assert older.wanted(printed) is None, "one page at a time"
        if "before" not in wanted:
            older.take_runs(Page(str(wanted["instance"]), 1, []))
            continue
        older.take(read(times, wanted), int(wanted["before"]), printed, lambda one: True)
        after = shown()
        assert after[len(after) - len(before) :] == before
        before = after
    everything = [(at, name) for name in NAMES if name in known and instance in ("", name) for at in times[name]]
    assert before == [line(at) for at, _ in sorted(everything)]


def test_an_answer_to_another_question_is_left_alone() -> None:
    printed, older = Printed(), Older("a")
    printed.add(Output("a", 1, [line(NOW)], at=NOW, is_end=True), 9)
    assert older.wanted(printed) == {"instance": "a", "lines": 500, "epoch": 1, "before": 9}
    older.take(Page("a", 1, [line(NOW - 5)], 3), 6, printed, lambda one: True)
    assert older.is_asked
    assert older.above(printed.lines, printed) == ([], 0)


RUNS = st.lists(st.lists(st.integers(1, 3_000), max_size=5), min_size=1, max_size=4)
"""Of each run, how many seconds after the line before each line was printed; a run may print nothing."""


class Kept:
    """What is kept of one instance: its runs, and how each ended."""

    def __init__(self, gaps: list[list[int]]) -> None:
        at = NOW - 80_000
        self.runs, self.ends = list[list[str]](), list[Run]()
        for epoch, run in enumerate(gaps, 1):
            lines = list[str]()
            for gap in run:
                at += gap
                lines.append(line(at))
            at += 1
            self.runs.append(lines)
            self.ends.append(Run(epoch, at, "killed"))
        self.at = at

    def answer(self, wanted: dict[str, int | str]) -> Page:
        """What a coordinator answers; here an offset counts lines."""
        there, before = self.runs[int(wanted["epoch"]) - 1], int(wanted["before"])
        end = len(there) if before == END else before
        begin = max(0, end - PAGE)
        return Page(str(wanted["instance"]), int(wanted["epoch"]), there[begin:end], begin)

    def told(self, is_wanted: bool) -> list[str]:
        """All of it, where a run ended too."""
        earlier = [text for run, end in zip(self.runs[:-1], self.ends, strict=False)
                   for text in (*(run if is_wanted else []), f"run {end.epoch} killed")]  # fmt: skip
        return [*earlier, *self.runs[-1]]


@given(RUNS, RUNS, st.sampled_from(["", "a"]), st.booleans())
def test_it_goes_on_through_the_runs_before(
    gaps: list[list[int]], others: list[list[int]], instance: str, is_wanted: bool
) -> None:
    fleet = {"a": Kept(gaps), "b": Kept(others)}
    printed, older = Printed(), Older(instance, lambda who, run: f"run {run.epoch} {run.ended}")
    for name, kept in fleet.items():
        if kept.runs[-1]:
            newest = len(kept.runs)
            printed.add(Output(name, newest, kept.runs[-1], at=kept.at, is_end=True, offset=99), 0)
    known = {one.instance for one in printed.lines} | {instance} - {""}

    def shown() -> list[Line]:
        wanted = [one for one in printed.lines if instance in ("", one.instance)]
        above, hidden = older.above(wanted, printed)
        lines = [*above, *wanted[hidden:]]
        assert [one.number for one in lines] == sorted({one.number for one in lines})
        return lines

    before = shown()
    while (wanted := older.wanted(printed)) is not None:
        kept = fleet[str(wanted["instance"])]
        if "before" not in wanted:
            older.take_runs(Page(str(wanted["instance"]), len(kept.runs), [], runs=tuple(kept.ends)))
        else:
            older.take(kept.answer(wanted), int(wanted["before"]), printed, lambda one: is_wanted)
        after = shown()
        assert after[len(after) - len(before) :] == before, "what is read stays"
        before = after
    assert older.is_all or not known
    for name, kept in fleet.items():
        told = [one.text for one in before if one.instance == name]
        is_shown = name in known and instance in ("", name)
        ended = [one.at for one in before if one.instance == name and one.number in older.partings]
        assert ended == [run.at for run in kept.ends[:-1] if is_shown], "among the lines of all it stands when it was"
        assert told == (kept.told(is_wanted) if is_shown else []), "where a run ended is shown whatever is looked for"


def test_what_a_new_run_prints_comes_below_what_was_read_back_of_the_one_before() -> None:
    printed, older = Printed(), Older("a")
    assert older.wanted(printed) == {"instance": "a", "lines": 1}
    older.take_runs(Page("a", 3, [], runs=(Run(1, NOW - 900), Run(2, NOW - 60))))
    assert older.wanted(printed) == {"instance": "a", "lines": 500, "epoch": 2, "before": END}
    older.take(Page("a", 2, [line(NOW - 61)], 0), END, printed, lambda one: True)
    printed.add(Output("a", 3, [line(NOW - 60), line(NOW)], at=NOW, is_end=True, offset=50), 0)
    above, hidden = older.above(printed.lines, printed)
    assert [one.text for one in above] + [one.text for one in printed.lines[hidden:]] == [
        line(NOW - 61), "run 2", line(NOW - 60), line(NOW),
    ]  # fmt: skip


def test_what_is_not_to_be_had_hides_nothing_and_is_not_asked_for_again() -> None:
    printed, older = Printed(), Older()
    printed.add(Output("a", 1, [line(NOW - 9)], at=NOW - 9, is_end=True, offset=50), 0)
    printed.add(Output("gone", 3, [line(NOW)], at=NOW, is_end=True, offset=50), 0)
    assert older.wanted(printed) == {"instance": "gone", "lines": 1}
    assert older.above(printed.lines, printed) == ([], 1), "what gone printed before is missing"
    older.refuse("gone")
    assert older.above(printed.lines, printed) == ([], 0)
    assert older.wanted(printed) is None
    assert not older.is_all, "nobody knows where it begins"
