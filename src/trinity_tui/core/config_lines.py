"""Where a table or a key stands in a TOML text: ``tomllib`` tells what is there, not in which line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def locate(text: str, path: tuple[str, ...]) -> int | None:
    """The 1-based line where a table or key stands, or what it stands in; None where it cannot be told."""
    places = list(_places(text))
    for length in range(len(path), 0, -1):
        for number, place in places:
            if place[:length] == path[:length]:
                return number
    return None


_PART = r"""(?:[\w-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\[\[?\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"({_DOTTED})\s*=")
_WORDS = re.compile(r"""\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}.*?'{3}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\#[^\n]*""", re.DOTALL)
"""A string or a comment: a bracket in it opens nothing."""


def _places(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Every line that begins a table or a key, with its path."""
    table: tuple[str, ...] = ()
    depth = 0
    joined = _WORDS.sub(lambda found: found[0].replace("\n", "\0"), text)
    number = 1
    for line in joined.split("\n"):
        stripped = line.strip()
        if depth <= 0 and (header := _HEADER.match(stripped)):
            table = _split(header[1])
            yield number, table
        elif depth <= 0 and (key := _KEY.match(stripped)):
            yield number, (*table, *_split(key[1]))
        bare = _WORDS.sub("", line)
        depth += sum(map(bare.count, "[{")) - sum(map(bare.count, "]}"))
        number += 1 + line.count("\0")


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))
