"""What the coordinator puts on record, as messages: states, moves of tasks, requests to the person, verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from trinity_tui.bus import new_message
from trinity_tui.core.address import COORDINATOR, HUMAN

if TYPE_CHECKING:
    from trinity_tui.coordinator.standing import Status
    from trinity_tui.core.board import Move
    from trinity_tui.core.message import Message
    from trinity_tui.core.room import Approval

Verdict = Literal["once", "always", "reject", "withdrawn"]
ALERT_CHARACTERS = 8_000


def alert(text: str, metadata: dict[str, Any]) -> Message:
    """Something the person should know."""
    return new_message(
        COORDINATOR, HUMAN, "alert", text[:ALERT_CHARACTERS], origin="coordinator", priority="high", metadata=metadata
    )


def status(of: Status) -> Message:
    """How an instance stands."""
    text = f"{of.instance} is {of.state}" + (f": {of.reason}" if of.reason else "")
    text += f" (stands in for {of.stands_for})" if of.stands_for else ""
    return new_message(COORDINATOR, HUMAN, "status", text, origin="coordinator", metadata=msgspec.to_builtins(of))


def removal(instance: str) -> Message:
    """The configuration has this instance no more."""
    why = "no longer configured"
    metadata = {"instance": instance, "state": "OFFLINE", "reason": why, "removed": "yes"}
    return new_message(COORDINATOR, HUMAN, "status", f"{instance} is {why}", origin="coordinator", metadata=metadata)


def update(move: Move) -> Message:
    """A task moves: to whom it is given, or to who proposed it."""
    task = move.task
    to = move.assignee if move.state == "ASSIGNED" else task.from_
    metadata: dict[str, Any] = {"task": task.id, "state": move.state, "reason": move.reason}
    if move.state == "ASSIGNED":
        metadata["assignee"] = move.assignee
    elif task.turn and move.state in ("QUEUED", "CANCELLED"):
        metadata |= {"taken_from": task.assignee, "turn": task.turn}
    if move.to:
        metadata["for"] = move.to
    if move.is_again:
        metadata["again"] = "yes"
    text = task.title if move.state == "ASSIGNED" else f"{move.state.lower()}: {task.title}"
    return new_message(
        COORDINATOR, to, "task_update", text, origin="coordinator", priority=task.priority, metadata=metadata,
        thread=task.id,
    )  # fmt: skip


def request(command: str, text: str) -> Message:
    """The coordinator itself asks the person to allow something."""
    metadata = {"op": "request", "command": command}
    return new_message(COORDINATOR, HUMAN, "approval", text, origin="coordinator", metadata=metadata)


def decision(asked: Approval, verdict: Verdict, by: str, word: str = "", granted: str = "", via: str = "") -> Message:
    """A request is decided.

    Args:
        asked: The request.
        verdict: How.
        by: By whom.
        word: What was said with it.
        granted: Which grant decided it, in words, where nobody was asked.
        via: Where, as the face says of itself.
    """
    metadata = {"op": "decision", "verdict": verdict, "by": by, "command": asked.command}
    more = {"word": word, "granted": granted, "kind": asked.kind, "via": via}
    metadata |= {key: value for key, value in more.items() if value}
    said = word or granted
    text = f"{verdict}: {asked.command}" + (f" ({said})" if said else "")
    return new_message(
        COORDINATOR, asked.from_, "approval", text, origin="coordinator",
        reply_to=asked.id, thread=asked.id, priority="high", metadata=metadata,
    )  # fmt: skip


def read(positions: list[int]) -> Message:
    """The person has seen what stands there."""
    return new_message(HUMAN, COORDINATOR, "receipt", "", origin="human", metadata={"read": positions})
