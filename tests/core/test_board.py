"""The board: its moves one by one, then a coordinator and instances that do as they please, against a model."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from trinity_tui.core import authority, board, board_orders
from trinity_tui.core.board import ATTEMPTS, CLOSED, HELD, STATES, Board, Move, Task, choose, decide
from trinity_tui.core.errors import ClientError
from trinity_tui.core.message import PRIORITIES, Message, rank

ABLE = {"builder-1": "builder", "builder-2": "builder", "explorer-1": "explorer"}


def said(kind: str, from_: str, name: str = "", priority: str = "normal", to: str = "x", **data: Any) -> Message:
    """One message about a task."""
    return Message(
        v=1, id=name, from_=from_, to=to, type=kind, priority=priority, timestamp="t", content=data.pop("content", ""),
        metadata=data,
    )  # fmt: skip


def update(state: str, task: str = "a", **data: Any) -> Message:
    """The coordinator's word on a task."""
    return said("task_update", "coordinator", task=task, state=state, **data)


def proposed(*names: str, to: str = "role:builder") -> Board:
    """A board with these tasks queued, at positions 0, 1, …"""
    made = Board()
    for position, name in enumerate(names):
        made.proposed(position, said("task", "lead-1", name, to=to, content=f"do {name}"))
    return made


def assigned(**data: Any) -> tuple[Board, Task]:
    """A board whose task ``a`` was given to builder-1 at position 5."""
    made = proposed("a")
    made.updated(5, update("ASSIGNED", assignee="builder-1", **data))
    return made, made.tasks["a"]


def test_the_way_of_a_task() -> None:
    made, task = assigned(reason="the fewest tasks")
    assert (task.state, task.assignee, task.token, task.attempts) == ("ASSIGNED", "builder-1", 5, 1)
    assert (task.title, task.reason, made.holder("a")) == ("do a", "the fewest tasks", ("builder-1", 5))
    made.updated(6, said("task_update", "builder-1", task="a", token=5, state="IN_PROGRESS"))
    assert (task.state, made.load()) == ("IN_PROGRESS", {"builder-1": 1})
    made.updated(7, said("task_complete", "builder-1", task="a", token=5, content="it works"))
    assert (task.state, task.claim, task.result) == ("IN_PROGRESS", "ok", "it works")
    made.updated(8, update("COMPLETED"))
    assert (task.state, made.holder("a"), made.load(), made.closed) == ("COMPLETED", None, {}, ["a"])


def test_a_released_task_has_no_holder_and_no_claim() -> None:
    made, task = assigned()
    made.updated(6, said("task_complete", "builder-1", task="a", token=5, status="failed"))
    assert task.claim == "failed"
    made.updated(7, update("QUEUED", reason="builder-1: signal 9"))
    assert (task.assignee, task.token, task.claim, task.attempts) == ("", -1, "", 1)
    assert made.holder("a") is None


def test_who_is_given_a_task_directly_after_another_begins_without_a_claim() -> None:
    made, task = assigned()
    made.updated(6, said("task_complete", "builder-1", task="a", token=5))
    made.updated(7, update("ASSIGNED", assignee="builder-2"))
    assert (task.assignee, task.token, task.claim, task.attempts) == ("builder-2", 7, "", 2)


@pytest.mark.parametrize("status", ["failed", "partly", "", "OK"])
def test_what_is_not_ok_is_failed(status: str) -> None:
    made, task = assigned()
    made.updated(6, said("task_complete", "builder-1", task="a", token=5, status=status))
    assert task.claim == "failed"
    assert [move.state for move in decide(made, ABLE, {})] == ["FAILED"]


