"""A shared file that is an object of rows by name, as a registry is: a row is known by its name, whatever is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec

from trinity_tui.core.door import DamagedArray, Kept, Ledger, decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trinity_tui.core.door import Fields, Known

Row = dict[str, Any]
BY = {"by": "trinity"}
"""What stands in each row of ours."""


class Rows(Ledger):
    """The ledger of such a file; an entry is ``{"id": NAME, "row": …}``.

    Of our own rows our keys count, and what others put in besides stays; of theirs everything does.
    """

    def __init__(self, mark: str) -> None:
        super().__init__(mark)
        self._ours: set[str] = set()

    def restore(self, known: Iterable[Known], kept: dict[str, Kept]) -> None:
        """Go on where an earlier process stopped; whose row is whose stands in it."""
        super().restore(known, kept)
        self._ours = {name for name, one in kept.items() if _is_ours(one.fields["row"])}

    def parse(self, content: bytes) -> list[Fields]:
        """The rows a file holds.

        Raises:
            DamagedArray: It holds no object.
        """
        found = decode(content)
        if not isinstance(found, dict):
            raise DamagedArray("it holds no object")
        return [{"id": name, "row": row} for name, row in cast("dict[str, object]", found).items()]

    def render(self, entries: list[Fields]) -> bytes:
        """The file of these rows, one a line."""
        rows = (msgspec.json.encode(one["id"]) + b":" + msgspec.json.encode(one["row"]) for one in entries)
        return b"{" + b",".join(b"\n" + row for row in rows) + b"\n}\n"

    def place_of(self, fields: Fields) -> tuple[str, str | None]:
        """By its name."""
        name = str(fields["id"])
        return name, name

    def merged(self, kept: Fields, found: Fields) -> Fields:
        """Ours keep what we say of them."""
        ours, theirs = kept["row"], found["row"]
        if kept["id"] not in self._ours or not isinstance(theirs, dict):
            return kept if kept["id"] in self._ours else found
        return {"id": kept["id"], "row": cast("Row", theirs) | ours}

    def arrived(self, items: list[Fields], now: float, since: float | None = None) -> set[str]:
        """As of any file; but a row that was taken out and is there again was put back: of a name there is one row."""
        found = super().arrived(items, now, since)
        for one in items:
            if (name := str(one["id"])) not in self.kept:
                self.kept[name] = Kept(one, name, seen=True)
        self._trim()
        return found

    def stand(self, rows: Mapping[str, Row]) -> None:
        """Have these be our rows; one that somebody took out stays out."""
        for name in self._ours - set(rows):
            self.kept.pop(name, None)
            self.known.pop(name, None)
            self.changes += 1
        for name, row in rows.items():
            one = self.kept.get(name)
            if one is not None:
                theirs = one.fields["row"]
                fields = {"id": name, "row": (cast("Row", theirs) if isinstance(theirs, dict) else {}) | row | BY}
                self.changes += fields != one.fields
                one.fields = fields
            elif name not in self.known:
                self.changes += 1
                self._know(name, name)
                self.kept[name] = Kept({"id": name, "row": row | BY}, name)
        self._ours = set(rows)


def _is_ours(row: object) -> bool:
    return isinstance(row, dict) and cast("Row", row).get("by") == BY["by"]
