"""``trinity config show``: every value that counts here, and where it comes from. It needs no coordinator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec
import typer

from trinity_tui.cli.shared import AsJson, put, put_json, state_of
from trinity_tui.core import config, overrides
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


def values(text: str, chosen: Overrides) -> Iterator[dict[str, Any]]:
    """Each key, its value and its origin, in the order of the shapes; those that were removed last.

    Raises:
        ConfigError: The file, or what was chosen, is not in order.
    """
    found = config.parse(text, adjust=lambda tables: overrides.merge(tables, chosen))
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
