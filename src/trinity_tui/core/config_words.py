"""The words in which a wrong setting is told: kinds by plain names, the nearest valid name, nothing that steers a
terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args, get_origin

import msgspec

from trinity_tui.core import address

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

SHOWN_CHARACTERS = 200
SLIP = 0.75
"""How much a key is like one of another table that was meant and misspelt: among all there are, some is always near."""
_PLAIN_TYPES = {
    "`str`": "a text", "`int`": "a whole number", "`float`": "a number", "`bool`": "true or false",
    "`array | null`": "a list", "`array`": "a list", "`object`": "a table", "`datetime`": "a date", "`date`": "a date",
    "`time`": "a time of day", "Object missing required field": "missing key",
}  # fmt: skip


def wrong(problem: str, value: object, shape: type[msgspec.Struct], key: str) -> str:
    """What is wrong with the value of a key, with the choices where there are few."""
    kind = next(field.type for field in msgspec.structs.fields(shape) if field.name == key)
    choices = get_args(kind)
    if get_origin(kind) is Literal and isinstance(value, str):
        near = address.nearest(value, choices)
        return f'"{shown(value)}" is none of: {", ".join(choices)}' + (f' (did you mean "{near}"?)' if near else "")
    return plain(problem)


def plain(problem: str) -> str:
    """The checker's sentence with our names for kinds of values."""
    for ours, plain in _PLAIN_TYPES.items():
        problem = problem.replace(ours, plain)
    return shown(problem[:1].lower() + problem[1:].removesuffix(".0"))


def unknown(what: str, name: str, known: list[str] | tuple[str, ...]) -> str:
    """That there is no such thing, with the nearest one there is, or all."""
    near = address.nearest(name, known)
    return f'unknown {what} "{shown(name)}"' + (
        f' (did you mean "{near}"?)' if near else f" (there are: {shown(', '.join(known) or 'none')})"
    )


def astray(name: str, known: Collection[str], elsewhere: Mapping[str, Collection[str]]) -> str:
    """That a table has no such key: with the table that has it, the nearest key there is, or all of this table's.

    Args:
        name: The key.
        known: Those of the table it stands in.
        elsewhere: Those of every table of the file, by how the table is called.
    """
    homes = [table for table, keys in elsewhere.items() if name in keys]
    said = f'unknown key "{shown(name)}"'
    if homes:
        return f"{said} (it belongs to {' or '.join(homes)})"
    if not address.nearest(name, known):
        for table, keys in elsewhere.items():
            if near := address.nearest(name, keys, SLIP):
                return f'{said} (did you mean "{near}" of {table}?)'
    return unknown("key", name, tuple(known))


def shown(words: str) -> str:
    """Words of the file's as they may stand in a sentence on a terminal: short, nothing that steers it."""
    words = words if len(words) <= SHOWN_CHARACTERS else words[: SHOWN_CHARACTERS - 1] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in words)
