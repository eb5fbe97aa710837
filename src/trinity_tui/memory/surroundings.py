"""Which lines of the index have a say in which records: no more of them than can matter, however many there are.

The records of one text follow one another in time, each a run of statements that hold without a gap. A change from some
moment on leaves those that were over before it as they are (``cut``). In a slot, a statement is ended by the next
other one and ends the one before it; what lies further off has no say.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from trinity_tui.core import memory
from trinity_tui.core.memory import about, slot
from trinity_tui.core.words import fingerprint
from trinity_tui.memory.rows import same_of, targets

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping

    from trinity_tui.core.memory import Operation

_BEFORE = (
    "SELECT line, id IN (SELECT target FROM links) FROM lines"
    " WHERE slot = ?1 AND (time, id) < (?2, ?3) ORDER BY time DESC, id DESC"
)
_AFTER = (
    "SELECT line, id IN (SELECT target FROM links) FROM lines"
    " WHERE slot = ?1 AND (time, id) > (?2, ?3) ORDER BY time, id"
)


class Surroundings:
    """What stands around lines.

    Args:
        connection: To the index, in a transaction.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._run = connection.execute
        self._run_many = connection.executemany

    def touched(self, operations: Iterable[Operation]) -> dict[int, float]:
        """The texts whose records these can change, each with the moment from which on."""
        found: defaultdict[int, float] = defaultdict(lambda: math.inf)
        others = [one for one in operations if one.op != "add"]
        heads = {one.id: one for one in operations if one.op == "add"}
        heads |= self.lines("id", [one.target for one in others if one.target])
        for head in heads.values():
            since = _since(head)
            for one in (head, *self.lines("id", head.supersedes).values(), *self._before(head)):
                found[_same(one)] = min(found[_same(one)], since, _since(one))
        whole = self.lines("slot", [name for one in others if one.op == "move" for name in targets(one)])
        whole |= self.lines("about", self._disputed(heads))
        found.update((_same(one), -math.inf) for one in whole.values())
        return dict(found)

    def _disputed(self, heads: Mapping[str, Operation]) -> set[str]:
        """The things of which one of these was said to hold."""
        resolutions = [one for one in self.linked(heads).values() if one.op == "resolve"]
        return {about(heads[one.target]) for one in resolutions if one.target in heads} - {""}

    def cut(self, same: int, since: float) -> float:
        """From which moment on the records of a text have to be made anew, where they can change from one on."""
        sql = "SELECT valid_from, invalid_at FROM records WHERE same = ? AND NOT retracted ORDER BY valid_from DESC"
        cut = since
        for valid_from, invalid_at in self._run(sql, (same,)):
            if valid_from < since and invalid_at < since:
                break
            cut = min(cut, valid_from)
        return cut

    def records(self, cuts: Mapping[int, float]) -> dict[bytes, int]:
        """The records of texts from a moment on, and their numbers."""
        sql = "SELECT record, number FROM records WHERE same = ? AND valid_from >= ?"
        return {record: number for cut in cuts.items() for record, number in self._run(sql, cut)}

    def of(self, cuts: Mapping[int, float]) -> dict[str, Operation]:
        """Every line that has a say in what records these texts make from a moment on."""
        sql = "SELECT line FROM lines WHERE same = ? AND since >= ?"
        said = _by_id(line for cut in cuts.items() for (line,) in self._run(sql, cut))
        after = {other.id: other for one in said.values() for other in self._after(one, said)}
        things = {name for one in said.values() if (name := about(one))}
        resolutions = self._decoded("SELECT line FROM resolved JOIN lines USING (id) WHERE resolved.about", things)
        held = self.lines("id", [one.target for one in resolutions.values()])
        slots = {name for one in said.values() if (name := slot(one))}
        linked = self.linked([*said, *slots, *after, *held])
        return said | after | resolutions | held | linked | self.linked(linked)

    def _before(self, to: Operation) -> Iterator[Operation]:
        """What stands before it in its slot, up to the first that was surely not taken back."""
        for one, is_named in self._beside(_BEFORE, to):
            yield one
            if not is_named:
                return

    def _after(self, to: Operation, said: Mapping[str, Operation]) -> Iterator[Operation]:
        """What stands after it in its slot, up to what ends it; or to one of those said, after which that is looked for
        as well."""
        same = _same(to)
        for one, is_named in self._beside(_AFTER, to):
            yield one
            if one.id in said if _same(one) == same else not is_named:
                return

    def _beside(self, sql: str, to: Operation) -> Iterator[tuple[Operation, bool]]:
        """Statements in its slot, the nearest first, and whether anything names them, and so might take them back."""
        if place := slot(to):
            for line, is_named in self._run(sql, (place, to.time.timestamp(), to.id)):
                yield memory.decode(line), bool(is_named)

    def linked(self, names: Iterable[str]) -> dict[str, Operation]:
        """What names these as its target."""
        return self._decoded("SELECT line FROM links JOIN lines USING (id) WHERE target", names)

    def lines(self, column: str, values: Iterable[str]) -> dict[str, Operation]:
        """Lines with one of these in a column, by id."""
        return self._decoded(f"SELECT line FROM lines WHERE {column}", values)

    def _decoded(self, sql: str, values: Iterable[str]) -> dict[str, Operation]:
        if not (wanted := [(value,) for value in values]):
            return {}
        self._run("DELETE FROM temp.wanted")
        self._run_many("INSERT OR IGNORE INTO temp.wanted VALUES (?)", wanted)
        return _by_id(line for (line,) in self._run(f"{sql} IN wanted").fetchall())


def _by_id(lines: Iterable[Any]) -> dict[str, Operation]:
    found = map(memory.decode, lines)
    return {one.id: one for one in found}


def _since(one: Operation) -> float:
    return (one.valid_from or one.time).timestamp()


def _same(one: Operation) -> int:
    return same_of(one, fingerprint(one.text))
