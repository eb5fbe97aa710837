"""A typed line of words and filters such as ``by:builder-1``: told apart, and explained where a filter is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from trinity_tui.core.address import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Reader = Callable[[str, dict[str, Any]], str]
    """Takes a filter's value and what is asked for so far, which it adds to; a sentence where the value is none."""

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_AGE = re.compile(r"([0-9]{1,5})([smhdw])")
_FILTER = re.compile(r"([A-Za-z]{2,8}):(?!//)(\S*)")
"""What goes on with two slashes is an address."""


def read(line: str, readers: Mapping[str, Reader], about: Mapping[str, str]) -> tuple[str, dict[str, Any], str]:
    """What a typed line asks for. A filter without its value yet is passed over.

    Args:
        line: As typed.
        readers: By the name of each filter.
        about: By the same, what it is for: it is said where somebody nearly meant it.

    Returns:
        The words that are no filters, what the filters ask for, and why it cannot be asked so (a sentence, or empty).
    """
    asked: dict[str, Any] = {}
    words: list[str] = []
    problem = ""
    for part in line.split():
        found = _FILTER.fullmatch(part)
        name = found[1].lower() if found else ""
        if found is None or (name not in readers and not nearest(name, readers)):
            words.append(part)
        elif name not in readers:
            near = nearest(name, readers) or ""
            problem = problem or f'there is no filter "{name}:"; did you mean {near}: ({about[near]})?'
        elif found[2]:
            said = readers[name](found[2], asked)
            problem = problem or said
    return " ".join(words), asked, problem


def age_seconds(text: str) -> float | None:
    """An age such as ``30m``, ``2h`` or ``7d``; None where it is none."""
    found = _AGE.fullmatch(text.lower())
    return int(found[1]) * _SECONDS[found[2]] if found is not None else None