@pytest.mark.parametrize(
    ("before", "said_next"),
    [
        ("QUEUED", update("DONE")),
        ("QUEUED", update("")),
        ("QUEUED", update("IN_PROGRESS")),
        ("QUEUED", update("ASSIGNED")),
        ("QUEUED", update("ASSIGNED", assignee=7)),
        ("BLOCKED", update("IN_PROGRESS")),
        ("QUEUED", update("ASSIGNED", "unknown", assignee="builder-1")),
        ("COMPLETED", update("QUEUED")),
        ("FAILED", update("ASSIGNED", assignee="builder-1")),
        ("CANCELLED", said("task_complete", "coordinator", task="a")),
    ],
)
def test_what_is_no_move_changes_nothing(before: str, said_next: Message) -> None:
    made = proposed("a")
    made.updated(3, update(before))
    task = made.tasks["a"]
    state = (task.state, task.assignee, task.token, task.attempts, task.claim, len(made.closed))
    made.updated(4, said_next)
    assert (task.state, task.assignee, task.token, task.attempts, task.claim, len(made.closed)) == state
    assert (task.state, list(made.tasks)) == (before, ["a"])


def test_a_task_that_is_there_is_not_begun_anew() -> None:
    made, task = assigned()
    made.proposed(9, said("task", "explorer-1", "a", content="something else"))
    assert (made.tasks["a"], task.title) == (task, "do a")


def test_the_newest_closed_tasks_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "CLOSED_KEPT", 2)
    made = proposed(*"abcd")
    for name in "bca":
        made.updated(9, update("CANCELLED", name))
    assert made.closed == ["c", "a"]
    assert set(made.tasks) == {"a", "c", "d"}


def test_the_most_pressing_comes_first_then_the_oldest() -> None:
    made = Board()
    for position, (name, priority) in enumerate([("a", "low"), ("b", "normal"), ("c", "urgent"), ("d", "normal")]):
        made.proposed(position, said("task", "lead-1", name, priority, "broadcast"))
    assert [task.id for task in made.queued()] == ["c", "b", "d", "a"]
    assert [move.task.id for move in decide(made, ABLE, {})] == ["c", "b", "d", "a"]


@pytest.mark.parametrize(
    ("to", "load", "chosen"),
    [
        ("builder-2", {"builder-2": 9}, "builder-2"),
        ("builder-9", {}, None),
        ("role:builder", {}, "builder-1"),
        ("role:builder", {"builder-1": 1}, "builder-2"),
        ("role:builder", {"builder-1": 1, "builder-2": 1}, "builder-1"),
        ("role:oracle", {}, None),
        ("broadcast", {"builder-1": 1, "builder-2": 1}, "explorer-1"),
        ("all", {}, "builder-1"),
        ("ALL", {}, "builder-1"),
        ("coordinator", {"builder-1": 2}, "builder-2"),
        ("human", {}, None),
        ("C2", {}, None),
        ("C2/araya", {}, None),
    ],
)
def test_who_gets_a_task(to: str, load: dict[str, int], chosen: str | None) -> None:
    assert choose(proposed("a", to=to).tasks["a"], ABLE, load) == chosen


def test_nobody_is_able() -> None:
    assert decide(proposed("a", to="broadcast"), {}, {}) == []


def test_work_is_spread_within_one_decision() -> None:
    moves = decide(proposed(*"abc"), ABLE, {})
    assert [move.assignee for move in moves] == ["builder-1", "builder-2", "builder-1"]
    assert moves[0] == Move(moves[0].task, "ASSIGNED", "builder with the fewest tasks", "builder-1")


def test_a_task_whose_holder_is_gone_is_released_until_it_was_tried_often_enough() -> None:
    made = proposed("a")
    states: list[str] = []
    for attempt in range(ATTEMPTS):
        made.updated(10 + attempt, update("ASSIGNED", assignee="builder-1"))
        assert decide(made, ABLE, {}) == []
        (move,) = decide(made, {}, {"builder-1": "signal 9"})
        assert move.reason == "builder-1: signal 9"
        states.append(move.state)
        made.updated(20 + attempt, update(move.state))
    assert states == ["QUEUED"] * (ATTEMPTS - 1) + ["FAILED"]


