"""What the log says of a run becomes one session of it, from wherever the log is taken up again."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planted_secrets import SECRET, TEXTS
from trinity_tui.core.handoff.accounts import accounts
from trinity_tui.core.handoff.deeds import Deeds, deeds
from trinity_tui.core.handoff.lives import Lives
from trinity_tui.core.handoff.session import Session, block_of
from trinity_tui.core.handoff.telling import events_of, session_of
from trinity_tui.core.message import Message, format_time
from trinity_tui.core.record import Record
from trinity_tui.core.trace import Exchange, Use

BEGAN = 1_795_000_000.0


class Log:
    """Records, one a second."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def say(self, from_: str, to: str, what: str, content: str = "", reply_to: str | None = None, **data: Any) -> str:
        """One message; its id."""
        position = len(self.records)
        message = Message(
            v=1, id=f"m{position}", from_=from_, to=to, type=what, priority="normal", content=content, metadata=data,
            timestamp=format_time(BEGAN + position), reply_to=reply_to,
        )  # fmt: skip
        self.records.append(Record(position, message))
        return message.id

    def stands(self, who: str, state: str, epoch: int, reason: str = "", **data: Any) -> None:
        """The coordinator says how an instance is."""
        said: dict[str, Any] = {
            "instance": who, "state": state, "epoch": epoch, "reason": reason, "role": "builder", "brain": "builtin"
        }  # fmt: skip
        said |= data
        self.say("coordinator", "human", "status", **said)

    def lives(self) -> Lives:
        """All of it, folded."""
        return folded(Lives("C1"), self.records)


def folded(lives: Lives, records: list[Record]) -> Lives:
    """The lives with these records."""
    for record in records:
        lives.apply(record)
    return lives


def session(log: Log, index: int = -1) -> Session:
    """The session of a life that ended."""
    told = session_of(log.lives().ended[index], "C1")
    assert told is not None
    return told


def test_what_was_asked_and_answered_found_and_left_is_told_under_its_heading() -> None:
    log = Log()
    log.stands("builder-1", "STARTING", 1, "started by person")
    asked = log.say("human", "builder-1", "question", "Which port?")
    log.say("builder-1", "human", "answer", "Port 4711.", reply_to=asked)
    task = log.say("human", "role:builder", "task", "Mend the cart")
    log.say(
        "coordinator", "builder-1", "task_update", "Mend the cart", task=task, state="ASSIGNED", assignee="builder-1"
    )
    token = len(log.records) - 1
    log.say("builder-1", "coordinator", "task_complete", "old", task=task, token=token - 1)
    log.say("builder-1", "coordinator", "task_complete", "Mended in cart.py.", task=task, token=token, status="ok")
    log.say("builder-1", "broadcast", "finding", "pytest: 3 passed in 0.1 s", kind="check", command="pytest")
    log.say("builder-1", "broadcast", "memory", "TOML, as people comment it", kind="decision", subject="format")
    log.say("builder-1", "human", "question", "May I delete it?")
    log.say("human", "builder-1", "chat", "And the tests?")
    log.say("builder-1", "broadcast", "session", "Begin with the parser.")
    log.say("builder-1", "coordinator", "session", f"The cart is whole.\n# {'x' * 2_000}", part="accomplished")
    log.stands("builder-1", "OFFLINE", 1, "stopped by person")
    told = session(log)
    assert told.how == "stopped by you"
    assert told.starting_context[0].endswith("as builder, thinking with builtin: started by you")
    *work, claimed = told.work_accomplished
    assert claimed.startswith("In its own words: The cart is whole. # xxx")
    assert len(claimed) < 650
    assert tuple(work) == (
        "The person asked: Which port?. Answered: Port 4711.",
        "Mend the cart: Mended in cart.py.",
        "Decided: TOML, as people comment it",
    )
    assert told.blockers == ("Asked you: May I delete it? (no answer yet)",)
    assert told.for_next_instance == (
        "In its own words: Begin with the parser.", "Not answered: The person asked: And the tests?",
    )  # fmt: skip
    assert told.test_status == ("pytest: 3 passed in 0.1 s",)
    events = events_of(log.lives().ended[0], told)
    assert [(event.event, event.origin) for event in events] == [
        ("goal", "human"), ("action", "human"), ("goal", "human"), ("action", "human"), ("decision", "self"),
        ("blocker", "self"), ("goal", "human"),
    ]  # fmt: skip
    assert {event.session for event in events} == {block_of(told).id}


def test_a_task_that_is_called_off_is_left_to_nobody() -> None:
    log = Log()
    log.stands("builder-1", "ONLINE", 1)
    task = log.say("human", "role:builder", "task", "Mend the cart")
    for state in ("ASSIGNED", "CANCELLED"):
        said: dict[str, Any] = {"task": task, "state": state, "assignee": "builder-1"}
        log.say("coordinator", "builder-1", "task_update", "Mend the cart", **said)
    log.say("human", "builder-1", "chat", "And the tests?")
    log.stands("builder-1", "OFFLINE", 1)
    (ended,) = log.lives().ended
    (account,) = accounts(events_of(ended, session(log)))
    assert [event.key for event in account.left] == ["The person asked: And the tests?"]


