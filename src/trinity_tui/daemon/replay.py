"""The room of the past, for a screen that folds: a snapshot, and the records that go on from it, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core.errors import ClientError
from trinity_tui.core.room import Room
from trinity_tui.daemon.hub import batch

if TYPE_CHECKING:
    from trinity_tui.bus import Bus
    from trinity_tui.coordinator.archive import Archive
    from trinity_tui.core.record import Position, Record

RECORDS_A_PAGE = 2_000


class Replay:
    """Answers where a replay begins and how it goes on.

    Args:
        bus: The log.
        archive: Its snapshots.
    """

    def __init__(self, bus: Bus, archive: Archive) -> None:
        self._bus = bus
        self._archive = archive

    async def seek(self, position: Position, limit: int) -> dict[str, Any]:
        """The snapshot before a position, and the first page of what comes after it.

        Raises:
            ClientError: The position is older than what is kept (4).
        """
        first, end = await self._bus.first(), await self._bus.end()
        if position < first:
            raise ClientError(
                f"position {position} is older than kept: the log begins at {first}", 4,
                "`[bus] retain_hours` and `retain_bytes` say how much is kept.",
            )  # fmt: skip
        found = await self._archive.before(min(position, end))
        start, room = found or (first, msgspec.json.encode(Room()))
        page = await self.page(start, limit)
        # Where nothing stands before the kept log, a room begins without what the log said before it.
        return {**page, "position": start, "room": msgspec.Raw(room), "is_partial": found is None and first > 0}

    async def page(self, start: Position, limit: int) -> dict[str, Any]:
        """Records from a position on, contents cut, and where to go on; none at the log's end."""
        most = max(1, min(limit, RECORDS_A_PAGE))
        records: list[Record] = []
        async for record in self._bus.read(start):
            records.append(record)
            if len(records) == most:
                break
        following = records[-1].position + 1 if records else start
        return {
            "first": await self._bus.first(), "end": await self._bus.end(), "generation": self._bus.generation,
            "records": batch(following, records).records, "next": following,
        }  # fmt: skip
