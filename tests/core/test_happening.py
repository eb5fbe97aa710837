from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from past_story import said, status, story
from trinity_tui.core import record
from trinity_tui.core.happening import EVENTS, MARKED, Happening, marked, parse

NAMES = ("builder-1", "lead-1", "explorer-1", "araya")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("when did builder-1 crash?", Happening("crash", who=("builder-1",))),
        ("crashed", Happening("crash")),
        ("the last time araya died", Happening("crash", who=("araya",))),
        ("what did I approve", Happening("approved", texts=("I",))),
        ("findings of explorer-1", Happening("", "finding", ("explorer-1",))),
        ('"refresh path" builder-1', Happening(who=("builder-1",), texts=("refresh path",))),
        ("restart of gone-7", Happening("restart", who=("gone-7",))),
        ("failed task", Happening("failed", "task")),
        ("when did the", Happening()),
        ("you", Happening(who=("human",))),
    ],
)
def test_a_question_is_understood(typed: str, meant: Happening) -> None:
    assert parse(typed, NAMES) == meant
    assert bool(meant.words) == (meant != Happening())


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("builder-1 crash", ["builder-1 is CRASHED"]), ("lead-1 crash", []), ("approved", ["once: pytest -q"]),
        ("approval requests", ["May I run the tests?"]), ("restarted", ["builder-1 is ONLINE"]),
        ("findings", ["refresh path untested"]), ("answers you", ["It never got an old token."]),
        ("old token", ["It never got an old token."]), ("failed", []), ("nothing-like-it", []),
    ],
)  # fmt: skip
def test_it_is_found_where_it_happened_and_nowhere_else(typed: str, found: list[str]) -> None:
    sieve = parse(typed, NAMES).sieve
    told = [one for one in story() if sieve.passes(record.encode(one)) and sieve.fits(one)]
    assert [one.content for one in told] == found


def test_only_what_the_coordinator_says_is_a_crash() -> None:
    lied = said(1, "builder-1", "broadcast", "status", "x", instance="lead-1", state="CRASHED", crash="signal 9")
    assert not EVENTS["crash"].fits(lied)
    assert marked([lied, status(1, "lead-1", "CRASHED", 1, crash="signal 9")]) == [None, "crash"]


def test_what_is_marked_is_let_through_by_the_cheap_look() -> None:
    failed = said(1, "coordinator", "lead-1", "task_update", "x", task="t", state="FAILED")
    for message, mark in zip([*story(), failed], marked([*story(), failed]), strict=True):
        assert MARKED.fits(message) == (mark is not None)
        assert MARKED.passes(record.encode(message)) or mark is None


def test_a_crash_after_which_it_stays_down_is_no_restart() -> None:
    down = status(1, "lead-1", "CRASHED", 1, restarts=3)
    waits = status(1, "lead-1", "CRASHED", 1, restarts=3, crash="signal 9")
    back = status(1, "lead-1", "STARTING", 1, restarts=4, crash="signal 9")
    for message, is_restart in ((down, False), (waits, False), (back, True)):
        assert EVENTS["restart"].fits(message) == is_restart
        assert EVENTS["restart"].passes(record.encode(message)) or not is_restart


@given(st.text(max_size=60) | st.lists(st.sampled_from([*EVENTS, *NAMES, '"', "?", "the", "é", " "])).map(" ".join))
def test_any_line_is_read(typed: str) -> None:
    meant = parse(typed, NAMES)
    assert meant.sieve.fits(story()[0]) in (True, False)
    assert set(meant.who) <= {*NAMES, "human"} or all("-" in one for one in meant.who if one not in NAMES)
