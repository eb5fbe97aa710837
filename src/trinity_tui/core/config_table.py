"""A TOML text and the tables in it, made into shapes: what is wrong is said with file, line and key."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from trinity_tui.core.config_lines import locate
from trinity_tui.core.config_words import plain, shown, unknown, wrong
from trinity_tui.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

Shape = TypeVar("Shape", bound=msgspec.Struct)
_NONE: frozenset[str] = frozenset()


def load(text: str, file: str) -> dict[str, Any]:
    """The tables of a text.

    Raises:
        ConfigError: It is no TOML; with the line.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem, _, at = str(error).rpartition(" (at ")
        found = re.match(r"line (\d+)", at)
        line = int(found[1]) if found else text.rstrip().count("\n") + 1
        raise ConfigError(file, f"not valid TOML: {shown(problem)}", line) from error
    except (ValueError, RecursionError) as error:
        why = "a number is too long" if isinstance(error, ValueError) else "lists or tables are nested too deep"
        raise ConfigError(file, f"cannot be read: {why}") from error


def table(
    text: str, file: str, path: tuple[str, ...], raw: object, shape: type[Shape], *, where: str,
    hidden: AbstractSet[str] = _NONE,
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

    Raises:
        ConfigError: It is no table, a key is unknown, or a value is of the wrong kind.
    """
    if not isinstance(raw, dict):
        raise ConfigError(file, f"must be a table: [{'.'.join(path)}]", locate(text, path), where)
    found = cast("dict[str, object]", raw)
    keys = [field.encode_name for field in msgspec.structs.fields(shape) if field.encode_name not in hidden]
    for key in found:
        if key not in keys:
            raise ConfigError(file, unknown("key", key, keys), locate(text, (*path, key)), where)
    try:
        return msgspec.convert(found, shape)
    except msgspec.ValidationError as error:
        problem, _, at = str(error).partition(" - at `$.")
        key = re.split(r"[.\[`]", at)[0]
        said = f'key "{key}": {wrong(problem, found[key], shape, key)}' if key else plain(problem)
        raise ConfigError(file, said, locate(text, (*path, key) if key else path), where) from error
