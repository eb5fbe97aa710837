"""What waits for the person, oldest first: requests, questions, instances that gave up, loops, dead letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trinity_tui.core.room import is_stormy
from trinity_tui.tui.clock import seconds_of

if TYPE_CHECKING:
    from trinity_tui.core.dead import Letter
    from trinity_tui.core.room import Room

Kind = Literal["approval", "question", "parked", "storm", "dead"]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits.

    Attributes:
        id: Of the message that asks or was given up; of the instance, where one is parked or goes round with others.
        command: What is asked to be run; empty where nothing is.
        tool: The tool a model wants to use; empty where something else is asked.
        grant: What "always" would allow to everyone of the sender's role.
        diff: What the call would change, as far as the room has it.
    """

    kind: Kind
    id: str
    sender: str
    text: str
    at: float
    command: str = ""
    tool: str = ""
    grant: tuple[str, ...] = ()
    diff: str = ""

    @property
    def can_always(self) -> bool:
        """Whether there is something that could be allowed for good."""
        return self.kind == "approval" and (bool(self.grant) or not self.tool)


def items(room: Room) -> list[Item]:
    """Everything that waits; as many as ``core.room.waiting`` counts."""
    found = [
        Item(
            "approval",
            asked.id,
            asked.from_,
            asked.text,
            seconds_of(asked.at) or 0.0,
            asked.command,
            (asked.tool or "a tool") if asked.kind else "",
            asked.grant,
            asked.diff,
        )  # fmt: skip
        for asked in room.approvals.values()
        if not asked.verdict
    ]
    found += [
        Item("question", row.id, row.from_, row.text, seconds_of(row.timestamp) or 0.0)
        for row in room.questions.values()
    ]
    found += [
        Item("parked", view.id, view.id, view.reason, seconds_of(view.since) or 0.0)
        for view in room.instances.values()
        if view.state == "PARKED"
    ]
    found += [
        Item("storm", view.id, view.id, view.hold, seconds_of(view.since) or 0.0)
        for view in room.instances.values()
        if is_stormy(view) and view.state != "PARKED"
    ]
    found += [
        Item("dead", letter.id, letter.consumer, _buried(letter), seconds_of(letter.at) or 0.0)
        for letter in room.dead.waiting.values()
    ]
    return sorted(found, key=lambda item: item.at)


def _buried(letter: Letter) -> str:
    whose = f"a {letter.type or 'message'} of {letter.from_ or 'somebody'}"
    return f"{whose}: {letter.reason}\n{letter.text}"
