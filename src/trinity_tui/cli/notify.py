"""``trinity notify test``: whether the person can be told while no screen is open."""

from __future__ import annotations

import typer

from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import put, put_json, state_of
from trinity_tui.client import api
from trinity_tui.core.errors import ClientError


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None,
        help="Being told what waits while no screen is open; [notify] in instances.toml says how.",
    )  # fmt: skip
    group.callback()(_together)
    group.command()(test)
    app.add_typer(group, name="notify")


def _together() -> None:
    """Being told what waits while no screen is open; [notify] in instances.toml says how."""


def test(context: typer.Context, as_json: AsJson = False) -> None:
    """Send one now, and say what came of it."""
    done = api.call(state_of(context).workspace, "POST", "/notify/test", {}, timeout_seconds=320)
    if as_json:
        put_json(done)
    elif not done["problem"]:
        put(f"sent by {' and '.join(done['by'])}")
    if done["problem"]:
        raise ClientError(f"it could not be sent: {done['problem']}")
