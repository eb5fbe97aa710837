"""``trinity search``: one search over messages, chats, tasks, memory, documents and outputs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import put, put_json, state_of, tell
from trinity_tui.client import api
from trinity_tui.core import seeking
from trinity_tui.core.errors import ClientError

LOOK_SECONDS = 2.0
"""A command is waited for a little longer than what is typed in a screen."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("search")(search)


def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="Words, and filters such as in:memory.")],
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many of each place at most.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Find what has all of these words: in messages, chats, tasks, memory, documents and what instances printed.

    Filters: in:messages|chats|tasks|memory|documents|logs, by:ID, to:ID, type:TYPE, since:2h or since:2026-11-21,
    before:2026-11-22.
    """
    text = " ".join(words)
    wanted = seeking.parse(text)
    if wanted.problem:
        raise ClientError(wanted.problem, 2)
    workspace, count = state_of(context).workspace, 0
    for place, groups in seeking.PLACES.items():
        if not any(wanted.is_in(group) for group in groups):
            continue
        query = urlencode({"text": text, "place": place, "limit": limit, "seconds": LOOK_SECONDS})
        found = api.call(workspace, "GET", f"/search?{query}")
        for hit in found["hits"]:
            put_json(hit) if as_json else _put(hit)
        count += len(found["hits"])
        if found["older"] is not None or found["looked_at"] is not None:
            tell(f"{', '.join(groups)}: looked back to {_when(found['looked_at'])}; since: or before: look elsewhere.")
    if not count and not as_json:
        put("Nothing has all of that.")


def _put(hit: dict[str, Any]) -> None:
    who = " to ".join(part for part in (hit["who"], hit["to"]) if part)
    about = [hit["group"], _when(hit["at"]), who, hit["kind"], hit["source"]]
    put("  ".join(part for part in about if part))
    put(f"    {hit['text']}")


def _when(seconds: float | None) -> str:
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M:%S") if seconds is not None else ""
