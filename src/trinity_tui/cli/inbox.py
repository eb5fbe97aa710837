"""What waits for the person, and the person's word on it: ``inbox``, ``approve``, ``reject``."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from trinity_tui.cli.duration import spoken
from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import put, put_json, state_of
from trinity_tui.client import api
from trinity_tui.client.via import via
from trinity_tui.core.errors import ClientError

Id = Annotated[str, typer.Argument(metavar="ID", help="As `trinity inbox` and the screen show it.")]
Word = Annotated[str, typer.Option("--word", help="Said to the instance with it.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(inbox)
    app.command()(approve)
    app.command()(reject)


def inbox(
    context: typer.Context,
    history: Annotated[bool, typer.Option("--history", help="What was decided, by whom and where, instead.")] = False,
    find: Annotated[str, typer.Option("--find", metavar="TEXT", help="With --history: only what contains it.")] = "",
    as_json: AsJson = False,
) -> None:
    """What waits for you, oldest first: requests, questions, who gave up, dead letters, alerts nobody saw."""
    workspace = state_of(context).workspace
    if find and not history:
        raise ClientError("--find looks through what was decided: with --history", 2)
    if history:
        rows = api.call(workspace, "GET", f"/inbox/decided?{urlencode({'text': find})}")
        _show_history(rows, as_json)
        if not rows and not as_json:
            put(f"Nothing that was decided contains {find!r}." if find else "Nothing was decided yet.")
        return
    rows = api.call(workspace, "GET", "/inbox")
    for row in rows:
        put_json(row) if as_json else _show(row)
    if not rows and not as_json:
        put("Nothing waits for you.")


def _show_history(rows: list[dict[str, Any]], as_json: bool) -> None:
    for row in rows:
        if as_json:
            put_json(row)
            continue
        what = " ".join(str(row["text"]).split())[:120]
        put(f"{row['at'][:19].replace('T', ' ')}  {row['verdict']:<9} {row['sender']:<14} {row['kind']}: {what}")
        where, word = f", {row['via']}" if row["via"] else "", f": {row['word']}" if row["word"] else ""
        put(f"    by {row['by']}{where}{word}")


def _show(row: dict[str, Any]) -> None:
    put(f"{row['kind']:<9} {spoken(row['age_s']):>7}  {row['from']:<14} {' '.join(str(row['text']).split())[:160]}")
    if row.get("command"):
        put(f"    {row['command']}")
    for line in str(row.get("diff", "")).splitlines():
        put(f"    {line}")
    if row.get("grant"):
        put(f"    always: {' '.join(row['grant'])} …, for everyone of its role")
    put(f"    {_NEXT[row['kind']].format(row['id'])}")


_NEXT = {
    "approval": "trinity approve {0}, or reject",
    "question": "trinity send WHO TEXT answers it; {0}",
    "parked": "trinity start {0}",
    "storm": "trinity resume {0}",
    "dead": "trinity resend {0}",
    "alert": "{0}",
}
"""What the person does about each kind."""


def approve(
    context: typer.Context,
    request: Id,
    once: Annotated[bool, typer.Option("--once", help="Only this time: what holds for the call of a tool.")] = False,
    always: Annotated[
        bool, typer.Option("--always", help="For good: what holds for a command of instances.toml.")
    ] = False,
    word: Word = "",
    as_json: AsJson = False,
) -> None:
    """Allow what an instance asked for."""
    if once and always:
        raise ClientError("--once and --always are two things", 2)
    verdict = "once" if once else "always" if always else ""
    body = {"id": request, "verdict": verdict, "word": word, "via": via("command")}
    done = api.call(state_of(context).workspace, "POST", "/approve", body)
    how = "once" if done["verdict"] == "once" else "for good"
    why = f"; {done['only_once']}" if "only_once" in done else ""
    put_json(done) if as_json else put(f"allowed {how}: {request}{why}")


def reject(context: typer.Context, request: Id, word: Word = "", as_json: AsJson = False) -> None:
    """Refuse what an instance asked for."""
    done = api.call(
        state_of(context).workspace, "POST", "/reject", {"id": request, "word": word, "via": via("command")}
    )
    put_json(done) if as_json else put(f"refused: {request}")
