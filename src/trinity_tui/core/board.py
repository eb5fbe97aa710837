"""The tasks, folded from ``task``, ``task_update`` and ``task_complete``; and who gets one (the coordinator decides).

::

    QUEUED ──assign──▶ ASSIGNED ──▶ IN_PROGRESS ──complete──▶ COMPLETED | FAILED
       ▲  ▲               │              │                    │
       │  └───release─────┴──────────────┘                    │   (the holder died, or the person took it back)
       ├──────────────────────retry──────────────◀── FAILED, CANCELLED, COMPLETED
    BLOCKED (until what it comes after is COMPLETED)

The person's own moves are ``core/board_orders.py``'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import address, typed
from trinity_tui.core.message import rank
from trinity_tui.core.prose import first_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position

STATES = ("QUEUED", "ASSIGNED", "IN_PROGRESS", "COMPLETED", "FAILED", "BLOCKED", "CANCELLED")
CLOSED = frozenset({"COMPLETED", "FAILED", "CANCELLED"})
HELD = frozenset({"ASSIGNED", "IN_PROGRESS"})
CLOSED_KEPT = 200
REASON_CHARACTERS = 200
"""Of what an assignee says first, where it is why a task failed."""
TITLE_CHARACTERS = 60
"""Of a title within a reason."""
_UNSAID = {
    "QUEUED": "waits for somebody who can do it", "ASSIGNED": "given out", "IN_PROGRESS": "begun",
    "BLOCKED": "blocked", "COMPLETED": "done", "FAILED": "failed", "CANCELLED": "cancelled",
}  # fmt: skip
"""The reason of a state where nobody gave one."""


class Task(msgspec.Struct):
    """One piece of work and where it stands."""

    id: str
    title: str
    from_: str
    to: str
    priority: str
    created_at: str
    position: int
    state: str = "QUEUED"
    assignee: str = ""
    token: int = -1
    """The position of the assignment: what the assignee must show to act on the task."""
    attempts: int = 0
    since: str = ""
    reason: str = _UNSAID["QUEUED"]
    result: str = ""
    """What the assignee says came of it."""
    claim: str = ""
    """``ok`` or ``failed``, as the assignee says; empty until it does. The coordinator has the last word."""
    held_by: str = ""
    """Who held it last and could not finish it."""
    turn: str = ""
    """The id of the message that gave it out: what the holder's turn on it is called."""
    after: list[str] = msgspec.field(default_factory=list[str])
    """The tasks that must be COMPLETED before it is given out, and are not yet."""


class Board(msgspec.Struct):
    """The open tasks and the newest closed ones, by id."""

    tasks: dict[str, Task] = msgspec.field(default_factory=dict[str, Task])
    closed: list[str] = msgspec.field(default_factory=list[str])
    followers: dict[str, list[str]] = msgspec.field(default_factory=dict[str, list[str]])
    """Which tasks come after one that is not COMPLETED."""

    def holder(self, task_id: str) -> tuple[str, int] | None:
        """Who holds a task, and with which token."""
        task = self.tasks.get(task_id)
        return (task.assignee, task.token) if task is not None and task.state in HELD else None

    def proposed(self, position: Position, message: Message) -> None:
        """Somebody proposed a task; an id that is on the board already is not begun anew."""
        if message.id in self.tasks:
            return
        self.tasks[message.id] = task = Task(
            id=message.id, title=message.content, from_=message.from_, to=message.to, priority=message.priority,
            created_at=message.timestamp, position=position, since=message.timestamp,
        )  # fmt: skip
        for name in dict.fromkeys(typed.texts(message.metadata, "after")):
            before = self.tasks.get(name)
            if before is None or before.state != "COMPLETED":
                task.after.append(name)
                self.followers.setdefault(name, []).append(task.id)
        if task.after:
            task.state, task.reason = "BLOCKED", self._waits_for(task)
        self._tell_followers(task)

    def updated(self, position: Position, message: Message) -> None:
        """A permitted update: of the coordinator any, of the holder that it works on it or is done."""
        task = self.tasks.get(typed.text(message.metadata, "task"))
        if task is None or (task.state in CLOSED and not _is_again(message)):
            return
        if message.type == "task_complete":
            task.claim = "ok" if typed.text(message.metadata, "status", "ok") == "ok" else "failed"
            task.result = message.content
            return
        state, assignee = typed.text(message.metadata, "state"), typed.text(message.metadata, "assignee")
        if not _is_move(task, state, assignee):
            return
        if state == "ASSIGNED":
            task.assignee, task.token, task.claim, task.turn = assignee, position, "", message.id
            task.attempts += 1
        elif state == "QUEUED":
            self._released(task, message)
        elif state == "BLOCKED":
            task.to = typed.text(message.metadata, "for") or task.to
        task.state, task.since = state, message.timestamp
        task.reason = typed.text(message.metadata, "reason") or _UNSAID[state]
        if state == "BLOCKED" and task.after:
            task.reason = self._waits_for(task)
        if state in CLOSED:
            self._wait_for_nothing(task)
            self._close(task.id)
        self._tell_followers(task)

    def _released(self, task: Task, message: Message) -> None:
        """It waits again; where the person has it done anew, as if nobody had tried it."""
        task.held_by = task.assignee or task.held_by
        task.assignee, task.token, task.claim, task.turn = "", -1, "", ""
        task.to = typed.text(message.metadata, "for") or task.to
        if _is_again(message):
            if task.state in CLOSED:
                self.closed.remove(task.id)
            task.attempts, task.result = 0, ""
            self._wait_for_nothing(task)

    def _tell_followers(self, task: Task) -> None:
        """What comes after a task waits no more, or waits with another reason."""
        for name in list(self.followers.get(task.id, ())):
            follower = self.tasks.get(name)
            if follower is None or follower.state != "BLOCKED":
                self._unfollow(task.id, name)
                continue
            if task.state == "COMPLETED":
                follower.after.remove(task.id)
                self._unfollow(task.id, name)
            follower.reason = self._waits_for(follower)
            if not follower.after:
                follower.state, follower.since = "QUEUED", task.since

    def _wait_for_nothing(self, task: Task) -> None:
        for name in task.after:
            self._unfollow(name, task.id)
        task.after.clear()

    def _unfollow(self, name: str, follower: str) -> None:
        left = [one for one in self.followers.pop(name, ()) if one != follower]
        if left:
            self.followers[name] = left

    def _waits_for(self, task: Task) -> str:
        """Why it is blocked, or what it was blocked by."""
        if not task.after:
            return "what it waited for is done"
        before = self.tasks.get(task.after[0])
        said = "a task nobody knows" if before is None else before.title[:TITLE_CHARACTERS]
        how = f", which is {before.state}" if before is not None and before.state in CLOSED else ""
        more = f" and {len(task.after) - 1} more" if len(task.after) > 1 else ""
        return f"waits for: {said}{how}{more}"

    def _close(self, task_id: str) -> None:
        self.closed.append(task_id)
        while len(self.closed) > CLOSED_KEPT:
            self.tasks.pop(self.closed.pop(0), None)

    def queued(self) -> list[Task]:
        """What waits to be assigned, the most pressing first, then the oldest."""
        waiting = [task for task in self.tasks.values() if task.state == "QUEUED"]
        return sorted(waiting, key=lambda task: (rank(task.priority), task.position))

    def load(self) -> dict[str, int]:
        """How many tasks each instance holds."""
        held: dict[str, int] = {}
        for task in self.tasks.values():
            if task.state in HELD:
                held[task.assignee] = held.get(task.assignee, 0) + 1
        return held