def test_a_crash_is_told_from_the_log_and_what_was_open_goes_on_in_the_next_life() -> None:
    log = Log()
    log.stands("builder-1", "ONLINE", 1)
    asked = log.say("human", "builder-1", "question", "Which port?")
    log.stands("builder-1", "STARTING", 2, "restarted: signal 9", crash="signal 9", restarts=1)
    log.say("builder-1", "human", "answer", "4711", reply_to=asked)
    log.stands("builder-1", "OFFLINE", 2, "stopped by person")
    crashed, after = session(log, 0), session(log, 1)
    assert crashed.how == "crashed: signal 9; told from the log"
    assert crashed.for_next_instance == ("Not answered: The person asked: Which port?",)
    assert after.work_accomplished == ("The person asked: Which port?. Answered: 4711",)
    assert after.starting_context[1] == f"Went on from session {block_of(crashed).id}"


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("before", ["", "x " * 40, "x " * 290], ids=["whole", "cut in an event", "cut in a line"])
def test_a_key_that_somebody_says_is_hidden_before_it_is_cut(text: str, before: str) -> None:
    log = Log()
    log.stands("builder-1", "ONLINE", 1)
    asked = log.say("human", "builder-1", "question", before + text)
    log.say("builder-1", "human", "answer", before + text, reply_to=asked)
    log.say("builder-1", "broadcast", "memory", before + text, kind="decision")
    log.say("builder-1", "human", "question", before + text)
    log.stands("builder-1", "OFFLINE", 1)
    (ended,) = log.lives().ended
    kept = msgspec.json.encode((ended, events_of(ended, session(log)))).decode()
    assert not [half for half in (SECRET[:8], SECRET[-8:]) if half in kept]


def test_a_run_in_which_nothing_was_done_leaves_no_session() -> None:
    log = Log()
    log.stands("builder-1", "ONLINE", 1)
    log.stands("builder-1", "OFFLINE", 1, "stopped by person")
    (ended,) = log.lives().ended
    assert session_of(ended, "C1") is None
    assert session_of(ended, "C1", Deeds(written=("cart.py",))) is not None


def test_nobody_but_the_coordinator_says_that_a_life_is_over() -> None:
    log = Log()
    log.stands("builder-1", "ONLINE", 1)
    log.say("builder-2", "human", "status", instance="builder-1", state="OFFLINE", epoch=1)
    log.stands("builder-1", "OFFLINE", 0, "not started yet")
    assert not log.lives().ended
    log.stands("builder-1", "OFFLINE", 1, removed="yes")
    lives = log.lives()
    assert len(lives.ended) == 1
    assert "builder-1" not in lives.living


def test_the_trace_tells_which_files_were_written_and_what_was_run() -> None:
    def use(second: int, tool: str, state: str, summary: str = "", result: str = "", **arguments: Any) -> Use:
        return Use(format_time(BEGAN + second), "m", "c", tool, arguments, summary, "allow", "", "rule", state, result)

    lines = [
        use(0, "write", "done", path="before.py"),
        use(2, "write", "done", path="a.py"),
        use(3, "edit", "done", path="b.py"),
        use(4, "write", "done", path="a.py"),
        use(5, "write", "refused", path="c"),
        use(6, "shell", "failed", "pytest", "exit code 1\n…\n1 failed"),
        Exchange(format_time(BEGAN + 6), "m", "x", 1, 1),
        use(7, "shell", "done", "pytest", "exit code 0\n…\n2 passed"),
        use(9, "write", "done", path="after.py"),
    ]
    done = deeds(lines, BEGAN + 1, BEGAN + 8)
    assert done.written == ("b.py", "a.py")
    assert done.ran == ("`pytest`: exit code 0, 2 passed",)
    assert [(one.tool, one.why) for one in done.failed] == [("write", "refused"), ("shell", "exit code 1, 1 failed")]


WHO = st.sampled_from(["a", "b", "human"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("status"), WHO, st.sampled_from(["STARTING", "ONLINE", "OFFLINE", "CRASHED", "STOPPING"]),
                  st.integers(0, 4)),
        st.tuples(st.sampled_from(["question", "finding", "task"]), WHO, WHO, st.integers(0, 30)),
        st.tuples(st.just("answer"), WHO, WHO, st.integers(0, 30)),
    ), max_size=40,
)  # fmt: skip


def log_of(steps: list[tuple[str, str, str, int]]) -> Log:
    """A log of anything."""
    log = Log()
    for kind, who, what, number in steps:
        if kind == "status":
            log.stands(who, what, number)
        elif kind == "task":
            log.say("coordinator", who, "task_update", "t", task=f"m{number}", state="ASSIGNED", assignee=who)
        else:
            log.say(who, what, kind, f"text {number}", reply_to=f"m{number}" if kind == "answer" else None)
    return log


@given(STEPS, st.integers(0, 40), st.integers(0, 40))
def test_taken_up_again_anywhere_the_log_tells_the_same(
    steps: list[tuple[str, str, str, int]], cut: int, back: int
) -> None:
    records = log_of(steps).records
    whole = folded(Lives("C1"), records)
    kept = msgspec.json.encode(folded(Lives("C1"), records[:cut]))
    again = folded(msgspec.json.decode(kept, type=Lives), records[max(0, cut - back) :])
    assert msgspec.json.encode(again) == msgspec.json.encode(whole)


@given(STEPS)
def test_each_run_ends_at_most_once_and_in_order(steps: list[tuple[str, str, str, int]]) -> None:
    ended = log_of(steps).lives().ended
    runs = [(one.life.who, one.life.epoch) for one in ended]
    assert len(set(runs)) == len(runs)
    assert all(epoch > 0 for _, epoch in runs)
