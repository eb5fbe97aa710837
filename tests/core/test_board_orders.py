"""The person's word on a task: which moves it makes, and which sentences say that it cannot be."""

from __future__ import annotations

import pytest

from trinity_tui.core.board import Board, Task
from trinity_tui.core.board_orders import WORD_CHARACTERS, assign, cancel, find, retry, spoken
from trinity_tui.core.errors import ClientError


def task(state: str = "QUEUED", assignee: str = "", to: str = "broadcast", name: str = "019f-aaaa-1111") -> Task:
    """A task in some state."""
    return Task(name, "test it", "human", to, "normal", "t", 0, state=state, assignee=assignee)


def test_a_task_is_given_to_another_or_back_to_the_queue() -> None:
    move = assign(task("IN_PROGRESS", "builder-1"), "builder-2", "knows\n it  better")
    assert (move.state, move.to, move.reason) == ("QUEUED", "builder-2", "you gave it to builder-2: knows it better")
    assert assign(task("ASSIGNED", "builder-1"), "broadcast").reason == "you gave it to anyone"
    assert assign(task("BLOCKED"), "role:builder").state == "BLOCKED", "it still waits for what it comes after"
    assert [spoken(to) for to in ("all", "role:lead", "araya")] == ["anyone", "any lead", "araya"]


@pytest.mark.parametrize("state", ["COMPLETED", "FAILED", "CANCELLED"])
def test_what_is_over_is_only_done_anew(state: str) -> None:
    for order in (lambda: assign(task(state), "builder-1"), lambda: cancel(task(state))):
        with pytest.raises(ClientError, match=state):
            order()
    move = retry(task(state), "builder-2")
    assert (move.state, move.to, move.is_again) == ("QUEUED", "builder-2", True)
    assert state in move.reason


@pytest.mark.parametrize("state", ["QUEUED", "ASSIGNED", "IN_PROGRESS", "BLOCKED"])
def test_what_is_open_can_be_ended(state: str) -> None:
    assert cancel(task(state), "x" * 999).reason == "cancelled by you: " + "x" * WORD_CHARACTERS


def test_nothing_is_done_that_is_so_already() -> None:
    with pytest.raises(ClientError, match="builder-1 has that task already"):
        assign(task("IN_PROGRESS", "builder-1"), "builder-1")
    with pytest.raises(ClientError, match="anyone has that task already"):
        assign(task(), "broadcast")
    with pytest.raises(ClientError, match="is IN_PROGRESS"):
        retry(task("IN_PROGRESS", "builder-1"))
    assert retry(task("BLOCKED")).is_again


def test_a_task_is_found_by_the_end_of_its_id() -> None:
    board = Board({name: task(name=name) for name in ("019f-aaaa-1111", "019f-bbbb-1111", "019f-cccc-2222")})
    assert find(board, "019f-aaaa-1111").id == "019f-aaaa-1111"
    assert find(board, "2222").id == find(board, "019f-c").id == "019f-cccc-2222"
    for name, why in (("1111", "2 tasks"), ("222", "no task"), ("zzzz", "no task"), ("", "no task")):
        with pytest.raises(ClientError, match=why) as refused:
            find(board, name)
        assert refused.value.exit_code == 4
