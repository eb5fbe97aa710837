"""How much of the stream is kept: its seams, how far every consumer is, and giving up its beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus.nats.lane import LANES

if TYPE_CHECKING:
    from trinity_tui.bus.nats.link import Link
    from trinity_tui.core.record import Position

SEAM_SEQUENCES = 20_000
"""Snapshots stand, and the stream is given up, at multiples of this."""


class _Reached(msgspec.Struct):
    stream_seq: int = 0


class _Consumer(msgspec.Struct):
    name: str
    ack_floor: _Reached
    num_ack_pending: int = 0
    num_pending: int = 0


class _Page(msgspec.Struct):
    total: int
    consumers: list[_Consumer] | None = None


def seam_at(position: Position) -> Position:
    """The first seam at a position or after it."""
    return -(-position // SEAM_SEQUENCES) * SEAM_SEQUENCES


async def lows(link: Link, end: Position) -> dict[str, Position]:
    """Below it each consumer of the stream is done with everything; one of another computer has that before its name.

    Args:
        link: The way to the server.
        end: Where the stream ended before this was asked.

    Raises:
        BusError: The server does not answer.
    """
    found: dict[str, Position] = {}
    for one in await _consumers(link):
        owner, underscore, lane = one.name.rpartition("_")
        computer, separator, name = owner.partition("_")
        if not (underscore and separator and lane in LANES):
            continue  # One that only reads, or somebody else's.
        is_done = not one.num_pending and not one.num_ack_pending
        low = end if is_done else one.ack_floor.stream_seq + 1
        key = name if computer == link.place.computer else f"{computer}/{name}"
        found[key] = min(low, found.get(key, low))
    return found


async def _consumers(link: Link) -> list[_Consumer]:
    found: list[_Consumer] = []
    while True:
        answer = await link.api(f"CONSUMER.LIST.{link.place.stream}", {"offset": len(found)})
        page = msgspec.json.decode(answer, type=_Page)
        found += page.consumers or []
        if not page.consumers or len(found) >= page.total:
            return found


async def drop_before(link: Link, first: Position, position: Position) -> list[Position]:
    """Give up what stands before a position; the starts of the parts that went.

    Raises:
        BusError: The server refuses, or does not answer.
    """
    if position <= first:
        return []
    await link.api(f"STREAM.PURGE.{link.place.stream}", {"seq": position})
    return [first, *range(seam_at(first + 1), position, SEAM_SEQUENCES)]
