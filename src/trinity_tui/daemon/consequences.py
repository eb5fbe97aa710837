"""What follows in a coordinator's process from what was folded: who is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.daemon.exchanges import tell_verdicts
from trinity_tui.daemon.tasks import tell_taken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.core.record import Record
    from trinity_tui.daemon.house import House


def follow(house: House, records: Sequence[Record]) -> None:
    """Tell faces, instances and files what these records changed for them."""
    if house.shown.has_looked.is_set():
        # A face that was let in before knows what is not looked at; it begins anew with what comes of that.
        house.hub.records(records)
    house.handoffs.folded(records)
    if house.coordinator.folding.caught_up.is_set():
        tell_verdicts(house, records)
        tell_taken(house, records)
    for message in (record.message for record in records):
        if message.type == "answer" and message.reply_to:
            house.voices.over(message.from_, message.reply_to)
    if any(record.message.type == "status" for record in records):
        house.bulletin.changed()
