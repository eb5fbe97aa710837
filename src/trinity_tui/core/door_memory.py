"""The shared file of what is remembered: the newest records that hold, and what outsiders add to them.

What holds is for the memory to say (``stand``), not for the log: a record goes when it is superseded, taken back or
over, and comes again when what ended it is taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.address import BROADCAST
from trinity_tui.core.door import NEWEST, Ledger, core_of, key_of
from trinity_tui.core.door_words import CONTENT_CHARACTERS
from trinity_tui.core.limits import SEEN_IDS
from trinity_tui.core.memory import KINDS
from trinity_tui.core.message import format_time
from trinity_tui.core.redact import redact

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from trinity_tui.core.door import Fields
    from trinity_tui.core.memory import Record

FINDING = "finding"
"""The type of every entry, as other programs know it; what kind of record it is stands in its metadata."""
TOLD = ("kind", "subject", "predicate", "value", "tags", "authors", "confidence", "path", "line", "computer")


class Records(Ledger):
    """The ledger of that file.

    Args:
        mark: Begins the ids of what was taken from this file.
        newest: How many entries the file holds.
    """

    def __init__(self, mark: str, newest: int = NEWEST) -> None:
        super().__init__(mark, newest)
        self._withdrawn: dict[str, None] = {}
        """What we took out, by key; only that may be put in again."""

    def stand(self, records: Iterable[Record], over: Collection[str]) -> None:
        """Have these be our entries; one that somebody took out stays out.

        Args:
            records: Those that hold, the newest last.
            over: Of the entries outsiders wrote, by id, those that hold no longer.
        """
        wanted = {record.id: record for record in records if not record.id.startswith(self.mark)}
        standing: set[str] = set()
        for key, one in list(self.kept.items()):
            name = str(one.fields.get("id", ""))
            is_theirs = not name or name.startswith(self.mark)
            if name in over if is_theirs else name not in wanted:
                del self.kept[key]
                self._withdrawn[key] = None
                self.changes += 1
            else:
                standing.add(name)
        while len(self._withdrawn) > SEEN_IDS:
            del self._withdrawn[next(iter(self._withdrawn))]
        for name, record in wanted.items():
            if name not in standing:
                self._stand(entry_of_record(record))

    def _stand(self, fields: Fields) -> None:
        key = key_of(core_of(fields), fields["timestamp"])
        if key not in self.known or key in self._withdrawn:
            self._withdrawn.pop(key, None)
            self.put(fields)


def entry_of_record(record: Record) -> Fields:
    """A record as it stands in the shared file."""
    metadata = {name: value for name in TOLD if (value := getattr(record, name))}
    return {
        "from": record.author, "to": BROADCAST, "type": FINDING, "timestamp": format_time(record.time),
        "content": redact(record.text[:CONTENT_CHARACTERS]), "metadata": metadata, "id": record.id,
    }  # fmt: skip


def record_says(fields: Fields) -> Fields:
    """What an outsider's entry says: a record, of the kind that stands as its type."""
    said = fields.get("type", FINDING)
    if said in KINDS:
        return {"kind": said, **fields, "type": FINDING}
    return {"claimed_type": said, **fields, "type": FINDING} if said != "memory" else {**fields, "type": FINDING}
