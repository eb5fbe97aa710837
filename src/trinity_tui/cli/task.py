"""``trinity task``: the board: what is to be done, by whom, and how it stands; add to it, give, end, and retry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

import typer

from trinity_tui.cli.grammar import AsJson, add_group
from trinity_tui.cli.shared import one_of, put, put_json, said, state_of
from trinity_tui.client import api
from trinity_tui.core.board import STATES
from trinity_tui.core.message import PRIORITIES

if TYPE_CHECKING:
    from collections.abc import Callable

Id = Annotated[str, typer.Argument(metavar="ID", help="As `trinity task list` shows it; its last characters do.")]
Word = Annotated[str, typer.Option("--word", help="Why; it is kept with it, and shown as the reason.")]
To = Annotated[str, typer.Option(help="An instance, role:NAME, or all: whoever has the least to do.")]
NONE_OPEN = "No task is open. `trinity task add TEXT` adds one, `trinity task list --all` shows what is over."
SHORT_CHARACTERS = 8
"""Of an id: its end, as ids of one moment begin alike."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    add_group(app, "task", "The board: what is to be done, by whom, and how it stands.", COMMANDS)


def list_(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also what is over: done, failed or cancelled.")] = False,
    state: Annotated[str, typer.Option(help="Only these, such as BLOCKED.")] = "",
    as_json: AsJson = False,
) -> None:
    """The open tasks, oldest first, each with its state and the reason; with --all also what is over."""
    if state:
        one_of("--state", state.upper(), STATES)
    wanted = state.upper() or ("" if everything else "open")
    rows = api.call(state_of(context).workspace, "GET", f"/tasks?{urlencode({'state': wanted})}")
    for row in rows:
        put_json(row) if as_json else _put_task(row)
    if not rows and not as_json:
        put(NONE_OPEN if wanted == "open" else "No such task.")


def _put_task(row: dict[str, Any]) -> None:
    pressing = f" ▲{row['priority']}" if row["priority"] in ("high", "urgent") else ""
    who = row["assignee"] or row["to"]
    put(f"{row['id'][-SHORT_CHARACTERS:]}  {row['state']:<11} {who:<16} {row['title']}{pressing}")
    put(f"{'':<{SHORT_CHARACTERS}}  {row['reason']}")


def show(context: typer.Context, task: Id, as_json: AsJson = False) -> None:
    """One task with everything that was said of it."""
    row = api.call(state_of(context).workspace, "GET", f"/task?{urlencode({'id': task})}")
    if as_json:
        put_json(row)
        return
    put(f"{row['title']}")
    put(f"{row['state']}: {row['reason']}")
    put(f"id {row['id']}  priority {row['priority']}  from {row['from_']}  for {row['to']}  attempts {row['attempts']}")
    if row["assignee"]:
        put(f"held by {row['assignee']} since {row['since']}")
    for line in (f"claim: {row['claim']}" if row["claim"] else "", row["result"]):
        if line:
            put(line)
    if not row.get("is_whole", True):
        put("… what was said of it before is not shown")
    for one in row["history"]:
        text = " ".join(str(one["content"]).split())[:160]
        put(f"{one['timestamp'][11:19]} {one['from']} → {one['to']}  {one['type']}  {text}")


def add(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be done.")],
    to: To = "all",
    after: Annotated[
        list[str] | None,
        typer.Option("--after", metavar="ID", help="It waits until that one is done; may be repeated."),
    ] = None,
    priority: Annotated[str, typer.Option(help="low, normal, high or urgent.")] = "normal",
    as_json: AsJson = False,
) -> None:
    """Put a task on the board. Exit code 4: nobody of that name, or no such task to wait for."""
    one_of("--priority", priority, PRIORITIES)
    body = {"text": said(text), "to": to, "priority": priority, "after": ",".join(after or ())}
    done = api.call(state_of(context).workspace, "POST", "/task/add", body)
    put_json(done) if as_json else put(f"{done['id']} → {done['to']}")


def assign(
    context: typer.Context,
    task: Id,
    who: Annotated[str, typer.Argument(metavar="WHO", help="An instance, role:NAME, or all: back to the queue.")],
    word: Word = "",
    as_json: AsJson = False,
) -> None:
    """Give a task to somebody else, or back to the queue; who holds it stops."""
    _order(context, "assign", {"id": task, "to": who, "word": word}, as_json)


def cancel(context: typer.Context, task: Id, word: Word = "", as_json: AsJson = False) -> None:
    """End a task; who holds it stops, and what it says of it afterwards counts for nothing."""
    _order(context, "cancel", {"id": task, "word": word}, as_json)


def retry(context: typer.Context, task: Id, to: To = "", word: Word = "", as_json: AsJson = False) -> None:
    """Have a task that is over done anew; one that is blocked goes ahead without what it waits for."""
    _order(context, "retry", {"id": task, "to": to, "word": word}, as_json)


def _order(context: typer.Context, do: str, body: dict[str, str], as_json: bool) -> None:
    done = api.call(state_of(context).workspace, "POST", f"/task/{do}", body)
    put_json(done) if as_json else _put_task(done)


COMMANDS: dict[str, Callable[..., None]] = {
    "list": list_, "show": show, "add": add, "assign": assign, "cancel": cancel, "retry": retry,
}  # fmt: skip
"""In the order of the help."""
