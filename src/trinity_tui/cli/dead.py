"""What was given up: ``trinity messages --dead`` lists it, ``trinity resend`` sends it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import put, put_json, state_of
from trinity_tui.client import api, launcher
from trinity_tui.core.address import canonical
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from trinity_tui.core.paths import Workspace

Id = Annotated[str, typer.Argument(metavar="ID", help="As `trinity messages` and the screen show it.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(resend)


def resend(
    context: typer.Context,
    message: Id,
    to: Annotated[str | None, typer.Option(help="Another recipient than the one it was for.")] = None,
    of: Annotated[str, typer.Option("--of", metavar="WHO", help="Whose, where several gave it up.")] = "",
    drop: Annotated[bool, typer.Option("--drop", help="Only take it off the list of what waits for you.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send a message again, as the person and under a new id.

    Exit codes: 1 it was answered meanwhile, 4 no such message or recipient.
    """
    if drop and to:
        raise ClientError("--drop sends nothing, so --to has no meaning with it", 2)
    body = {"id": message, "to": to, "consumer": of, "drop": drop}
    done = api.call(state_of(context).workspace, "POST", "/resend", body)
    if as_json:
        put_json(done)
    else:
        put(f"dropped: {message}" if drop else f"{done['id']} → {done['to']}  sends {message} again")


def show_dead(workspace: Workspace, to: str | None, kind: str | None, limit: int, as_json: bool) -> None:
    """Print the dead letters, from the coordinator or, where none runs, from their files."""
    rows = api.call(workspace, "GET", "/dead") if launcher.answers(workspace) else _from_files(workspace)
    rows = [row for row in rows if to in (None, row["consumer"]) or canonical(str(to)) == row["to"]]
    rows = [row for row in rows if kind in (None, row["type"])]
    for row in rows[-limit:] if limit > 0 else []:
        put_json(row) if as_json else _show(row)


def _from_files(workspace: Workspace) -> list[dict[str, Any]]:
    from trinity_tui.bus import dead_letters
    from trinity_tui.coordinator.endings import letter_of
    from trinity_tui.daemon.resending import row

    return [row(letter_of(letter), False) | {"waiting": None} for letter in dead_letters(workspace.bus)]


def _show(row: dict[str, Any]) -> None:
    tries = f"after {row['attempts']} attempts" if row["attempts"] > 1 else "after one attempt"
    waits = "  waits for you" if row["waiting"] else ""
    put(f"{row['at'][:19]} {row['from']} → {row['to']}  {row['type']}  {row['id']}{waits}")
    put(f"  {row['consumer']} gave it up {tries}: {row['reason']}")
    put(f"  {' '.join(str(row['content']).split())[:160]}")
