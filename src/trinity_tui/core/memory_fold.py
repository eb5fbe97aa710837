"""What lines of memory say together: the same for any order and repetition of them, from any number of computers.

A statement is one ``add``. It ends where its author says something else in its slot, where another supersedes it, or
where its contradiction is resolved for another value; retracted, it is as if it had never been said, and what it
superseded stands again, but for what was replaced under its own key. What the person said, only the person (or the
coordinator for them) ends. Statements of the same text that hold without a gap between them are one record.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.memory import SOURCES_MOST, Operation, Record, about, encode, order, plain, slot, slot_of_key
from trinity_tui.core.words import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trinity_tui.core.memory import Order

_TRUSTED = (HUMAN, COORDINATOR)


class Claim(msgspec.Struct, frozen=True):
    """One value stated of something, and the records that state it."""

    value: str
    record_ids: tuple[str, ...]
    authors: tuple[str, ...]


class Contradiction(msgspec.Struct, frozen=True):
    """Two or more values that hold for the same thing; open until somebody resolves it."""

    subject: str
    predicate: str
    claims: tuple[Claim, ...]


class _Span(msgspec.Struct, gc=False):
    """A statement, and how long it holds."""

    statement: Operation
    since: float
    until: float
    ended_by: str = ""


def fold(operations: Iterable[Operation], fingerprints: Mapping[str, str] | None = None) -> list[Record]:
    """The records, in the order of their first statements.

    Args:
        operations: In any order, as often as they come.
        fingerprints: Of the texts of the statements, by id, where they are known already.
    """
    return _Folding(operations, fingerprints).records()


def contradictions(records: Iterable[Record], at: float) -> list[Contradiction]:
    """What is stated differently by records that hold at a moment; seconds since the epoch."""
    stated: defaultdict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in records:
        if record.subject and record.predicate and record.value and record.holds(at):
            stated[plain(record.subject), plain(record.predicate)].append(record)
    found: list[Contradiction] = []
    for _, sides in sorted(stated.items()):
        claims = _claims(sides)
        if len(claims) > 1:
            found.append(Contradiction(sides[0].subject, sides[0].predicate, claims))
    return found


def _claims(records: list[Record]) -> tuple[Claim, ...]:
    by_value: defaultdict[str, list[Record]] = defaultdict(list)
    for record in sorted(records, key=lambda one: (one.time, one.id)):
        by_value[plain(record.value)].append(record)
    return tuple(
        Claim(same[0].value, tuple(one.id for one in same), _names(same)) for same in by_value.values()
    )  # fmt: skip


def _names(records: Iterable[Record]) -> tuple[str, ...]:
    return tuple(sorted({name for one in records for name in one.authors}))


def unique(operations: Iterable[Operation]) -> dict[str, Operation]:
    """By id; where two of one id differ, everybody takes the same one of them."""
    found: dict[str, Operation] = {}
    for operation in operations:
        other = found.setdefault(operation.id, operation)
        if other is not operation and other != operation:
            found[operation.id] = min(other, operation, key=lambda one: (order(one), encode(one)))
    return found


class _Folding:
    """One fold: who ends whom, then what is left."""

    def __init__(self, operations: Iterable[Operation], fingerprints: Mapping[str, str] | None) -> None:
        self._all = unique(operations)
        self._statements = {one.id: one for one in self._all.values() if one.op == "add"}
        self._shas = fingerprints or {name: fingerprint(one.text) for name, one in self._statements.items()}
        self._retracted = self._retractions()
        self._spans = {name: _span(one) for name, one in self._statements.items() if name not in self._retracted}
        self._moved: dict[str, tuple[Order, int]] = {}
        self._supersede()
        self._say_again()
        self._resolve()
        self._move()

    def _retractions(self) -> dict[str, Operation]:
        """By statement, the first that takes it back."""
        found: dict[str, Operation] = {}
        for one in self._all.values():
            said = self._statements.get(one.target) if one.op == "retract" else None
            if said is not None and (one.author in _TRUSTED or _is_same_author(one, said)):
                found[said.id] = min(found.get(said.id, one), one, key=order)
        return found

    def _supersede(self) -> None:
        for span in list(self._spans.values()):
            for name in span.statement.supersedes:
                if name != span.statement.id:
                    self._end(name, span.statement, span.since)

    def _say_again(self) -> None:
        """Whoever fills a slot anew ends what they said in it before."""
        slots: defaultdict[str, list[Operation]] = defaultdict(list)
        for one in self._statements.values():
            # What was replaced under its own key stays so: taken back is the thing, not the last wording of it.
            if (one.key or one.id in self._spans) and (name := slot(one)):
                slots[name].append(one)
        for said in slots.values():
            said.sort(key=order)
            keys = [self._same_key(one) for one in said]
            after: Operation | None = None
            for number in range(len(said) - 2, -1, -1):
                # What only repeats it ends nothing: the next other thing ends them both.
                after = said[number + 1] if keys[number] != keys[number + 1] else after
                if after is not None:
                    self._end(said[number].id, after, _span(after).since)

    def _resolve(self) -> None:
        """Of each thing, the last resolution counts."""
        last: dict[str, Operation] = {}
        stated: defaultdict[str, list[Operation]] = defaultdict(list)
        for span in self._spans.values():
            if name := about(span.statement):
                stated[name].append(span.statement)
        for one in self._all.values():
            winner = self._spans.get(one.target) if one.op == "resolve" else None
            if winner is not None and (name := about(winner.statement)):
                last[name] = max(last.get(name, one), one, key=order)
        for name, resolution in last.items():
            value = plain(self._statements[resolution.target].value)
            for said in stated[name]:
                if plain(said.value) != value and order(said) < order(resolution):
                    self._end(said.id, resolution, resolution.time.timestamp(), resolution.target)

    def _end(self, name: str, by: Operation, when: float, ended_by: str = "") -> None:
        span = self._spans.get(name)
        if span is None or (span.statement.author == HUMAN and by.author not in _TRUSTED):
            return
        ended_by = ended_by or by.id
        if (when, ended_by) < (span.until, span.ended_by) or (when == span.until and not span.ended_by):
            span.until, span.ended_by = when, ended_by

    def _move(self) -> None:
        for one in self._all.values():
            if one.op == "move":
                for key, line in one.lines.items():
                    name = slot_of_key(one, key)
                    self._moved[name] = max(self._moved.get(name, (order(one), line)), (order(one), line))

    def records(self) -> list[Record]:
        """The statements of the same text that hold without a gap, each as one record."""
        same: defaultdict[tuple[str, str], list[_Span]] = defaultdict(list)
        for span in self._spans.values():
            same[self._same_key(span.statement)].append(span)
        found = [
            self._alone(sha, run[0]) if len(run) == 1 else self._record(sha, run)
            for (sha, _), spans in same.items() for run in ((spans,) if len(spans) == 1 else _runs(spans))
        ]  # fmt: skip
        found += [self._taken_back(self._statements[name], by) for name, by in self._retracted.items()]
        return sorted(found, key=lambda one: (one.time, one.computer, one.id))

    def _same_key(self, statement: Operation) -> tuple[str, str]:
        """Equal for statements that say the same."""
        name = about(statement)
        return self._shas[statement.id], f"{name}\x1f{plain(statement.value)}" if name else ""

    def _record(self, sha: str, run: list[_Span]) -> Record:
        run.sort(key=lambda span: order(span.statement))
        said = [span.statement for span in run]
        first, newest = said[0], said[-1]
        last = max(run, key=lambda span: (span.until, span.ended_by))
        named = [one.id for one in (said if len(said) <= SOURCES_MOST else [first, *said[1 - SOURCES_MOST :]])]
        cited = [name for one in said[-SOURCES_MOST:] for name in one.sources]
        return msgspec.structs.replace(
            self._alone(sha, _Span(newest, min(span.since for span in run), last.until, last.ended_by)),
            id=first.id, kind=first.kind, tags=tuple(sorted({tag for one in said for tag in one.tags})),
            author=first.author, authors=tuple(dict.fromkeys(one.author for one in said)), computer=first.computer,
            session=first.session, time=first.time.timestamp(), said=len(said),
            confidence=max(one.confidence for one in said),
            supersedes=tuple(dict.fromkeys(name for one in said[-SOURCES_MOST:] for name in one.supersedes)),
            sources=tuple(dict.fromkeys([*named, *cited]))[: 2 * SOURCES_MOST],
        )  # fmt: skip

    def _alone(self, sha: str, span: _Span) -> Record:
        """The record of what was said once."""
        said = span.statement
        text, line = self._placed(said) if said.key else (said.text, said.line)
        time = said.time.timestamp()
        return Record(
            id=said.id, kind=said.kind, text=text, subject=said.subject, predicate=said.predicate, value=said.value,
            tags=tuple(sorted(set(said.tags))) if said.tags else (), author=said.author, authors=(said.author,),
            computer=said.computer, session=said.session, time=time, last=time, confidence=said.confidence,
            valid_from=span.since, invalid_at=None if span.until == math.inf else span.until, ended_by=span.ended_by,
            supersedes=said.supersedes,
            sources=tuple(dict.fromkeys((said.id, *said.sources)))[: 2 * SOURCES_MOST] if said.sources else (said.id,),
            path=said.path, line=line, sha256=sha,
        )  # fmt: skip

    def _placed(self, said: Operation) -> tuple[str, int]:
        """Its text and line, where it stands now."""
        moved = self._moved.get(slot(said))
        if moved is None or moved[0] < order(said) or moved[1] <= 0:
            return said.text, said.line
        return said.text.replace(f"{said.path}:{said.line} ", f"{said.path}:{moved[1]} ", 1), moved[1]

    def _taken_back(self, said: Operation, by: Operation) -> Record:
        record = self._alone(self._shas[said.id], _span(said))
        return msgspec.structs.replace(record, is_retracted=True, ended_by=by.id, invalid_at=by.time.timestamp())


def _span(statement: Operation) -> _Span:
    since = statement.valid_from or statement.time
    return _Span(statement, since.timestamp(), statement.expires.timestamp() if statement.expires else math.inf)


def _is_same_author(one: Operation, other: Operation) -> bool:
    return (one.author, one.computer) == (other.author, other.computer)


def _runs(spans: list[_Span]) -> list[list[_Span]]:
    """The spans, together where one begins before those before it ended."""
    runs: list[list[_Span]] = []
    end = -math.inf
    for span in sorted(spans, key=lambda one: (one.since, order(one.statement))):
        if runs and span.since <= end:
            runs[-1].append(span)
        else:
            runs.append([span])
            end = -math.inf
        end = max(end, span.until)
    return runs