def _is_again(message: Message) -> bool:
    """Whether the person has the task done anew; that only the coordinator may say so is the authority table's."""
    return typed.text(message.metadata, "state") == "QUEUED" and typed.text(message.metadata, "again") == "yes"


def _is_move(task: Task, state: str, assignee: str) -> bool:
    if state == "ASSIGNED":
        return bool(assignee)
    return state in STATES and (state != "IN_PROGRESS" or task.state in HELD)


class Move(msgspec.Struct, frozen=True):
    """What the coordinator decided about a task."""

    task: Task
    state: str
    reason: str
    assignee: str = ""
    to: str = ""
    """Whom it is for from now on; empty: for whom it was."""
    is_again: bool = False
    """Whether it is to be done anew, whatever became of it."""


ATTEMPTS = 3
"""A task is assigned this often at the most, and once more whenever the person gives it to somebody."""


def decide(
    board: Board, able: Mapping[str, str], gone: Mapping[str, str], deputies: Mapping[str, str] | None = None
) -> list[Move]:
    """What is to be done about the tasks now.

    Args:
        board: The tasks; its fold must have reached the end of the log.
        able: The instances that can work now, id → role.
        gone: The instances that cannot, id → why.
        deputies: Who gets the work of those that are down, id → id.
    """
    moves = [move for task in board.tasks.values() if (move := _settle(task, gone)) is not None]
    load = board.load()
    for task in board.queued():
        deputy = _deputy(task, able, deputies or {})
        assignee = deputy or choose(task, able, load)
        if assignee is not None:
            load[assignee] = load.get(assignee, 0) + 1
            why = f"backup of {task.held_by or task.to}" if deputy else _why(task, assignee, able)
            moves.append(Move(task, "ASSIGNED", why, assignee))
    return moves


def _why(task: Task, assignee: str, able: Mapping[str, str]) -> str:
    return "meant for it by name" if task.to == assignee else f"{able[assignee]} with the fewest tasks"


def _settle(task: Task, gone: Mapping[str, str]) -> Move | None:
    if task.state not in HELD:
        return None
    if task.claim:
        if task.claim == "failed":
            return Move(task, "FAILED", _why_failed(task), task.assignee)
        return Move(task, "COMPLETED", f"{task.assignee} says ok", task.assignee)
    if task.assignee in gone:
        why = f"{task.assignee}: {gone[task.assignee]}"
        return Move(task, "FAILED" if task.attempts >= ATTEMPTS else "QUEUED", why)
    return None


def _why_failed(task: Task) -> str:
    """What the assignee says first; that it says so where it says no more."""
    return first_sentence(task.result)[:REASON_CHARACTERS] or f"{task.assignee} says failed"


def _deputy(task: Task, able: Mapping[str, str], deputies: Mapping[str, str]) -> str | None:
    """The backup of who held the task, or was meant by name, where that one is down."""
    for name in (task.held_by, task.to):
        deputy = deputies.get(name)
        if deputy in able and task.to not in able:
            return deputy
    return None


def choose(task: Task, able: Mapping[str, str], load: Mapping[str, int]) -> str | None:
    """Who gets a task: named, or of its role, with the fewest tasks; ties go to the name that comes first.

    Who had it and did not finish it gets it again only where nobody else can do it.
    A task for the person or another computer is nobody's here.

    Args:
        task: What waits.
        able: The instances that can work now, id → role.
        load: How many tasks each holds.

    Returns:
        An instance, or None where nobody fits and the task stays queued.
    """
    if task.to in able:
        return task.to
    role = address.role_of(task.to)
    is_open = address.is_many(task.to) or task.to == address.COORDINATOR
    fitting = [name for name, has in able.items() if is_open and role in (None, has)]
    return min(fitting, key=lambda name: (name == task.held_by, load.get(name, 0), name), default=None)
