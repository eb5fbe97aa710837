"""A still: what a screen shows of a room, and no more; a replay folds on from there as it would from the room itself.

Most of a room is the ways of messages that the flow has let go, and the fingerprints of ids. A still has the ways of
the messages in its flow and of those that wait as dead letters, and so many fingerprints as there are records between
two stills; a message repeated after more than that is shown twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from trinity_tui.core.room_fold import FINGERPRINT_BYTES

if TYPE_CHECKING:
    from trinity_tui.core.room import Room

STILL_RECORDS = 1_000
"""So many records stand between two stills: a screen folds them in a small part of the time a seek may take."""


def still(room: Room) -> Room:
    """What is shown of a room; it shares its parts with it."""
    ways = room.deliveries
    shown = [row.id for row in room.flow] + [letter.id for letter in room.dead.waiting.values()]
    kept = sorted((ways.by_id[name] for name in set(shown) if name in ways.by_id), key=lambda way: way.position)
    deliveries = replace(
        ways, by_id={way.id: way for way in kept}, by_position={way.position: way.id for way in kept}
    )  # fmt: skip
    return replace(room, deliveries=deliveries, seen=room.seen[-STILL_RECORDS * FINGERPRINT_BYTES :])
