"""Where a thing that is shown leads on to: the task it belongs to, its chat, its author's output, its moment.

Pure: it looks at the room and at what was said, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core import typed
from trinity_tui.core.address import BROADCAST, HUMAN
from trinity_tui.core.board import CLOSED, HELD

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from trinity_tui.core.room import Room


class Home(msgspec.Struct, frozen=True):
    """One place something leads to.

    Attributes:
        key: What leads there, in a dialog.
        title: What is there.
        place: The verb of its screen's action.
        what: By what that screen knows it.
    """

    key: str
    title: str
    place: str
    what: str


def partner(sender: str, to: str, people: Collection[str]) -> str:
    """With whom the person talks where this is said: an instance, everybody, or nobody."""
    if sender == HUMAN:
        return to if to in people else BROADCAST
    return sender if sender in people else ""


def of_instance(name: str) -> list[Home]:
    """Where an instance leads."""
    return [Home("c", "chat", "chat", name), Home("l", "output", "logs", name)]


def task_of(message: str, sender: str, room: Room) -> str:
    """The task that something which waits is about; empty where there is none.

    Args:
        message: The id of what waits.
        sender: Who waits: where the message names no task, the one this instance holds, or held last.
        room: The room now.
    """
    row = next((row for row in reversed(room.flow) if row.id == message), None)
    named = {message, (row.reply_to if row is not None else None) or message}
    tasks = room.board.tasks.values()
    held = [task for task in tasks if task.assignee == sender and task.state in HELD]
    found = (
        [task for task in tasks if {task.id, task.turn} & named]
        or [task for task in held if task.state == "IN_PROGRESS"]
        or held
        or [task for task in tasks if task.held_by == sender and task.state not in CLOSED]
    )
    return max(found, key=lambda task: task.since).id if found else ""


def of_thread(messages: Sequence[Mapping[str, Any]], opened: str, room: Room) -> list[Home]:
    """Where a message and its thread lead; a place where nothing of it is, is none.

    Args:
        messages: The thread, as the log has it.
        opened: The id of the one that is shown.
        room: The room now.
    """
    said = next((one for one in messages if typed.text(one, "id") == opened), None)
    ids = {opened, *(typed.text(one, "id") for one in messages)}
    task = next((one for one in room.board.tasks.values() if one.id in ids or one.turn in ids), None)
    found = [Home("t", "task", "tasks", task.id)] if task is not None else []
    if said is None:
        return found
    sender, to = typed.text(said, "from"), typed.text(said, "to")
    who = next((one for one in (sender, to) if one in room.instances), "")
    if HUMAN in (sender, to) and partner(sender, to, room.instances):
        found.append(Home("c", "chat", "chat", opened))
    elif who:
        found.append(of_instance(who)[0])
    if who:
        found.append(of_instance(who)[1])
    position = typed.whole(said, "position")
    return [*found, Home("p", "that moment", "replay", str(position + 1))] if position > 0 else found
