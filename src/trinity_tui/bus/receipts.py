"""What a consumer tells of its messages: received, read, expired, dead. One record for many, at most every 250 ms.

Low marks speak for what is addressed to many: all of it below ``received_low`` has been received, below ``read_low``
read. Lists carry positions of direct messages, ``expired`` and ``dead`` of any. Receipts are never receipted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trinity_tui.bus.backlog import Entry
    from trinity_tui.core.record import Position

HOLD_SECONDS = 0.25
LIST_POSITIONS = 200
"""Positions in one list of one receipt; four such lists stay below the limit of metadata."""
_KINDS = ("received", "read", "expired", "dead")


class Receipts:
    """What is to be told and has not been. A rule: nothing is read or written here."""

    def __init__(self) -> None:
        self._lists: dict[str, list[Position]] = {kind: [] for kind in _KINDS}
        self._unread: dict[Position, None] = {}
        """Messages to many that have been received and not read, in the log's order."""
        self._is_due = False

    @property
    def is_due(self) -> bool:
        """Whether there is something to tell."""
        return self._is_due

    def received(self, entry: Entry) -> None:
        """A message has entered the queue."""
        if entry.is_many:
            self._unread[entry.position] = None
        else:
            self._lists["received"].append(entry.position)
        self._is_due = True

    def read(self, entry: Entry) -> None:
        """A message has entered the brain's context."""
        if entry.is_many:
            self._unread.pop(entry.position, None)
        else:
            self._lists["read"].append(entry.position)
        self._is_due = True

    def done(self, entry: Entry) -> None:
        """A message is acknowledged; one to many no longer holds the mark back."""
        if self._unread.pop(entry.position, False) is None:
            self._is_due = True

    def expired(self, entry: Entry) -> None:
        """A message was too old to be delivered."""
        self._end(entry, "expired")

    def dead(self, entry: Entry) -> None:
        """A message was given up."""
        self._end(entry, "dead")

    def _end(self, entry: Entry, kind: str) -> None:
        self._unread.pop(entry.position, None)
        self._lists[kind].append(entry.position)
        self._is_due = True

    def take(self, scanned: Position) -> list[dict[str, Any]]:
        """The metadata of the receipts to write now; what they tell counts as told.

        Args:
            scanned: Up to where the consumer has read the log.
        """
        marks = {"received_low": scanned, "read_low": next(iter(self._unread), scanned)}
        lists = {kind: positions for kind, positions in self._lists.items() if positions}
        self._lists = {kind: [] for kind in _KINDS}
        self._is_due = False
        return [marks | part for part in _split(lists)]

    def put_back(self, receipts: list[dict[str, Any]]) -> None:
        """What could not be written is to be told again."""
        for receipt in receipts:
            for kind in _KINDS:
                self._lists[kind][:0] = receipt.get(kind, [])
        self._is_due = True


def _split(lists: dict[str, list[Position]]) -> Iterator[dict[str, Any]]:
    longest = max(map(len, lists.values()), default=0)
    for first in range(0, max(1, longest), LIST_POSITIONS):
        part = {kind: positions[first : first + LIST_POSITIONS] for kind, positions in lists.items()}
        yield {kind: positions for kind, positions in part.items() if positions}
