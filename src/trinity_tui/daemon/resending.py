"""Sending a message again for the person: one that was given up, expired, or simply was not answered."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from trinity_tui.bus import dead_letters, new_message
from trinity_tui.coordinator.approvals import VIA_CHARACTERS
from trinity_tui.coordinator.endings import letter_of
from trinity_tui.coordinator.person import PERSON_SAYS
from trinity_tui.core import record
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.errors import ClientError
from trinity_tui.core.record import DamagedLine

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.core.dead import Letter
    from trinity_tui.core.message import Message
    from trinity_tui.daemon.house import House

NOT_CARRIED = frozenset({"wait", "cause", "resent_of", "given_up_by"})


async def resend(house: House, message_id: str, to: str | None, consumer: str = "") -> dict[str, Any]:
    """Say it again, as the person, under a new id.

    Args:
        house: Whose log.
        message_id: What is sent again.
        to: Another recipient; whom it was for where not given.
        consumer: Who gave it up, where several did; empty: the first of them.

    Raises:
        ClientError: It is unknown (4), was not given up by that one (4), answered, or not for the person to say (1).
    """
    found = await _find(house, message_id)
    if found is None:
        raise ClientError(f"no message {message_id!r} is in the log or among the dead letters", 4)
    delivery = house.coordinator.room.deliveries.by_id.get(message_id)
    if delivery is not None and delivery.answer:
        raise ClientError(f"it was answered at {delivery.answered_at[11:19]}: see {delivery.answer}")
    if found.type not in PERSON_SAYS:
        raise ClientError(f"a {found.type} of {found.from_} is not for the person to send again")
    letters = _waiting(house, message_id, consumer)
    if consumer and not letters:
        raise ClientError(f"no dead letter {message_id!r} of {consumer!r} waits", 4)
    recipient = to or (letters[0].consumer if letters else found.to)
    metadata: dict[str, Any] = {"resent_of": found.id}
    if letters:
        # A message to many can be given up by several: those who are not sent it now still wait.
        metadata["given_up_by"] = letters[0].consumer
    if found.from_ == HUMAN:
        metadata |= {key: value for key, value in found.metadata.items() if key not in NOT_CARRIED}
    else:
        metadata["resent_for"] = found.from_
    sent, position = await house.coordinator.person.send(
        recipient, found.type, await house.bus.body(found), priority=found.priority, thread=found.thread,
        metadata=metadata,
    )  # fmt: skip
    return {"id": sent.id, "position": position, "to": sent.to, "resent_of": found.id}


async def drop(house: House, message_id: str, via: str = "", consumer: str = "") -> dict[str, Any]:
    """Take a dead letter off the list of what waits; the file keeps it.

    Args:
        house: Whose log.
        message_id: The letter.
        via: Where the person did, as the face says of itself.
        consumer: Who gave it up; empty: all who did.

    Raises:
        ClientError: None of that id waits (4).
    """
    if not _waiting(house, message_id, consumer):
        raise ClientError(f"no dead letter {message_id!r} waits", 4)
    metadata = {"dropped": [message_id], "consumer": consumer, "by": HUMAN, "via": via[:VIA_CHARACTERS]}
    [position] = await house.bus.publish(
        new_message(COORDINATOR, COORDINATOR, "receipt", "", origin="coordinator", metadata=metadata)
    )
    # Who asks again at once is told that it waits no more.
    await house.coordinator.folding.reached(position)
    return {"id": message_id, "position": position}


def _waiting(house: House, message_id: str, consumer: str) -> list[Letter]:
    letters = house.coordinator.room.dead.waiting.values()
    return [letter for letter in letters if letter.id == message_id and consumer in ("", letter.consumer)]


async def listed(house: House) -> list[dict[str, Any]]:
    """All dead letters, the oldest message first, and which of them still wait for the person's word."""
    waiting = house.coordinator.room.dead
    letters = await asyncio.to_thread(dead_letters, house.workspace.bus)
    found = [letter_of(letter) for letter in letters]
    return [row(letter, letter.key in waiting.waiting or waiting.is_new(letter)) for letter in found]


def row(letter: Letter, is_waiting: bool) -> dict[str, Any]:
    """A dead letter as commands show it."""
    return {
        "id": letter.id, "consumer": letter.consumer, "from": letter.from_, "to": letter.to, "type": letter.type,
        "position": letter.position, "attempts": letter.attempts, "reason": letter.reason, "at": letter.at,
        "content": letter.text, "waiting": is_waiting,
    }  # fmt: skip


async def _find(house: House, message_id: str) -> Message | None:
    """In the log, or, where the log no longer reaches back so far, among the dead letters."""
    found = await house.history.record(message_id)
    if found is not None:
        return found.message
    return await asyncio.to_thread(_buried, house.workspace.bus, message_id)


def _buried(root: Path, message_id: str) -> Message | None:
    for letter in dead_letters(root):
        if message_id not in letter.line:
            continue
        try:
            message = record.decode(letter.line.encode())
        except DamagedLine:
            continue
        if message.id == message_id:
            return message
    return None
