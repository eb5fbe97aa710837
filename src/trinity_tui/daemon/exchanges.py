"""What the person does about exchanges with models: stop one, ask the same again, see what was used."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core.errors import ClientError
from trinity_tui.core.message import ASKING
from trinity_tui.core.usage_account import day_named
from trinity_tui.core.wire import live

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.core.record import Record
    from trinity_tui.core.room import Approval
    from trinity_tui.core.usage_account import Account
    from trinity_tui.daemon.house import House

NOT_SAID_AGAIN = frozenset({"wait", "cause", "retry_of", "resent_of"})


def cut(house: House, instance: str, turn: str) -> dict[str, Any]:
    """Stop a turn; what there is of it is kept as a cut answer.

    Raises:
        ClientError: The instance is not there, or does not know how.
    """
    if not house.lanes.send(instance, live.Cut(turn)):
        raise ClientError(f"{instance} is not connected, or of an older version: nothing was cut")
    return {"instance": instance, "turn": turn}


async def retry(house: House, message_id: str) -> dict[str, Any]:
    """Ask the same again, under a new id and in the same conversation.

    Raises:
        ClientError: There is no such question of the person's in the log (4).
    """
    record = await house.history.record(message_id)
    if record is None or record.message.from_ != "human" or record.message.type not in ASKING:
        raise ClientError(f"{message_id!r} is no question of yours in the log", 4)
    asked = record.message
    metadata = {key: value for key, value in asked.metadata.items() if key not in NOT_SAID_AGAIN}
    sent, position = await house.coordinator.person.send(
        asked.to, asked.type, await house.bus.body(asked), priority=asked.priority, thread=asked.thread or asked.id,
        metadata=metadata | {"retry_of": asked.id},
    )  # fmt: skip
    return {"id": sent.id, "position": position, "to": sent.to, "retry_of": asked.id}


def usage_rows(account: Account, day: str | None = None) -> list[dict[str, Any]]:
    """What was used, a row for each day, instance and brain, the newest day first.

    Args:
        account: As the room has it.
        day: Only this UTC day; all that are kept where not given.

    Raises:
        ClientError: That is no day (2).
    """
    meant = None if day is None else day_named(day, time.time())
    return [
        {
            "day": when, "instance": instance, "brain": brain, "exchanges": tally.exchanges,
            **msgspec.to_builtins(tally.usage), "dollars": tally.usage.microdollars / 1_000_000,
        }
        for when in sorted(account.days, reverse=True) if meant in (None, when)
        for instance, tallies in sorted(account.days[when].items())
        for brain, tally in sorted(tallies.items())
    ]  # fmt: skip


def tell_verdicts(house: House, records: Sequence[Record]) -> None:
    """Say to the instances that wait what was decided about their calls; the log is where it stays."""
    for message in (record.message for record in records):
        if message.type == "approval" and message.from_ == "coordinator" and message.reply_to:
            asked = house.coordinator.room.approvals.get(message.reply_to)
            if asked is not None and asked.kind:
                tell_verdict(house, asked)


def tell_verdict(house: House, asked: Approval) -> None:
    """Say to an instance what was decided about its call, if that was."""
    verdict = asked.verdict
    if verdict == "once" or verdict == "always" or verdict == "reject":
        house.lanes.send(asked.from_, live.Verdict(asked.id, verdict, asked.word, asked.granted))
