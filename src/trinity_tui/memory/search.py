"""Finding what is known about something: words in, records out, the best first, each with what speaks for it.

Two stages, so that a hundred thousand records cost as little as a thousand. First the index gives the records that have
the rarest of the words; no more than ``ROWS_MOST`` rows are looked at for a search. Then these and what was said around
them are scored in full (``core.ranking``). What is looked for is only ever quoted words to the index, never its
language.
"""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core import ranking
from trinity_tui.core.memory import Record
from trinity_tui.core.ranking import (
    AFTER_WEIGHTS,
    BEFORE_WEIGHTS,
    Corpus,
    Match,
    covered,
    freshness,
    meanings,
    recency,
    sureness,
)
from trinity_tui.core.words import names_place, places, stem, stems, telling, without_endings, words
from trinity_tui.memory import second
from trinity_tui.memory.rows import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trinity_tui.memory.embedding import Vector
    from trinity_tui.memory.index import Index
    from trinity_tui.memory.second import Second

WORDS_MOST = 24
"""So many words of a search count; nobody asks with more, and a whole document is no question."""
ROWS_MOST = 3_000
"""How many rows of the index a search may look at."""
CANDIDATES = 100
"""How many records are scored in full."""
RERANKED = 50
"""So many of the best are looked at by a second ranker, where there is one."""
SURROUNDED = 40
"""Around how many of them one looks for what else was said."""
BEGUN_LEAST = 2
"""So many letters begin a word."""
LAST_CHARACTER = "\U0010ffff"
GAP_SECONDS = 4 * 3600.0
"""What lies further apart is not about the same, whatever the session says."""
_decoder = msgspec.json.Decoder(Record)


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for. Times are seconds since the epoch."""

    text: str
    """In any words; without any, the newest records are found."""
    now: float
    kinds: tuple[str, ...] = ()
    author: str = ""
    tags: tuple[str, ...] = ()
    """All of which it must have."""
    as_of: float | None = None
    """What held then instead of now."""
    newer_than: float | None = None
    limit: int = 10
    sure_least: float = 1.0
    """What answers less surely (``ranking.sureness``) is not found; less for a whole task, of which none says much."""
    is_begun: bool = False
    """Whether it is being typed: a last word that nobody said stands for the most common one that begins so."""


class Hit(msgspec.Struct, frozen=True):
    """A record found."""

    record: Record
    score: float
    parts: dict[str, float]
    """What makes the score: the sum of ``text``, ``about``, ``date`` and ``neighbours``, times ``found`` (how much of
    what is looked for it has), ``age`` (what is left at its age, for kinds that age), ``recent`` and, where there is
    a second ranker, ``meaning``."""
    why: str
    """The same for a person."""
    lacks: tuple[str, ...] = ()
    """What is looked for and the record does not say itself; nothing where it is a match, else it is only near."""


def search(index: Index, query: Query, ranker: Second | None = None) -> list[Hit]:
    """What the memory has on it, the best first.

    Args:
        index: Of the memory.
        query: What is looked for.
        ranker: The second one; else that which is used beside the index.

    Raises:
        StoreError: The index is damaged, or gone.
    """
    ranker = ranker or second.beside(index.path)
    question = ranker.question(query.text) if ranker is not None and query.text.strip() else None
    with index.snapshot():
        return _Search(index, query, (ranker, question) if ranker and question else None).hits()


class _Candidate(msgspec.Struct):
    """A record on its way to being a hit."""

    match: Match
    time: float
    freshness: float
    is_answer: bool
    """Whether it is what is asked for, or only stands beside it."""
    unnamed: tuple[str, ...]
    """The files that are asked for and it does not name."""
    lent: dict[str, float] = msgspec.field(default_factory=dict[str, float])
    """By stem that it has not itself, what one said around it scores for it."""


class _Search:
    def __init__(self, index: Index, query: Query, asked: tuple[Second, Vector] | None) -> None:
        self._query = query
        self._asked = asked
        self._ask = index.query
        self._at = query.now if query.as_of is None else query.as_of
        self._places = places(query.text)
        self._words = {stem(word): word for word in telling(without_endings(query.text))[:WORDS_MOST]}
        self._begun = self._complete() if query.is_begun else ""
        self._wanted = list(self._words)
        self._filter, self._filter_values = self._filters()
        self._counts, self._corpus = self._read_counts()

    def hits(self) -> list[Hit]:
        if not self._wanted:
            return self._newest()
        numbers = self._first_stage()
        around = self._around(numbers[:SURROUNDED])
        found = self._scored({*numbers, *(target for target, _, _ in around)})
        for target, place, source in around:
            if target in found and source in found:
                self._lend(found[target], place, found[source].match)
        scores = [(self._score(one), one.time, number) for number, one in found.items() if one.is_answer]
        ranked = [(number, score) for score, _, number in sorted(scores, reverse=True) if score > 0]
        # Who names a file means that one; only where nothing names it, what has its words may be meant.
        ranked = [one for one in ranked if not found[one[0]].unnamed] or ranked
        chosen = ranked[: max(self._query.limit, RERANKED if self._asked else 0)]
        records = self._records([number for number, _ in chosen])
        hits = [self._hit(records[number], found[number], score) for number, score in chosen]
        return (self._reranked(hits, *self._asked) if self._asked else hits)[: self._query.limit]

    def _reranked(self, hits: list[Hit], ranker: Second, question: Vector) -> list[Hit]:
        """The first of them anew, by what they mean as well."""
        first = hits[:RERANKED]
        near = ranker.nearness(question, (hit.record.sha256 for hit in first))
        shares = meanings([near.get(hit.record.sha256) for hit in first])
        again = [_with_meaning(hit, 1 + ranker.weight * share) for hit, share in zip(first, shares, strict=True)]
        return sorted(again, key=lambda hit: -hit.score) + hits[RERANKED:]

    def _complete(self) -> str:
        """Have the word that was only begun stand for the most common one there is; its stem, or nothing."""
        typed = words(self._query.text)[-1:]
        last = next((name for name, word in self._words.items() if [word] == typed), "")
        if len(last) < BEGUN_LEAST or self._ask("SELECT 1 FROM stems WHERE stem = ?", [last]):
            return ""
        word = self._words[last]
        found = self._ask(_COMPLETED, [word, f"{word}{LAST_CHARACTER}"])
        if not found:
            return ""
        del self._words[last]
        self._words[found[0][0]] = word
        return found[0][0]

    def _filters(self) -> tuple[str, list[Any]]:
        query = self._query
        clauses, values = ["r.valid_from <= ? AND r.invalid_at > ? AND NOT r.retracted"], [self._at, self._at]
        more: list[Any] = []
        if query.kinds:
            clauses.append(f"r.kind IN ({','.join('?' * len(query.kinds))})")
            more += query.kinds
        if query.author:
            clauses.append("instr(r.authors, ?)")
            more.append(listed(query.author))
        for tag in query.tags:
            clauses.append("instr(r.tags, ?)")
            more.append(listed(tag))
        if query.newer_than is not None:
            clauses.append("r.time > ?")
            more.append(query.newer_than)
        return " AND ".join(clauses), [*values, *more]

    def _read_counts(self) -> tuple[dict[str, int], Corpus]:
        marks = ",".join("?" * len(self._wanted))
        counts = dict(self._ask(f"SELECT stem, records FROM stems WHERE stem IN ({marks})", self._wanted))
        (size,) = self._ask("SELECT records, words FROM sizes")
        return counts, ranking.corpus(self._wanted, counts, *size)

    def _newest(self) -> list[Hit]:
        sql = f"SELECT r.record FROM records r WHERE {self._filter} ORDER BY r.time DESC, r.id DESC LIMIT ?"
        rows = self._ask(sql, [*self._filter_values, self._query.limit])
        return [Hit(_decoder.decode(row[0]), 0.0, {}, "one of the newest") for row in rows]

    def _first_stage(self) -> list[int]:
        """The records worth scoring, the likeliest first."""
        counts = self._counts
        common = sorted((name for name in self._wanted if counts.get(name)), key=lambda name: (counts[name], name))
        rare: list[str] = []
        while common and sum(counts[name] for name in rare) + counts[common[0]] <= ROWS_MOST:
            rare.append(common.pop(0))
        numbers = self._matching(" OR ".join(map(self._quoted, rare)), False) if rare else []
        if common and len(numbers) < CANDIDATES:
            # Each alone is in too many records to tell anything; two together are.
            pairs = [f"({self._quoted(one)} AND {self._quoted(other)})" for one, other in combinations(common[:4], 2)]
            numbers += self._matching(" OR ".join(pairs) or self._quoted(common[0]), True)
        return list(dict.fromkeys(numbers))

    def _quoted(self, name: str) -> str:
        return f'"{self._words[name]}"{"*" if name == self._begun else ""}'

    def _matching(self, expression: str, is_bounded: bool) -> list[int]:
        """Records with these words, the likeliest first; bounded, only the newest of them are looked at."""
        bound = f"ORDER BY found.rowid DESC LIMIT {ROWS_MOST}" if is_bounded else ""
        sql = (
            "SELECT number FROM (SELECT r.number AS number, bm25(found, 1.0, 0.6, 0.3) AS rank_ FROM found"
            f" CROSS JOIN records r ON r.number = found.rowid WHERE found MATCH ? AND {self._filter} {bound})"
            f" ORDER BY rank_ LIMIT {CANDIDATES}"
        )
        return [row[0] for row in self._ask(sql, [expression, *self._filter_values])]

    def _around(self, numbers: Sequence[int]) -> list[tuple[int, int, int]]:
        """What was said around records: which, in which place it has them around it, and which they are."""
        found: list[tuple[int, int, int]] = []
        for number in numbers:
            for where in self._ask(_SAID, [number]):
                for sql, sign in ((_FOLLOWING, -1), (_PRECEDING, 1)):
                    found += [
                        (other, sign * distance, number)
                        for distance, (other, time) in enumerate(self._ask(sql, where), 1)
                        if abs(time - where[1]) <= GAP_SECONDS and other != number
                    ]
        return found

    def _scored(self, numbers: Iterable[int]) -> dict[int, _Candidate]:
        sql = (
            f"SELECT r.number, r.time, r.kind, {self._filter}, r.text, r.about, r.date FROM records r"
            " WHERE r.number IN (SELECT value FROM json_each(?)) AND NOT r.retracted"
        )
        found: dict[int, _Candidate] = {}
        rows = self._ask(sql, [*self._filter_values, msgspec.json.encode(list(numbers)).decode()])
        for number, time, kind, is_answer, text, about, date in rows:
            match = ranking.match(text, about, date, self._corpus)
            unnamed = tuple(
                place for place in self._places if not (names_place(text, place) or names_place(about, place))
            )
            found[number] = _Candidate(match, time, freshness(kind, self._at - time), bool(is_answer), unnamed)
        return found

    def _lend(self, to: _Candidate, place: int, source: Match) -> None:
        """What is said nearby counts only where the record itself does not say it."""
        weight = (BEFORE_WEIGHTS if place < 0 else AFTER_WEIGHTS)[abs(place) - 1]
        for name, score in source.scores.items():
            if name not in to.match.scores:
                to.lent[name] = max(to.lent.get(name, 0.0), weight * score)

    def _factors(self, one: _Candidate) -> dict[str, float]:
        """What its words' scores are multiplied by."""
        found = covered({*one.match.scores, *one.lent}, self._corpus)
        return {"found": found, "age": one.freshness, "recent": recency(self._at - one.time)}

    def _score(self, one: _Candidate) -> float:
        """0 for what is no answer."""
        if sureness(one.match.scores, one.lent, self._corpus) < self._query.sure_least:
            return 0.0
        return (one.match.score + sum(one.lent.values())) * math.prod(self._factors(one).values())

    def _records(self, numbers: Sequence[int]) -> dict[int, Record]:
        sql = "SELECT number, record FROM records WHERE number IN (SELECT value FROM json_each(?))"
        rows = self._ask(sql, [msgspec.json.encode(numbers).decode()])
        return {number: _decoder.decode(record) for number, record in rows}

    def _hit(self, record: Record, one: _Candidate, score: float) -> Hit:
        parts = {**one.match.parts, "neighbours": sum(one.lent.values()), **self._factors(one)}
        why = [
            f"{_COLUMNS[name]}: {', '.join(self._words[name_] for name_ in found)}"
            for name, found in one.match.stems.items()
            if found
        ]
        if one.lent:
            why.append(f"said around it: {', '.join(word for name, word in self._words.items() if name in one.lent)}")
        if one.freshness < 1:
            why.append(f"counts {one.freshness:.0%} at its age")
        return Hit(record, score, parts, "; ".join(why), self._lacks(one))

    def _lacks(self, one: _Candidate) -> tuple[str, ...]:
        """Files first; a word of a file that is not named is not told again."""
        said = {*one.match.scores, *stems(" ".join(one.unnamed))}
        return *one.unnamed, *(word for name, word in self._words.items() if name not in said)


