"""``trinity memory``: what they know together: add, search, show, take back, and to and from other programs.

What only reads works without a coordinator as well: the index is brought up to the files then, by this command.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

import typer

from trinity_tui.cli import memory_lines
from trinity_tui.cli.duration import duration
from trinity_tui.cli.grammar import AsJson, add_group
from trinity_tui.cli.memory_embeddings import embeddings
from trinity_tui.cli.memory_exchange import export, import_
from trinity_tui.cli.memory_index import index_of, reindex
from trinity_tui.cli.shared import one_of, put, put_json, said, state_of
from trinity_tui.client import api, found
from trinity_tui.core.errors import ClientError
from trinity_tui.core.memory import KINDS
from trinity_tui.core.message import parse_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.paths import Workspace

Id = Annotated[str, typer.Argument(metavar="ID", help="As `trinity memory search` shows it.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="May be given more than once.")]
Word = Annotated[str, typer.Option("--word", help="Why; it is kept with it.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    add_group(app, "memory", "What they know together: search it, add to it, correct it.", COMMANDS)


def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="In any words; without any, the newest.")] = "",
    kind: Annotated[list[str] | None, typer.Option("--kind", help=f"One of: {', '.join(KINDS)}.")] = None,
    author: Annotated[str, typer.Option(help="Who said it.")] = "",
    tag: Tags = None,
    as_of: Annotated[str, typer.Option("--as-of", metavar="TIME", help="What held then, such as 2026-11-21.")] = "",
    newer: Annotated[str, typer.Option("--newer", metavar="AGE", help="Not older than this, such as 7d.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Find what is known, the best first, with what speaks for each. Works without a coordinator."""
    workspace, age = state_of(context).workspace, duration("--newer", newer)
    for one in kind or ():
        one_of("--kind", one, KINDS)
    asked = {
        "text": text, "kinds": ",".join(kind or ()), "author": author, "tags": ",".join(tag or ()), "limit": limit,
        "as_of": _moment("--as-of", as_of), "newer_than": None if age is None else time.time() - age,
    }  # fmt: skip
    if found.find(workspace) is not None:
        rows = api.call(workspace, "GET", f"/memory/search?{_query(asked)}")
    else:
        rows = _search_here(workspace, asked)
    for row in rows:
        put_json(row) if as_json else memory_lines.put_hit(row)
    if not rows and not as_json:
        put("Nothing is known about that.")


def _search_here(workspace: Workspace, asked: dict[str, Any]) -> list[dict[str, Any]]:
    from trinity_tui.memory import reading
    from trinity_tui.memory.search import Query

    kinds, tags = (tuple(part for part in str(asked.pop(name)).split(",") if part) for name in ("kinds", "tags"))
    with index_of(workspace) as index:
        return reading.found(index, Query(now=time.time(), kinds=kinds, tags=tags, **asked))


def show(context: typer.Context, record: Id, as_json: AsJson = False) -> None:
    """One record: what it rests on, what ended or contradicts it, and whether anybody ever used it."""
    workspace = state_of(context).workspace
    if found.find(workspace) is not None:
        row = api.call(workspace, "GET", f"/memory/show?{_query({'id': record})}")
    else:
        from trinity_tui.memory import reading
        from trinity_tui.memory.uses import count

        with index_of(workspace) as index:
            row = reading.shown(index, record, count(workspace.instances), time.time())
    put_json(row) if as_json else memory_lines.put_record(row)


