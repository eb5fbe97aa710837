"""The files for outsiders: what each holds of the log, and what an entry added to it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.door import NEWEST, Fields, Ledger
from trinity_tui.core.door_memory import FINDING, Records, record_says
from trinity_tui.core.door_rows import Rows
from trinity_tui.core.door_words import TALK
from trinity_tui.core.message import Message
from trinity_tui.core.paths import HARNESS_MESSAGES

if TYPE_CHECKING:
    from collections.abc import Iterable


class DoorFile(msgspec.Struct, frozen=True):
    """One of them."""

    name: str
    mark: str
    """Begins the ids of what is taken from it."""
    kind: str
    """The type of an entry that says none."""
    hears: Callable[[Ledger, list[Message]], list[Message]]
    """Which of these the log says are to stand in it, in the order in which they are put there."""
    says: Callable[[Fields], Fields] = dict
    """What an entry of an outsider's says, in the keys of a message."""
    ledger: Callable[[str], Ledger] = Ledger


def hear_messages(ledger: Ledger, messages: list[Message]) -> list[Message]:
    """The newest of what is said."""
    return _newest(ledger, (one for one in messages if one.type in TALK))


def hear_person(ledger: Ledger, messages: list[Message]) -> list[Message]:
    """What the person says, and is told."""
    return _newest(ledger, (one for one in messages if one.type in TALK and HUMAN in (one.from_, one.to)))


def _newest(ledger: Ledger, messages: Iterable[Message]) -> list[Message]:
    # What was taken from this very file stands in it already, or was removed by who wrote it.
    return [one for one in messages if not one.id.startswith(ledger.mark)][-NEWEST:]


def hear_nothing(ledger: Ledger, messages: list[Message]) -> list[Message]:
    """What stands in it is told otherwise."""
    return []


def _row_says(fields: Fields) -> Fields:
    name, row = fields["id"], fields["row"]
    content = f"{name} put itself into the registry: {msgspec.json.encode(row).decode()}"
    return {"from": name, "to": COORDINATOR, "type": "message", "content": content[:ROW_CHARACTERS]}


ROW_CHARACTERS = 1_000
MESSAGES = DoorFile(".shared_messages.json", "door-m-", "message", hear_messages)
MEMORY = DoorFile(".shared_memory.json", "door-k-", FINDING, hear_nothing, record_says, Records)
PERSON = DoorFile(HARNESS_MESSAGES, "door-h-", "message", hear_person)
REGISTRY = DoorFile(".instance_registry.json", "door-r-", "message", hear_nothing, _row_says, Rows)
FILES = (MESSAGES, MEMORY, PERSON, REGISTRY)