def _with_meaning(hit: Hit, factor: float) -> Hit:
    why = f"{hit.why}; its meaning counts {factor:.1f}×" if factor > 1 else hit.why
    return msgspec.structs.replace(hit, score=hit.score * factor, parts={**hit.parts, "meaning": factor}, why=why)


_COMPLETED = "SELECT stem FROM stems WHERE stem >= ? AND stem < ? ORDER BY records DESC, stem LIMIT 1"
_COLUMNS = {"text": "in its text", "about": "what it is about", "date": "its date"}
_SAID = (
    "SELECT stream, l.time, l.id FROM records r JOIN lines l ON l.same = r.same"
    " AND l.since BETWEEN r.valid_from AND r.invalid_at WHERE r.number = ? ORDER BY l.since DESC LIMIT 3"
)
_BESIDE = (
    "SELECT (SELECT number FROM records r WHERE r.same = l.same AND r.valid_from <= l.since AND NOT r.retracted"
    " ORDER BY r.valid_from DESC LIMIT 1) AS number, l.time FROM lines l WHERE stream = ?1 AND number IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM records r WHERE r.same = l.same AND r.valid_from = l.since AND r.id = l.id"
    " AND r.retracted)"
)
_FOLLOWING = f"{_BESIDE} AND (l.time, l.id) > (?2, ?3) ORDER BY l.time, l.id LIMIT {len(BEFORE_WEIGHTS)}"
_PRECEDING = f"{_BESIDE} AND (l.time, l.id) < (?2, ?3) ORDER BY l.time DESC, l.id DESC LIMIT {len(AFTER_WEIGHTS)}"
