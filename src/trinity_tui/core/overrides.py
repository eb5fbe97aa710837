"""``overrides.toml``: who was added, removed, scaled and given another brain in the program; ``instances.toml`` stays
as it was written.

One rule: what the file describes, the file describes. A choice only adds an instance the file does not have, leaves out
one it has, counts replicas, and names a brain. A choice the file has overtaken does nothing (``settled`` drops it).
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, cast

import msgspec
from msgspec.structs import replace

from trinity_tui.core import address
from trinity_tui.core.config_lines import locate
from trinity_tui.core.errors import ClientError, ConfigError
from trinity_tui.core.migrate import Formats

if TYPE_CHECKING:
    from collections.abc import Mapping

OVERRIDES = "overrides.toml"
FORMATS = Formats(2, {0: lambda found: found, 1: lambda found: found})
"""A file without a number was written by hand; 2 knows brains."""
REPLICAS_MOST = 64
DEFAULT_BRAIN = "auto"
"""What an instance has where its table names none."""
Table = dict[str, Any]
"""What stands under ``[instances.<id>]``, as written."""
Tables = dict[str, Table]


class Overrides(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was chosen in the program."""

    format: int = FORMATS.newest
    removed: tuple[str, ...] = ()
    """Instances of the file's that are left out."""
    replicas: dict[str, int] = {}
    """How many there are of those that have ``replicas``."""
    instances: Tables = {}
    """Instances the file does not have."""
    brains: dict[str, str] = {}
    """The brains of those that have another one than is written."""


def parse(text: str, file: str = OVERRIDES) -> Overrides:
    """The choices a text holds.

    Raises:
        ConfigError: It is damaged.
        FormatError: A newer program wrote it.
    """
    try:
        return msgspec.convert(FORMATS.forward(tomllib.loads(text), file), Overrides)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigError(file, f"is damaged: {error}") from error


def plain(overrides: Overrides) -> dict[str, Any]:
    """The choices as TOML can hold them; empty tables are left out."""
    content = msgspec.to_builtins(overrides)
    return {key: value for key, value in content.items() if value}


def merge(written: Mapping[str, Table], overrides: Overrides) -> Tables:
    """The tables that count: those of the file in their order, then those that were added.

    Args:
        written: ``[instances.<id>]`` of the file.
        overrides: What was chosen in the program.
    """
    kept = {name: table for name, table in written.items() if name not in overrides.removed}
    added = {name: table for name, table in overrides.instances.items() if name not in written}
    return {name: _scaled(name, table, overrides) for name, table in (kept | added).items()}


def _scaled(name: str, table: Table, overrides: Overrides) -> Table:
    count, brain = overrides.replicas.get(name), overrides.brains.get(name)
    chosen: Table = {"replicas": count} if count is not None and _has_replicas(table) else {}
    if brain is not None and isinstance(cast("object", table), dict):
        chosen["brain"] = brain
    return table | chosen if chosen else table


def _has_replicas(table: object) -> bool:
    return isinstance(table, dict) and bool(cast("Table", table).get("replicas"))


def settled(written: Mapping[str, Table], overrides: Overrides) -> Overrides:
    """The choices without those the file has overtaken, so that none comes back when the file changes again."""
    removed = tuple(name for name in overrides.removed if name in written)
    added = {name: table for name, table in overrides.instances.items() if name not in written}
    there = dict(written) | added
    replicas = {
        name: count
        for name, count in overrides.replicas.items()
        if _has_replicas(there.get(name)) and there[name]["replicas"] != count
    }
    brains = {
        name: brain
        for name, brain in overrides.brains.items()
        if name in there and there[name].get("brain", DEFAULT_BRAIN) != brain
    }
    return replace(overrides, removed=removed, instances=added, replicas=replicas, brains=brains)


