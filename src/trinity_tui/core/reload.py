"""What another configuration means for a fleet that runs: who comes, who goes, who needs a new process, what waits.

What did not change is in none of these, and is not touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from trinity_tui.core import address
from trinity_tui.core.brains_config import BrainsConfig
from trinity_tui.core.policy import READERS, WRITERS
from trinity_tui.core.tools_config import ToolsConfig

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trinity_tui.core.config import Config

READ_AT_START = frozenset({"role", "persona", "cwd", "env", "spawn", "isolation"})
"""What an instance takes in when its process begins; the other keys are supervision's, and count without a new one."""
AT_ONCE = frozenset({"limits", "notify"})
"""The tables only the coordinator reads, each time anew."""
OF_EACH = frozenset({"limits"})
"""Those of them that are about each instance."""
COUNTED = frozenset({"replicas", "replica_of"})
"""What was expanded already: one more replica changes nothing for the others."""
TOLD_TO: dict[tuple[str, str], frozenset[str]] = {
    ("workspace", "checks"): frozenset({"builder"}),
    ("workspace", "check_seconds"): frozenset({"builder"}),
    ("workspace", "survey_seconds"): frozenset({"builder", "explorer"}),
    ("swarm", "propose_from"): frozenset({"lead"}),
    **{("brains", key): frozenset(address.ROLES) for key in BrainsConfig.__struct_fields__},
    **{("tools", field): READERS | WRITERS for field in ToolsConfig.__struct_fields__},
}
"""The settings of the whole that a process is started with, and the roles that read them."""
_TOLD_TABLES = sorted({table for table, _ in TOLD_TO})


class Change(msgspec.Struct, frozen=True):
    """The difference between two configurations, as a running fleet sees it."""

    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    renewed: dict[str, tuple[str, ...]] = {}
    """Who needs a new process, and for which keys."""
    adjusted: dict[str, tuple[str, ...]] = {}
    """Whose supervision changes while its process lives on, and by which keys."""
    later: tuple[str, ...] = ()
    """What counts from the next coordinator on: ``[serve] port``."""

    @property
    def is_nothing(self) -> bool:
        """Whether the fleet is as it should be."""
        return not (self.came or self.went or self.renewed or self.adjusted)


def compare(before: Config, after: Config) -> Change:
    """What has to be done for ``after`` to hold where ``before`` holds."""
    old, new = before.instances, after.instances
    whole = _differing(before, after)
    told = {place: roles for place, roles in TOLD_TO.items() if place in whole}
    renewed: dict[str, tuple[str, ...]] = {}
    adjusted: dict[str, tuple[str, ...]] = {}
    for name in new:
        if name not in old:
            continue
        keys = _keys(old[name], new[name])
        keys += [key for table, key in whole if table in OF_EACH]
        for_process = [key for key in keys if key in READ_AT_START]
        for_process += [key for (_, key), roles in told.items() if new[name].role in roles]
        if for_process:
            renewed[name] = tuple(for_process)
        elif keys:
            adjusted[name] = tuple(keys)
    return Change(
        tuple(name for name in new if name not in old),
        tuple(name for name in old if name not in new),
        renewed,
        adjusted,
        tuple(f"[{table}] {key}" for table, key in whole if (table, key) not in TOLD_TO and table not in AT_ONCE),
    )


def holding(running: Config, wanted: Config) -> Config:
    """What holds while this coordinator runs: all that is wanted, but for what only counts from the next one.

    An instance that starts now must speak over the same log as the others.
    """
    held = {table: replace(getattr(running, table), **_told_values(table, wanted)) for table in _TOLD_TABLES}
    held |= {table: getattr(wanted, table) for table in AT_ONCE}
    return replace(running, **held, instances=wanted.instances)


def _told_values(table: str, wanted: Config) -> dict[str, object]:
    return {key: getattr(getattr(wanted, table), key) for place, key in TOLD_TO if place == table}


def _differing(before: Config, after: Config) -> list[tuple[str, str]]:
    tables = [name for name in before.__struct_fields__ if name != "instances"]
    return [(table, key) for table in tables for key in _keys(getattr(before, table), getattr(after, table))]


def _keys(before: msgspec.Struct, after: msgspec.Struct) -> list[str]:
    keys = [key for key in before.__struct_fields__ if key not in COUNTED]
    return [key for key in keys if getattr(before, key) != getattr(after, key)]


def postponed(change: Change) -> str:
    """What has to wait for the next coordinator, for the person; empty where nothing does."""
    if not change.later:
        return ""
    verb = "counts" if len(change.later) == 1 else "count"
    return f"instances.toml: {', '.join(change.later)} {verb} from `trinity restart --coordinator` on."


def sentence(change: Change, by: str, waits: Iterable[str] = (), held: Mapping[str, str] | None = None) -> str:
    """What happens now, for the person; empty where nothing does.

    Args:
        change: The difference.
        by: Who wants it: ``instances.toml``, or the person.
        waits: Who ends its turn first.
        held: Who may not be started yet, and why.
    """
    parts = [f"{', '.join(change.came)} {'is' if len(change.came) == 1 else 'are'} new"] if change.came else []
    when = dict.fromkeys(waits, " after its turn")
    parts += [f"{name} leaves{when.get(name, '')}" for name in change.went]
    for name, keys in change.renewed.items():
        new, after, why = " and ".join(keys), when.get(name, ""), (held or {}).get(name)
        parts.append(f"{name} has a new {new}{after}: {why}" if why else f"{name} restarts{after} with its new {new}")
    parts += [f"{name} has another {' and '.join(keys)}" for name, keys in change.adjusted.items()]
    return f"{by}: {'; '.join(parts)}" if parts else ""
