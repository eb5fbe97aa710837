"""What the tables of instances mean together: replicas made, names resolved, circles and strangers refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from trinity_tui.core import address
from trinity_tui.core.config_words import shown, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trinity_tui.core.config import InstanceConfig
    from trinity_tui.core.errors import ConfigError

    Refuse = Callable[[str, str, str], ConfigError]
    """Makes the error from the table's id, its key (empty: the table) and the problem."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
OWN_VARIABLES = "TRINITY_"
"""Variables that begin so are the program's to set."""


def expand(written: Mapping[str, InstanceConfig], refuse: Refuse) -> dict[str, InstanceConfig]:
    """The instances the tables describe, in their order, each after the ids it really waits for.

    Args:
        written: The tables, as they stand.
        refuse: Makes the error for a table.

    Raises:
        ConfigError: An id twice, a name that is nobody's, instances that wait for each other.
    """
    made: dict[str, InstanceConfig] = {}
    for name, table in written.items():
        _check_table(name, table, refuse)
        for instance in _replicas(name, table, refuse):
            if instance in made or (instance != name and instance in written):
                raise refuse(name, "replicas", f"{instance} is there already")
            made[instance] = _one(name, table)
    groups = groups_of(made)
    for name, table in made.items():
        waits_for = _resolve(name, table, made, groups, refuse)
        made[name] = replace(table, after=waits_for)
        if table.backup and (table.backup == name or table.backup not in made):
            why = "is itself" if table.backup == name else unknown("instance", table.backup, list(made))
            raise refuse(table.replica_of or name, "backup", why)
    circle = circle_of({name: table.after for name, table in made.items()})
    if circle:
        first = made[circle[0]].replica_of or circle[0]
        who = "it waits for itself" if len(circle) == 1 else "they wait for each other"
        raise refuse(first, "after", f"{who}: {' → '.join([*circle, circle[0]])}")
    return made


def _check_table(name: str, table: InstanceConfig, refuse: Refuse) -> None:
    if table.group and not address.is_instance_id(table.group):
        raise refuse(name, "group", f'"{shown(table.group)}" is no name: a-z, 0-9, - and _, at most 32, first a letter')
    if "\0" in table.cwd:
        raise refuse(name, "cwd", "is no path")
    for variable, value in table.env.items():
        if not _VARIABLE.match(variable):
            raise refuse(name, "env", f'"{shown(variable)}" is no name of a variable')
        if variable.startswith(OWN_VARIABLES):
            raise refuse(name, "env", f"{shown(variable)} is set by the program")
        if "\0" in value:
            raise refuse(name, "env", f"{shown(variable)}: its value cannot be in an environment")


def _replicas(name: str, table: InstanceConfig, refuse: Refuse) -> list[str]:
    if not table.replicas:
        return [name]
    last = f"{name}-{table.replicas}"
    if not address.is_instance_id(last):
        raise refuse(name, "replicas", f"{last} is too long for an id")
    return [f"{name}-{number}" for number in range(1, table.replicas + 1)]


def _one(name: str, table: InstanceConfig) -> InstanceConfig:
    return replace(table, replica_of=name, group=table.group or name) if table.replicas else table


def groups_of(instances: Mapping[str, InstanceConfig]) -> dict[str, list[str]]:
    """Who belongs to each group, in their order."""
    groups: dict[str, list[str]] = {}
    for name, table in instances.items():
        if table.group:
            groups.setdefault(table.group, []).append(name)
    return groups


def _resolve(
    name: str,
    table: InstanceConfig,
    made: Mapping[str, InstanceConfig],
    groups: Mapping[str, list[str]],
    refuse: Refuse,
) -> tuple[str, ...]:
    """The ids behind what an instance waits for; the id of a table with replicas means all of them."""
    found: dict[str, None] = {}
    for word in table.after:
        group = address.group_of(word)
        replicas = [one for one, other in made.items() if other.replica_of == word]
        named = groups.get(group, []) if group is not None else [word] if word in made else replicas
        if not named:
            known = [f"group:{one}" for one in groups] if group is not None else list(made)
            raise refuse(
                table.replica_of or name, "after", unknown("instance" if group is None else "group", word, known)
            )
        found |= dict.fromkeys(named)
    return tuple(found)


def circle_of(after: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Instances of which each waits for the next and the last for the first; empty where there are none."""
    done: set[str] = set()
    for start in after:
        path: list[str] = []
        pending = [iter((start,))]
        while pending:
            name = next(pending[-1], None)
            if name is None:
                pending.pop()
                if path:
                    done.add(path.pop())
            elif name in path:
                return path[path.index(name) :]
            elif name not in done:
                path.append(name)
                pending.append(iter(after.get(name, ())))
    return []