def add(written: Mapping[str, Table], overrides: Overrides, name: str, table: Table) -> Overrides:
    """Add an instance; one of the file's that was removed comes back as the file describes it.

    Raises:
        ClientError: The name cannot be used (2), is taken, or stands in the file otherwise.
    """
    if not address.is_instance_id(name):
        reserved = f"{name!r} is a reserved name"
        rule = f"{name!r} is no id: a-z, 0-9, - and _, at most 32, first a letter"
        raise ClientError(reserved if name in address.RESERVED else rule, 2)
    if name in merge(written, overrides):
        raise ClientError(f"there is an instance {name} already")
    if name not in written:
        return replace(overrides, instances=overrides.instances | {name: table})
    differing = [key for key, value in table.items() if written[name].get(key) != value]
    if differing:
        hint = f"`trinity add {name}` alone brings it back as it stands there; to change it, edit the file."
        raise ClientError(f"instances.toml describes {name} with another {differing[0]}", 1, hint)
    return replace(overrides, removed=tuple(other for other in overrides.removed if other != name))


def remove(written: Mapping[str, Table], overrides: Overrides, name: str) -> Overrides:
    """Take an instance out; the file is not touched.

    Raises:
        ClientError: There is none of that name (4).
    """
    _need(written, overrides, name)
    replicas = {other: count for other, count in overrides.replicas.items() if other != name}
    brains = {other: brain for other, brain in overrides.brains.items() if other != name}
    if name in written:
        return replace(overrides, removed=(*overrides.removed, name), replicas=replicas, brains=brains)
    added = {other: table for other, table in overrides.instances.items() if other != name}
    return replace(overrides, instances=added, replicas=replicas, brains=brains)


def use_brain(written: Mapping[str, Table], overrides: Overrides, name: str, brain: str) -> Overrides:
    """Give an instance, or all replicas of a table, another brain; that of the file takes the choice back.

    Raises:
        ClientError: There is none of that name (4).
    """
    _need(written, overrides, name)
    return settled(written, replace(overrides, brains=overrides.brains | {name: brain}))


def scale(written: Mapping[str, Table], overrides: Overrides, name: str, count: int) -> Overrides:
    """Have another number of replicas.

    Raises:
        ClientError: There is none of that name (4), it has no replicas, or the number is none that can be (2).
    """
    table = _need(written, overrides, name)
    if not _has_replicas(table):
        hint = f"`trinity add NAME --role {table.get('role')} --replicas {count}` has many of one kind."
        raise ClientError(f"{name} is a single instance, it has no replicas", 2, hint)
    if not 1 <= count <= REPLICAS_MOST:
        hint = f"`trinity remove {name}` takes all of them out." if count == 0 else ""
        raise ClientError(f"{count} replicas cannot be: 1 to {REPLICAS_MOST}", 2, hint)
    return settled(written, replace(overrides, replicas=overrides.replicas | {name: count}))


def _need(written: Mapping[str, Table], overrides: Overrides, name: str) -> Table:
    there = merge(written, overrides)
    if name in there:
        return there[name]
    base, _, number = name.rpartition("-")
    if number.isdigit() and _has_replicas(there.get(base)):
        raise ClientError(f"{name} is one of the replicas of {base}", 2, f"`trinity scale {base} N` changes how many.")
    near = address.nearest(name, there)
    hint = f"Did you mean {near}?" if near else f"There are: {', '.join(there) or 'none'}."
    raise ClientError(f"no instance is called {name!r}", 4, hint)


def tables_of(text: str) -> Tables:
    """``[instances.<id>]`` of a configuration that is known to be in order."""
    raw = tomllib.loads(text).get("instances", {})
    return cast("Tables", raw) if isinstance(raw, dict) else {}


def origin(text: str, overrides: Overrides, path: tuple[str, ...]) -> str:
    """Where a value comes from: ``default``, ``instances.toml:12`` or ``overrides.toml``.

    Args:
        text: ``instances.toml``.
        overrides: What was chosen in the program.
        path: ``("instances", id, key)`` or ``(table, key)``.
    """
    if path[0] == "instances" and _is_chosen(tables_of(text), overrides, path[1:]):
        return OVERRIDES
    found: Any = tomllib.loads(text)
    for part in path:
        found = cast("dict[str, Any]", found).get(part) if isinstance(found, dict) else None
    return f"instances.toml:{locate(text, path)}" if found is not None else "default"


def _is_chosen(written: Mapping[str, Table], overrides: Overrides, path: tuple[str, ...]) -> bool:
    name, key = path[0], path[-1]
    if name not in written:
        return key == name or key in overrides.instances.get(name, {}) or (key == "brain" and name in overrides.brains)
    return (key == "replicas" and name in overrides.replicas) or (key == "brain" and name in overrides.brains)
