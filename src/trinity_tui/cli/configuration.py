"""``trinity config show`` and ``keys``: every value and every key that counts here, and where it comes from.

They need no coordinator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec
import typer

from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import put, put_json, state_of
from trinity_tui.core import overrides
from trinity_tui.core.config_text import parse
from trinity_tui.core.overrides import OVERRIDES, Overrides
from trinity_tui.store.choices import read_overrides, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

PRIVATE = ("env", "credentials")
"""Keys of which the value is nobody's to read over a shoulder."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="What holds here, and where it comes from.", rich_markup_mode=None)
    group.command()(show)
    group.command()(keys)
    app.add_typer(group, name="config")


def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Every value with its origin: default, instances.toml with its line, or overrides.toml."""
    workspace = state_of(context).workspace
    rows = list(values(read_text(workspace), read_overrides(workspace)))
    if as_json:
        put_json(rows)
        return
    for row in rows:
        put(f"{row['key']:<44} {msgspec.json.encode(row['value']).decode():<28} {row['origin']}")


def keys(as_json: AsJson = False) -> None:
    """Every key of the control room with what it does, and whether it is your own."""
    from trinity_tui.client import preferences
    from trinity_tui.tui import actions, keymap

    file = preferences.default_file()
    own = keymap.checked(preferences.read(file).keymap, str(file))
    rows = [
        {
            "action": action.id, "keys": action.label_with(own), "does": action.help,
            "places": sorted(action.places), "origin": str(file) if keymap.is_own(action, own) else "default",
        }
        for action in actions.ACTIONS
    ]  # fmt: skip
    if as_json:
        put_json(rows)
        return
    for row in rows:
        mark = "  (yours)" if row["origin"] != "default" else ""
        put(f"{row['keys']:<12} {row['action']:<22} {row['does']}{mark}")


def values(text: str, chosen: Overrides) -> Iterator[dict[str, Any]]:
    """Each key, its value and its origin, in the order of the shapes; those that were removed last.

    Raises:
        ConfigError: The file, or what was chosen, is not in order.
    """
    found = parse(text, adjust=lambda tables: overrides.merge(tables, chosen))
    for table in found.__struct_fields__:
        if table != "instances":
            yield from _rows(text, chosen, (table,), (table,), getattr(found, table))
    for name, instance in found.instances.items():
        yield from _rows(text, chosen, ("instances", name), ("instances", instance.replica_of or name), instance)
    for name in chosen.removed:
        yield {"key": f"instances.{name}", "value": "removed", "origin": OVERRIDES}


def _rows(
    text: str, chosen: Overrides, shown: tuple[str, ...], written: tuple[str, ...], table: msgspec.Struct
) -> Iterator[dict[str, Any]]:
    for key in table.__struct_fields__:
        value = msgspec.to_builtins(getattr(table, key))
        if key in PRIVATE and value:
            value = sorted(cast("dict[str, str]", value)) if isinstance(value, dict) else "set"
        if key != "replica_of":
            origin = overrides.origin(text, chosen, (*written, key))
            yield {"key": ".".join((*shown, key)), "value": value, "origin": origin}