def test_what_one_that_is_down_held_or_was_meant_for_it_goes_to_its_backup_first() -> None:
    deputies = {"builder-1": "explorer-1"}
    made = proposed("a", to="builder-1")
    able = {name: role for name, role in ABLE.items() if name != "builder-1"}
    assert decide(made, able, {}) == []
    (move,) = decide(made, able, {}, deputies)
    assert (move.assignee, move.reason) == ("explorer-1", "backup of builder-1")
    assert decide(made, ABLE, {}, deputies)[0].assignee == "builder-1", "it works after all"
    assert decide(made, {"builder-2": "builder"}, {}, deputies) == [], "its backup cannot work either"
    shared, _ = assigned()
    shared.updated(9, update("QUEUED"))
    assert shared.tasks["a"].held_by == "builder-1"
    assert decide(shared, able, {}, deputies)[0].assignee == "explorer-1"
    assert decide(shared, able, {})[0].assignee == "builder-2"


def test_what_comes_after_another_waits_for_it() -> None:
    made = proposed("a", "b")
    made.proposed(2, said("task", "human", "c", to="broadcast", after=["a", "b", "a"]))
    after = made.tasks["c"]
    assert (after.state, after.reason) == ("BLOCKED", "waits for: do a and 1 more")
    made.updated(3, update("FAILED", "a"))
    assert after.reason == "waits for: do a, which is FAILED and 1 more"
    assert "c" not in [move.task.id for move in decide(made, ABLE, {})]
    made.updated(4, update("QUEUED", "a", again="yes"))
    made.updated(5, update("COMPLETED", "b"))
    assert (after.state, after.reason) == ("BLOCKED", "waits for: do a")
    made.updated(6, update("COMPLETED", "a"))
    assert (after.state, after.reason, made.followers) == ("QUEUED", "what it waited for is done", {})
    made.proposed(7, said("task", "human", "d", to="broadcast", after=["a"]))
    assert made.tasks["d"].state == "QUEUED", "that is done already"


def test_what_is_over_waits_for_nothing_and_nobody_keeps_that_it_did() -> None:
    made = Board()
    for position in range(2 * board.CLOSED_KEPT):
        made.proposed(position, said("task", "lead-1", f"t{position}", after=[f"never-{position}"]))
        made.updated(position, update("CANCELLED", f"t{position}"))
    assert (len(made.tasks), made.followers) == (board.CLOSED_KEPT, {})


def test_what_waits_for_a_task_that_comes_later_says_which() -> None:
    made = Board()
    made.proposed(0, said("task", "lead-1", "b", after=["a"]))
    assert made.tasks["b"].reason == "waits for: a task nobody knows"
    made.proposed(1, said("task", "lead-1", "a", content="do a"))
    assert made.tasks["b"].reason == "waits for: do a"


def test_what_is_tried_anew_was_never_tried() -> None:
    made, task = assigned()
    made.updated(6, update("FAILED"))
    made.updated(7, update("ASSIGNED", assignee="builder-2"))
    assert (task.state, made.closed) == ("FAILED", ["a"]), "only the person has it done anew"
    made.updated(8, update("QUEUED", again="yes", reason="you want it again", **{"for": "builder-2"}))
    assert (task.state, task.attempts, task.to, made.closed) == ("QUEUED", 0, "builder-2", [])
    assert decide(made, ABLE, {})[0].assignee == "builder-2"


def test_who_had_it_gets_it_back_only_where_nobody_else_can() -> None:
    made, _ = assigned()
    made.updated(6, update("QUEUED"))
    assert decide(made, ABLE, {})[0].assignee == "builder-2"
    assert decide(made, {"builder-1": "builder"}, {})[0].assignee == "builder-1"


def test_a_claim_is_settled_although_its_author_is_gone() -> None:
    made, task = assigned()
    made.updated(6, said("task_complete", "builder-1", task="a", token=5))
    assert decide(made, {}, {"builder-1": "stopped"}) == [Move(task, "COMPLETED", "builder-1 says ok", "builder-1")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("needs a language model: nothing was written. a.py → 0", "needs a language model: nothing was written"),
        ("x" * 300, "x" * 200),
        (" ", "builder-1 says failed"),
    ],
)
def test_why_a_task_failed_is_what_its_assignee_says_first(content: str, reason: str) -> None:
    made, task = assigned()
    made.updated(6, said("task_complete", "builder-1", task="a", token=5, status="failed", content=content))
    assert decide(made, {}, {}) == [Move(task, "FAILED", reason, "builder-1")]


