"""Whom a message goes to: the names it begins with, else whom the line is addressed to. One rule, on every screen.

::

    hello                        to whom the line says
    @guide-1 hello               to guide-1
    @guide-1, @builder: hello    to guide-1 and to every builder
    @all hello                   to everybody
    @src/auth.py is odd          a path: to whom the line says, and the file goes along
    @@guide-1 hello              a plain word: to whom the line says

A name further on in the text is a word like any other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.address import BROADCAST, is_instance_id, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ALL = "all"
EVERYBODY = frozenset({ALL, "everyone", BROADCAST})
_NAME = re.compile(r"\s*@(?:role:)?([A-Za-z][A-Za-z0-9_-]*)[,:;.!]?(?=\s|\Z)")
_ROLE = "role:"


class Addressed(msgspec.Struct, frozen=True):
    """A message as it would go out.

    Attributes:
        recipients: Addresses; none where nobody is meant.
        content: What is said to them.
        unknown: A name it begins with that nobody has; then it goes to nobody.
    """

    recipients: tuple[str, ...]
    content: str
    unknown: str = ""


def read(text: str, to: str, people: Mapping[str, str]) -> Addressed:
    """Whom this goes to.

    Args:
        text: As it is written.
        to: Whom the line is addressed to; empty for nobody.
        people: The instances there are, and the role of each.
    """
    found: dict[str, None] = {}
    end = 0
    while (match := _NAME.match(text, end)) is not None:
        who = _who(match[1], people)
        if not who and is_instance_id(match[1]):
            return Addressed((), text, match[1])
        if not who:
            break
        found[who], end = None, match.end()
    if not found:
        return Addressed((to,) if to else (), text)
    return Addressed(_without_repeats(found, people), text[end:].strip())


def _who(name: str, people: Mapping[str, str]) -> str:
    """The address a name means; empty where nobody has it."""
    known = {one.lower(): one for one in people}
    low = name.lower()
    if low in known:
        return known[low]
    if low in EVERYBODY:
        return BROADCAST
    return _ROLE + low if low in people.values() else ""


def _without_repeats(found: Iterable[str], people: Mapping[str, str]) -> tuple[str, ...]:
    """Nobody gets it twice."""
    names = list(found)
    if BROADCAST in names:
        return (BROADCAST,)
    return tuple(name for name in names if _ROLE + people.get(name, "") not in names)


def names(people: Mapping[str, str]) -> list[str]:
    """What a message can begin with after ``@``."""
    return list(dict.fromkeys([*people, *(role for role in people.values() if role), ALL]))


def told(recipients: Iterable[str]) -> str:
    """Whom a message goes to, in words."""
    said = {BROADCAST: ALL}
    return ", ".join(said.get(who, who.replace(_ROLE, "every ", 1)) for who in recipients)


def again(message: str, recipients: Iterable[str]) -> str:
    """What a person writes to send this to these."""
    marks = (f"@{ALL if who == BROADCAST else who.removeprefix(_ROLE)}" for who in recipients)
    return " ".join([*marks, message])


def problem(unknown: str, people: Mapping[str, str]) -> str:
    """Why a message that begins with a name nobody has goes to nobody."""
    near = nearest(unknown, names(people))
    hint = f" Did you mean @{near}?" if near else ""
    return f"There is no {unknown} here, so this went to nobody.{hint} @@{unknown} is a plain word."
