"""Finds things in a surveyed workspace: definitions by name, files by name, lines by their words.

Reads only what the survey listed, so links, secrets and foreign folders stay out; every place it returns exists.
"""

from __future__ import annotations

import ast
import re
import time
from typing import TYPE_CHECKING, NamedTuple

from trinity_tui.brains.builtin.files import read_file
from trinity_tui.brains.builtin.source import read_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from trinity_tui.brains.builtin.facts import Definition, FileFacts, Stamp

_SCAN_SECONDS = 3.0
_SCAN_HITS = 500
_STEM_LETTERS = 4
_NAME_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


class Found(NamedTuple):
    """A definition and the file it stands in."""

    path: str
    definition: Definition


class Hit(NamedTuple):
    """A line that contains what was searched."""

    path: str
    line: int
    text: str


class Index:
    """What can be looked up in a workspace."""

    def __init__(self, root: Path, stamps: Mapping[str, Stamp]) -> None:
        self._root = root
        self._facts = {path: stamps[path].facts for path in sorted(stamps, key=lambda p: (-stamps[p].mtime_ns, p))}

    @property
    def files(self) -> Mapping[str, FileFacts]:
        """Facts of every file, the most recently changed first."""
        return self._facts

    def lines(self, path: str) -> list[str]:
        """Lines of a listed file as they are now; empty if it cannot be read."""
        text = read_file(self._root, path) if path in self._facts else None
        return text.split("\n") if text else []

    def has(self, path: str, line: int) -> bool:
        """Whether this place exists."""
        return 1 <= line <= len(self.lines(path))

    def definitions(self, name: str) -> list[Found]:
        """Where a name is defined: the qualified name if one is meant, code before tests, exact case before any."""
        found = [
            Found(path, definition)
            for path, definition in self._all()
            if (definition.symbol.lower() + ".").endswith(name.lower() + ".")
            and (len(definition.symbol) == len(name) or definition.symbol[-len(name) - 1] == ".")
        ]
        exact = [place for place in found if place.definition.symbol.endswith(name)]
        return self._current(sorted(exact or found, key=self._rank))

    def related(self, words: list[str]) -> list[Found]:
        """Definitions whose names share the most words with these, the best first."""
        wanted = {word.lower() for word in words}
        scored = [(_kinship(wanted, place.definition.symbol), place) for place in map(Found._make, self._all())]
        best = max((score for score, _ in scored), default=0)
        return self._current(sorted((place for score, place in scored if score == best and score), key=self._rank))

    def files_named(self, name: str) -> list[str]:
        """Files a name can mean: the whole path, else the end of one, else its stem."""
        if name in self._facts:
            return [name]
        ends = [path for path in self._facts if path.endswith("/" + name)]
        return ends or [path for path in self._facts if path.rpartition("/")[2].rpartition(".")[0] == name]

    def search(self, text: str) -> list[Hit]:
        """Lines that contain a text, letter by letter; capitals count only if the text has some."""
        fold = text == text.lower()
        deadline = time.monotonic() + _SCAN_SECONDS
        hits: list[Hit] = []
        for path in self._facts:
            if len(hits) >= _SCAN_HITS or time.monotonic() >= deadline:
                break
            lines = enumerate(self.lines(path), 1)
            hits.extend(Hit(path, number, line) for number, line in lines if text in (line.lower() if fold else line))
        return hits[:_SCAN_HITS]

    def describe(self, path: str) -> dict[str, str]:
        """First sentences of the docstrings in a Python file by symbol; the module's own under the empty name."""
        text = read_file(self._root, path) if path in self._facts else None
        if text is None:
            return {}
        scopes = read_source(path, self._facts[path].kind, text).outline.scopes
        return {symbol: first_sentence(doc) for node, symbol in scopes if (doc := ast.get_docstring(node))}

    def _all(self) -> Iterator[tuple[str, Definition]]:
        return ((path, definition) for path, facts in self._facts.items() for definition in facts.definitions)

    def _rank(self, place: Found) -> tuple[bool, int, str, int]:
        is_code = self._facts[place.path].kind == "source"
        return (not is_code, len(place.definition.symbol), place.path, place.definition.line)

    def _current(self, places: list[Found]) -> list[Found]:
        """Drop what moved since the survey: the cited line must show the name."""
        return [place for place in places[:20] if self._shows(place)]

    def _shows(self, place: Found) -> bool:
        lines = self.lines(place.path)
        name = place.definition.symbol.rpartition(".")[2]
        return place.definition.line <= len(lines) and name in lines[place.definition.line - 1]


def first_sentence(text: str) -> str:
    """The first sentence of a docstring, on one line."""
    paragraph = " ".join(text.strip().split("\n\n")[0].split())
    head, stop, _ = paragraph.partition(". ")
    return head + stop.strip()


def _kinship(words: set[str], symbol: str) -> int:
    """How many of the words are in a name, in whatever form: discount is in `discounted_price`."""
    parts = {part.lower() for part in _NAME_PARTS.findall(symbol)}
    return sum(any(_is_same_stem(word, part) for part in parts) for word in words)


def _is_same_stem(word: str, part: str) -> bool:
    shorter, longer = sorted((word, part), key=len)
    return longer == shorter or (len(shorter) >= _STEM_LETTERS and longer.startswith(shorter))
