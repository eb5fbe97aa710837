"""The files for outsiders: what each holds of the log, and what an entry added to it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.door import NEWEST, Ledger
from trinity_tui.core.door_memory import FINDING, Records, record_says
from trinity_tui.core.door_rows import Rows
from trinity_tui.core.door_words import TALK, entry_of
from trinity_tui.core.paths import HARNESS_MESSAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trinity_tui.core.door import Fields
    from trinity_tui.core.message import Message


@dataclass(frozen=True, slots=True)
class DoorFile:
    """One of them."""

    name: str
    mark: str
    """Begins the ids of what is taken from it."""
    kind: str
    """The type of an entry that says none."""
    hears: Callable[[Ledger, list[Message]], None]
    """Puts what the log says into its ledger."""
    says: Callable[[Fields], Fields] = dict
    """What an entry of an outsider's says, in the keys of a message."""
    ledger: Callable[[str], Ledger] = Ledger


def hear_messages(ledger: Ledger, messages: list[Message]) -> None:
    """The newest of what is said."""
    _put(ledger, (one for one in messages if one.type in TALK))


def hear_person(ledger: Ledger, messages: list[Message]) -> None:
    """What the person says, and is told."""
    _put(ledger, (one for one in messages if one.type in TALK and HUMAN in (one.from_, one.to)))


def _put(ledger: Ledger, messages: Iterable[Message]) -> None:
    # What was taken from this very file stands in it already, or was removed by who wrote it.
    for message in [one for one in messages if not one.id.startswith(ledger.mark)][-NEWEST:]:
        ledger.put(entry_of(message))


def hear_nothing(ledger: Ledger, messages: list[Message]) -> None:
    """What stands in it is told otherwise."""


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