@given(
    st.lists(st.tuples(st.sampled_from(PRIORITIES), st.sampled_from(["role:builder", "broadcast", "C2"])), max_size=12),
    st.permutations(sorted(ABLE)),
)
def test_a_decision_depends_on_nothing_but_its_arguments(wanted: list[tuple[str, str]], order: list[str]) -> None:
    made = Board()
    for position, (priority, to) in enumerate(wanted):
        made.proposed(position, said("task", "lead-1", f"t{position}", priority, to))
    moves = decide(made, ABLE, {})
    assert moves == decide(made, {name: ABLE[name] for name in order}, {})
    assert [move.task.id for move in moves] == [task.id for task in made.queued() if task.to != "C2"]
    ranks = [rank(move.task.priority) for move in moves]
    assert ranks == sorted(ranks)


class Work(RuleBasedStateMachine):
    """A coordinator that decides, instances that come, go, work, and send whatever they like, also much too late."""

    def __init__(self) -> None:
        super().__init__()
        self.board = Board()
        self.position = 0
        self.gone: dict[str, str] = {}
        self.tokens: dict[str, list[tuple[str, int]]] = {}
        self.given: Counter[str] = Counter()
        """How often the person said of a task what becomes of it."""
        """Every assignment there ever was: task → holders and their tokens."""

    @initialize()
    def a_task_waits(self) -> None:
        self.propose("normal", "role:builder")

    def fold(self, message: Message) -> bool:
        """What a room does with it; whether it was permitted."""
        self.position += 10
        holder = self.board.holder(message.metadata.get("task", ""))
        if authority.refusal(message, holder) is not None:
            return False
        if message.type == "task":
            self.board.proposed(self.position, message)
        else:
            self.board.updated(self.position, message)
        return True

    @rule(
        priority=st.sampled_from(PRIORITIES), to=st.sampled_from(["role:builder", "broadcast", "explorer-1", "C2"]),
        after=st.lists(st.sampled_from(["t0", "t1", "t2", "t9"]), max_size=2),
    )  # fmt: skip
    def propose(self, priority: str, to: str, after: list[str] | None = None) -> None:
        name = f"t{len(self.board.tasks)}"
        assert self.fold(said("task", "lead-1", name, priority, to, after=after or []))

    @rule()
    def decide(self) -> None:
        able = {name: role for name, role in ABLE.items() if name not in self.gone}
        waiting = [task.id for task in self.board.queued()]
        moves = decide(self.board, able, self.gone)
        assert len({move.task.id for move in moves}) == len(moves)
        given_out = [move.task.id for move in moves if move.state == "ASSIGNED"]
        assert given_out == [name for name in waiting if name in given_out]
        for move in moves:
            assert self.fold(update(move.state, move.task.id, assignee=move.assignee, reason=move.reason))
            if move.state == "ASSIGNED":
                assert move.assignee in able
                self.tokens.setdefault(move.task.id, []).append((move.assignee, self.position))
        assert not self.gone.keys() & self.board.load().keys()

    @rule(data=st.data(), do=st.sampled_from(["cancel", "retry", "assign"]), to=st.sampled_from([*ABLE, "broadcast"]))
    def order(self, data: st.DataObject, do: str, to: str) -> None:
        """The person's word: it is done, or refused with a sentence and nothing is changed."""
        task = self.board.tasks[data.draw(st.sampled_from(sorted(self.board.tasks)))]
        before = task.state
        try:
            move = ordered(task, do, to)
        except ClientError as error:
            assert str(error)
            return
        again = {"again": "yes"} if move.is_again else {}
        assert self.fold(update(move.state, task.id, reason=move.reason, **{"for": move.to}, **again))
        assert (task.state, task.reason) == (move.state, move.reason) or task.state == "BLOCKED"
        if move.is_again:
            assert before in CLOSED or before == "BLOCKED"
            self.tokens.pop(task.id, None)
        self.given[task.id] += 1

    @rule(name=st.sampled_from(sorted(ABLE)))
    def go(self, name: str) -> None:
        self.gone[name] = "signal 9"

    @rule(name=st.sampled_from(sorted(ABLE)))
    def come(self, name: str) -> None:
        self.gone.pop(name, None)

    @rule(
        data=st.data(), kind=st.sampled_from(["task_complete", "task_update"]),
        status=st.sampled_from(["ok", "failed", "?"]), forger=st.sampled_from([None, *ABLE]),
    )  # fmt: skip
    def speak(self, data: st.DataObject, kind: str, status: str, forger: str | None) -> None:
        if not self.tokens:
            return
        task = data.draw(st.sampled_from(sorted(self.tokens)))
        holder, token = data.draw(st.sampled_from(self.tokens[task]))
        sender = forger or holder
        is_current = (sender, token) == self.tokens[task][-1] and self.board.tasks[task].state in HELD
        word = said(kind, sender, task=task, token=token, state="IN_PROGRESS", status=status)
        assert self.fold(word) is is_current

    @rule(data=st.data(), state=st.sampled_from(STATES), name=st.sampled_from(sorted(ABLE)))
    def forge(self, data: st.DataObject, state: str, name: str) -> None:
        task = data.draw(st.sampled_from(sorted(self.board.tasks)))
        permitted = self.fold(said("task_update", name, task=task, state=state, assignee=name, token=10))
        assert not permitted or (state == "IN_PROGRESS" and self.board.tasks[task].assignee == name)

    @invariant()
    def every_task_is_held_by_one_or_none(self) -> None:
        for task in self.board.tasks.values():
            assert (task.state in HELD) is (self.board.holder(task.id) is not None)
            assert 0 <= task.attempts == len(self.tokens.get(task.id, [])) <= ATTEMPTS + self.given[task.id]
            if task.state in HELD:
                assert (task.assignee, task.token) == self.tokens[task.id][-1]
            if task.state == "QUEUED":
                assert (task.assignee, task.token, task.claim) == ("", -1, "")

    @invariant()
    def no_state_is_without_a_reason(self) -> None:
        assert all(task.reason for task in self.board.tasks.values())

    @invariant()
    def what_is_blocked_waits_for_something(self) -> None:
        for task in self.board.tasks.values():
            assert (task.state == "BLOCKED") <= bool(task.after)
            done = [name for name in task.after if (one := self.board.tasks.get(name)) and one.state == "COMPLETED"]
            assert task.state != "BLOCKED" or not done
            assert all(task.id in self.board.followers[name] for name in task.after if task.state == "BLOCKED")
        followers = {name for names in self.board.followers.values() for name in names}
        assert all(self.board.tasks[name].state == "BLOCKED" for name in followers)

    @invariant()
    def what_is_closed_stays_closed(self) -> None:
        assert sorted(self.board.closed) == sorted(t.id for t in self.board.tasks.values() if t.state in CLOSED)

    def teardown(self) -> None:
        """Once everybody is back and says done, two decisions leave nothing that somebody could do undone."""
        self.gone.clear()
        while moves := decide(self.board, ABLE, {}):
            for move in moves:
                assert self.fold(update(move.state, move.task.id, assignee=move.assignee))
                if move.state == "ASSIGNED":
                    assert self.fold(said("task_complete", move.assignee, task=move.task.id, token=self.position))
        held = [task.id for task in self.board.tasks.values() if task.state in HELD]
        assert all(not self.board.tasks[name].claim for name in held)
        assert all(task.to == "C2" for task in self.board.queued())


def ordered(task: Task, do: str, to: str) -> Move:
    """The move the person wants."""
    if do == "cancel":
        return board_orders.cancel(task)
    return board_orders.retry(task, to) if do == "retry" else board_orders.assign(task, to)


TestWork = Work.TestCase
TestWork.settings = settings(stateful_step_count=30)
