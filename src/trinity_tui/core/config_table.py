"""A TOML text and the tables in it, made into shapes: what is wrong is said with file, line and key."""

from __future__ import annotations

import re
import tomllib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from trinity_tui.core.config_lines import locate
from trinity_tui.core.config_words import astray, plain, shown, wrong
from trinity_tui.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from collections.abc import Set as AbstractSet

Shape = TypeVar("Shape", bound=msgspec.Struct)
_NONE: frozenset[str] = frozenset()
_NOWHERE: Mapping[str, Collection[str]] = MappingProxyType({})


def load(text: str, file: str) -> dict[str, Any]:
    """The tables of a text.

    Raises:
        ConfigError: It is no TOML; with the line.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem, _, at = str(error).rpartition(" (at ")
        found = re.match(r"line (\d+), column (\d+)", at)
        line = int(found[1]) if found else text.rstrip().count("\n") + 1
        rest = text.split("\n")[line - 1][int(found[2]) - 1 :] if found else ""
        raise ConfigError(file, f"not valid TOML: {shown(_plain(problem, rest))}", line) from error
    except (ValueError, RecursionError) as error:
        why = "a number is too long" if isinstance(error, ValueError) else "lists or tables are nested too deep"
        raise ConfigError(file, f"cannot be read: {why}") from error


def _plain(problem: str, rest: str) -> str:
    """The parser's sentence; a table that stands there twice is the one mistake it tells as Python would.

    It tells so before it has looked whether the header is closed: one that is not may be no second one.

    Args:
        problem: The sentence.
        rest: What stands in its line from there on.
    """
    twice = re.fullmatch(r"Cannot declare \((.*?),?\) twice", problem)
    if twice is None:
        return problem
    names = ".".join(name.strip("' ") for name in twice[1].split(","))
    return (
        f"[{names}] stands there twice" if rest.lstrip().startswith("]") else f"[{names} is not closed: write [{names}]"
    )


def table(
    text: str, file: str, path: tuple[str, ...], raw: object, shape: type[Shape], *, where: str,
    hidden: AbstractSet[str] = _NONE, elsewhere: Mapping[str, Collection[str]] = _NOWHERE,
) -> Shape:  # fmt: skip
    """What a table of a text says.

    Args:
        text: The whole text: a wrong key is looked for in it.
        file: What errors call it.
        path: The names that lead to the table; none for the whole text.
        raw: The table as it was loaded.
        shape: What it must be.
        where: What errors call the table.
        hidden: Keys of the shape that no file has.
        elsewhere: The keys of all tables of the file, by how each is called: one may stand in the wrong one.

    Raises:
        ConfigError: It is no table, a key is unknown, or a value is of the wrong kind.
    """
    if not isinstance(raw, dict):
        raise ConfigError(file, f"must be a table: [{'.'.join(path)}]", locate(text, path), where)
    found = cast("dict[str, object]", raw)
    keys = [field.encode_name for field in msgspec.structs.fields(shape) if field.encode_name not in hidden]
    for key in found:
        if key not in keys:
            raise ConfigError(file, astray(key, keys, elsewhere), locate(text, (*path, key)), where)
    try:
        return msgspec.convert(found, shape)
    except msgspec.ValidationError as error:
        problem, _, at = str(error).partition(" - at `$.")
        key = re.split(r"[.\[`]", at)[0]
        said = f'key "{key}": {wrong(problem, found[key], shape, key)}' if key else plain(problem)
        raise ConfigError(file, said, locate(text, (*path, key) if key else path), where) from error