def add(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="One thing, in a sentence or two.")],
    kind: Annotated[str, typer.Option(help=f"One of: {', '.join(KINDS)}.")] = "fact",
    subject: Annotated[str, typer.Option(help="What a value is stated of, such as `the server`.")] = "",
    predicate: Annotated[str, typer.Option(help="What of it, such as `port`.")] = "",
    value: Annotated[str, typer.Option(help="What it is, such as 8080; other values of it contradict this one.")] = "",
    tag: Tags = None,
    confidence: Annotated[float, typer.Option(min=0, max=1, help="How sure you are.")] = 1.0,
    valid_from: Annotated[str, typer.Option("--valid-from", metavar="TIME", help="From when on it holds.")] = "",
    expires: Annotated[str, typer.Option(metavar="TIME", help="Until when it holds.")] = "",
    supersedes: Annotated[
        list[str] | None, typer.Option("--supersedes", metavar="ID", help="What holds no longer because of it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Have something remembered. What looks like a key or a password is masked."""
    for option, moment in (("--valid-from", valid_from), ("--expires", expires)):
        _moment(option, moment)
    body = {
        "text": said(text), "kind": one_of("--kind", kind, KINDS), "tags": tag or [], "confidence": confidence,
        "subject": subject, "predicate": predicate, "value": value, "valid_from": valid_from, "expires": expires,
        "supersedes": supersedes or [],
    }  # fmt: skip
    done = api.call(state_of(context).workspace, "POST", "/memory/add", body)
    put_json(done) if as_json else put(f"remembered as {done['id']}" + _not_yet(done))


def retract(context: typer.Context, record: Id, word: Word = "", as_json: AsJson = False) -> None:
    """Take something back, whoever said it: it stays in the history, and is found no more."""
    done = api.call(state_of(context).workspace, "POST", "/memory/retract", {"id": record, "text": word})
    put_json(done) if as_json else put(f"taken back: {done['record']}" + _not_yet(done))


def resolve(context: typer.Context, record: Id, word: Word = "", as_json: AsJson = False) -> None:
    """Of values that contradict each other, say that this record's holds."""
    done = api.call(state_of(context).workspace, "POST", "/memory/resolve", {"id": record, "text": word})
    put_json(done) if as_json else put(f"holds: {done['record']}" + _not_yet(done))


def news(
    context: typer.Context,
    since: Annotated[str, typer.Option(metavar="AGE", help="Such as 2h; else since you last looked.")] = "",
    as_json: AsJson = False,
) -> None:
    """What came to be known while you were away, and what contradicts what; without --since, you have looked then."""
    workspace, age = state_of(context).workspace, duration("--since", since)
    told = api.call(workspace, "GET", f"/memory/news?{_query({'since': None if age is None else time.time() - age})}")
    put_json(told) if as_json else memory_lines.put_news(told)
    if age is None:
        api.call(workspace, "POST", "/memory/looked", {})


def themes(context: typer.Context, as_json: AsJson = False) -> None:
    """What the records say together: themes, open questions, and what failed and was then solved."""
    told = api.call(state_of(context).workspace, "GET", "/memory/themes")
    put_json(told) if as_json else memory_lines.put_themes(told)


def uses(
    context: typer.Context,
    idle: Annotated[str, typer.Option(metavar="AGE", help="What was not used for so long.")] = "30d",
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many of each at most.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Which records helped most, and which stand unused. Works without a coordinator."""
    from trinity_tui.memory.usefulness import usefulness
    from trinity_tui.memory.uses import count

    workspace, idle_seconds = state_of(context).workspace, duration("--idle", idle) or 0.0
    with index_of(workspace) as index:
        told = usefulness(index, count(workspace.instances), time.time(), idle_seconds, limit)
    put_json(told) if as_json else memory_lines.put_uses(told)


def _query(asked: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in asked.items() if value not in ("", None)})


def _moment(option: str, text: str) -> float | None:
    if not text:
        return None
    try:
        return parse_time(text)
    except ValueError as error:
        raise ClientError(
            f"{option} takes a time such as 2026-11-21 or 2026-11-21T10:00:00Z, not {text!r}", 2
        ) from error


def _not_yet(done: dict[str, Any]) -> str:
    return "" if done["kept"] else "; it is in the log, and cannot be searched yet"


COMMANDS: dict[str, Callable[..., None]] = {
    "search": search, "show": show, "add": add, "retract": retract, "resolve": resolve, "news": news, "themes": themes,
    "uses": uses, "export": export, "import": import_, "reindex": reindex, "embeddings": embeddings,
}  # fmt: skip
"""In the order of the help."""
