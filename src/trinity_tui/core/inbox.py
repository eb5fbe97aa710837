"""What waits for the person, oldest first: requests, questions, instances that gave up, loops, dead letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from trinity_tui.core.message import parse_time
from trinity_tui.core.room import is_stormy, unseen

if TYPE_CHECKING:
    from trinity_tui.core.dead import Letter
    from trinity_tui.core.diary import Decision
    from trinity_tui.core.room import Approval, InstanceView, Room

Kind = Literal["approval", "question", "parked", "storm", "dead", "alert"]
Deed = Literal["once", "always", "reject", "answer", "start", "resume", "resend", "drop", "seen"]
"""What the person can do about something that waits."""
DEEDS: dict[Kind, tuple[Deed, ...]] = {
    "approval": ("once", "always", "reject"),
    "question": ("answer",),
    "parked": ("start",),
    "storm": ("resume",),
    "dead": ("resend", "drop"),
    "alert": ("seen",),
}
FOR_MANY: frozenset[Deed] = frozenset({"resend", "drop", "seen"})
"""What can be done to several at once: nothing that allows, starts or answers without being read by itself."""


class Item(msgspec.Struct, frozen=True):
    """One thing that waits."""

    kind: Kind
    id: str
    """Of the message that asks or was given up; of the instance, where one is parked or goes round with others."""
    sender: str
    text: str
    timestamp: str
    """Since when, RFC 3339."""
    command: str = ""
    """What is asked to be run; empty where nothing is."""
    tool: str = ""
    """The tool a model wants to use; empty where something else is asked."""
    grant: tuple[str, ...] = ()
    """What "always" would allow to everyone of the sender's role."""
    diff: str = ""
    """What the call would change, as far as the room has it."""

    @property
    def at(self) -> float:
        """Since when, in seconds since the epoch; 0 where its time is none."""
        try:
            return parse_time(self.timestamp)
        except (ValueError, OverflowError):
            return 0.0

    @property
    def key(self) -> str:
        """The same for the same thing, and for no other: a message to many can be given up by several."""
        return f"{self.kind}:{self.id}:{self.sender}"

    @property
    def deeds(self) -> tuple[Deed, ...]:
        """What can be done about it."""
        can_always = bool(self.grant) or not self.tool
        return tuple(deed for deed in DEEDS[self.kind] if deed != "always" or can_always)

    def contains(self, words: str) -> bool:
        """Whether all of these words, in small letters, are in what it says."""
        said = f"{self.kind} {self.sender} {self.command} {self.tool} {self.text}".lower()
        return all(word in said for word in words.split())


def items(room: Room) -> list[Item]:
    """Everything that needs the person's word."""
    found = [_request(asked) for asked in room.approvals.values() if not asked.verdict]
    found += [Item("question", row.id, row.from_, row.text, row.timestamp) for row in room.questions.values()]
    found += [_held(view) for view in room.instances.values() if view.state == "PARKED" or is_stormy(view)]
    found += [_buried(letter) for letter in room.dead.waiting.values()]
    return sorted(found, key=lambda item: item.at)


def everything(room: Room) -> list[Item]:
    """What needs the person's word and what the person was told and has not seen, oldest first.

    As many as ``core.room.waiting`` counts.
    """
    return sorted([*items(room), *alerts(room)], key=lambda item: item.at)


def decided(room: Room, words: str = "") -> list[Decision]:
    """What was decided, the newest first.

    Args:
        room: The room.
        words: In small letters; only what contains all of them.
    """
    return [one for one in reversed(room.diary.decisions) if not words or _has(one, words)]


def _has(one: Decision, words: str) -> bool:
    said = " ".join((one.kind, one.sender, one.text, one.verdict, one.by, one.word, one.via)).lower()
    return all(word in said for word in words.split())


def alerts(room: Room) -> list[Item]:
    """What the person was told and has not seen."""
    return [Item("alert", alert.id, alert.from_, alert.text, alert.at) for alert in unseen(room)]


def _request(asked: Approval) -> Item:
    tool = (asked.tool or "a tool") if asked.kind else ""
    return Item(
        "approval", asked.id, asked.from_, asked.text, asked.at, asked.command, tool, asked.grant, asked.diff
    )  # fmt: skip


def _held(view: InstanceView) -> Item:
    if view.state == "PARKED":
        return Item("parked", view.id, view.id, view.reason, view.since)
    return Item("storm", view.id, view.id, view.hold, view.since)


def _buried(letter: Letter) -> Item:
    whose = f"a {letter.type or 'message'} of {letter.from_ or 'somebody'}"
    return Item("dead", letter.id, letter.consumer, f"{whose}: {letter.reason}\n{letter.text}", letter.at)
