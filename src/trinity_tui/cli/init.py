"""``trinity init``: make a folder a workspace."""

from __future__ import annotations

from pathlib import Path

import typer

from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.new_workspace import take_over, write_workspace
from trinity_tui.cli.shared import put, put_json, state_of
from trinity_tui.core.paths import Workspace


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(init)


def init(context: typer.Context, as_json: AsJson = False) -> None:
    """Make this folder a workspace: writes instances.toml and what belongs to it."""
    import asyncio

    folder = (state_of(context).folder or Path.cwd()).absolute()
    written = write_workspace(folder)
    if not as_json:
        for name in written:
            put(f"wrote {name}")
    taken = asyncio.run(take_over(Workspace(folder.resolve())))
    if as_json:
        put_json({"folder": str(folder), "written": written, "taken_over": taken})
        return
    for phrase in taken:
        put(f"took over {phrase}")
    put("Now: trinity" if written else "Everything is there already. Now: trinity")
