"""What the person asks the memory for, as it is typed: words, and filters such as ``kind:decision by:builder-1``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core import filters
from trinity_tui.core.address import nearest
from trinity_tui.core.memory import KINDS
from trinity_tui.core.message import parse_time

if TYPE_CHECKING:
    from trinity_tui.core.filters import Reader

FILTERS = {
    "kind": "one of the kinds", "by": "who said it", "tag": "a word it is filed under",
    "asof": "what held then", "newer": "how old at most",
}  # fmt: skip
PLACEHOLDER = "any words, kind:decision by:builder-1 tag:x newer:7d asof:2026-11-01"


class Ask(msgspec.Struct, frozen=True):
    """What is looked for. Without anything, that is what is newest."""

    text: str = ""
    kinds: tuple[str, ...] = ()
    author: str = ""
    tags: tuple[str, ...] = ()
    as_of: float | None = None
    """Seconds since the epoch."""
    newer_seconds: float | None = None
    problem: str = ""
    """Why it cannot be asked so, as a sentence; empty where it can."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing in particular is looked for."""
        return self == Ask()

    def arguments(self, now: float) -> dict[str, Any]:
        """As the coordinator is asked for it."""
        asked = {
            "text": self.text, "kinds": ",".join(self.kinds), "author": self.author, "tags": ",".join(self.tags),
            "as_of": self.as_of, "newer_than": None if self.newer_seconds is None else now - self.newer_seconds,
        }  # fmt: skip
        return {name: value for name, value in asked.items() if value not in ("", None)}


def parse(line: str) -> Ask:
    """What a typed line asks for. A filter without its value yet is passed over; one that is none is explained."""
    words, asked, problem = filters.read(line, _READERS, FILTERS)
    return Ask(words, **asked, problem=problem)


def _read_kind(value: str, asked: dict[str, Any]) -> str:
    begun = [kind for kind in KINDS if kind.startswith(value.lower())]
    if len(begun) == 1:
        asked["kinds"] = (*asked.get("kinds", ()), begun[0])
        return ""
    near = nearest(value.lower(), KINDS)
    if near and not begun:
        return f'there is no kind "{value}"; did you mean {near}?'
    return f'there is no kind "{value}", only {", ".join(begun or KINDS)}'


def _read_author(value: str, asked: dict[str, Any]) -> str:
    asked["author"] = "human" if value.lower() in ("you", "me") else value
    return ""


def _read_tag(value: str, asked: dict[str, Any]) -> str:
    asked["tags"] = (*asked.get("tags", ()), value)
    return ""


def _read_moment(value: str, asked: dict[str, Any]) -> str:
    try:
        asked["as_of"] = parse_time(value)
    except (ValueError, OverflowError):
        return f'asof: takes a day or a time such as 2026-11-01 or 2026-11-01T10:00, not "{value}"'
    return ""


def _read_age(value: str, asked: dict[str, Any]) -> str:
    seconds = filters.age_seconds(value)
    if seconds is None:
        return f'newer: takes an age such as 30m, 2h, 7d or 4w, not "{value}"'
    asked["newer_seconds"] = seconds
    return ""


_READERS: dict[str, Reader] = {
    "kind": _read_kind, "by": _read_author, "tag": _read_tag, "asof": _read_moment, "newer": _read_age,
}  # fmt: skip
