"""``trinity digest``: what happened while you were away, as text."""

from __future__ import annotations

import time
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from trinity_tui.cli.duration import duration
from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import put, put_json, state_of
from trinity_tui.client import api
from trinity_tui.core.message import format_time
from trinity_tui.core.told import headline, label


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(digest)


def digest(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Such as 8h or 2d; else since you last looked at a screen.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="What you were told last, though you looked at it.")] = False,
    as_json: AsJson = False,
) -> None:
    """What happened while you were away: who crashed, what was done and failed, what waits, what it cost."""
    seconds = duration("--since", since or "")
    asked = {"since": format_time(time.time() - seconds)} if seconds is not None else {"again": "true"} if again else {}
    done = api.call(state_of(context).workspace, "GET", f"/digest?{urlencode(asked)}")
    if as_json:
        put_json(done)
        return
    at = done["since"][:16].replace("T", " ")
    put(f"Since {at} UTC: {headline(done['counts'])}" if at else f"So far: {headline(done['counts'])}")
    if done["made_at"]:
        put(f"As it was told at {done['made_at'][:16].replace('T', ' ')} UTC.")
    for row in done["rows"]:
        _show(row)
    if done["left_out"]:
        put(f"{done['left_out']} more")


def _show(row: dict[str, Any]) -> None:
    often = f" ×{row['count']}" if row["count"] > 1 else ""
    put(f"  {row['at'][11:16]}  {label(row['sort']):<10} {row['who']:<14} {' '.join(str(row['text']).split())}{often}")
