"""Messages that speak of positions, said anew for a log in which the same messages stand elsewhere.

Receipts name the positions of what they are about and how far somebody is; what an assignee says of its task shows
the position of the assignment. Everything else in a message knows other messages by their ids.
"""

from __future__ import annotations

import bisect
from array import array
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core import typed

if TYPE_CHECKING:
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position

_LISTS = ("received", "read", "expired", "dead")
_MARKS = ("received_low", "read_low")
_TOKEN = "token"


class Relocation:
    """Where messages stood, and where they stand; filled in the log's order."""

    def __init__(self) -> None:
        self._old = array("q")
        self._new = array("q")

    def __len__(self) -> int:
        return len(self._old)

    def add(self, old: Position, new: Position) -> None:
        """A message stands there now."""
        self._old.append(old)
        self._new.append(new)

    def exact(self, old: Position) -> Position | None:
        """Where the message that stood at a position stands; None where none did that was kept."""
        index = bisect.bisect_left(self._old, old)
        is_there = index < len(self._old) and self._old[index] == old
        return self._new[index] if is_there else None

    def mark(self, old: Position) -> Position:
        """The position below which stands what stood below another one."""
        # Right behind the last one: where the next one stands need not be known yet.
        index = bisect.bisect_left(self._old, old)
        return self._new[index - 1] + 1 if index else 0

    def said_anew(self, message: Message) -> Message:
        """The message with the positions it speaks of as they are now."""
        data = message.metadata
        changed: dict[str, Any] = {}
        if message.type == "receipt":
            changed = {kind: self._all(data, kind) for kind in _LISTS if kind in data}
            changed |= {kind: self.mark(typed.whole(data, kind)) for kind in _MARKS if kind in data}
        elif message.type in ("task_update", "task_complete") and _TOKEN in data:
            token = self.exact(typed.whole(data, _TOKEN, -1))
            changed = {} if token is None else {_TOKEN: token}
        return msgspec.structs.replace(message, metadata={**data, **changed}) if changed else message

    def _all(self, data: dict[str, Any], kind: str) -> list[Position]:
        places = (self.exact(position) for position in typed.wholes(data, kind))
        return [place for place in places if place is not None]
