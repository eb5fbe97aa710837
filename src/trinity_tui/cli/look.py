"""Commands that look: ``status``, ``messages``, ``log``, ``doctor``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

import msgspec
import typer

from trinity_tui.cli.dead import show_dead
from trinity_tui.cli.duration import spoken
from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import put, put_json, state_of, state_signs, tell
from trinity_tui.client import api, found
from trinity_tui.core.carrier import FILES
from trinity_tui.core.errors import ClientError
from trinity_tui.core.signs import sign_of
from trinity_tui.core.told import to_you

if TYPE_CHECKING:
    from trinity_tui.core.paths import Workspace
    from trinity_tui.core.wire.face import Output

FOLLOW_SECONDS = 1.0
Following = Annotated[bool, typer.Option("-f", "--follow", help="Go on showing what comes.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(status)
    app.command()(messages)
    app.command()(log)
    app.command()(doctor)


def status(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="[WHO]", help="An instance, role:NAME, group:NAME or all.")] = "all",
    follow: Following = False,
    as_json: AsJson = False,
) -> None:
    """The coordinator, the instances and the tasks; with --follow a line for whatever changes."""
    workspace = state_of(context).workspace
    place = found.find(workspace)
    if place is not None and (sentence := found.other_version(place.version)):
        tell(sentence)
    now = api.call(workspace, "GET", "/status" if who == "all" else f"/status?{urlencode({'who': who})}")
    if follow:
        # The one command here that folds the room.
        from trinity_tui.cli.follow_status import follow as follow_status

        names = frozenset(one["id"] for one in now["instances"])
        follow_status(workspace, names if who != "all" else None, as_json=as_json)
    elif as_json:
        put_json(now)
    else:
        _show_status(now)


def _show_status(now: dict[str, Any]) -> None:
    coordinator, signs = now["coordinator"], state_signs()
    put(f"{now['workspace']}  coordinator {coordinator['pid']}  {coordinator['http'] or 'socket only'}  {now['path']}")
    if coordinator["carrier"] != FILES:
        put(f"the log is at {coordinator['carrier']}")
    for notice in now["notices"]:
        put(f"! {notice}")
    for one in now["instances"]:
        glyph = sign_of(one["state"], signs)
        activity = one["detail"] or one["activity"] if one["state"] == "ONLINE" else to_you(one["reason"])
        # Right after a take-over nothing is measured yet: then nothing is said.
        is_measured = one["pid"] and one["rss_bytes"]
        figures = f"{one['cpu_percent']:5.1f} %  {one['rss_bytes'] / 1e6:5.1f} MB" if is_measured else ""
        name = one["id"] + ("+" if one["chosen"] else "")
        put(f"{glyph} {name:<16} {one['role']:<10} {one['state']:<9} {figures:<18} {activity}".rstrip())
    if any(one["chosen"] for one in now["instances"]):
        put("  + chosen in the program, beside instances.toml: `trinity config show`")
    open_tasks = [task for task in now["tasks"] if task["state"] not in ("COMPLETED", "FAILED", "CANCELLED")]
    for task in open_tasks:
        put(f"  {task['state']:<11} {task['assignee'] or '—':<16} {task['title']}")
    if now["waiting"]:
        oldest = f", the oldest for {spoken(now['oldest_wait_s'])}" if now["oldest_wait_s"] is not None else ""
        put(f"{now['waiting']} waiting for you{oldest}: `trinity inbox`")


def messages(
    context: typer.Context,
    follow: Following = False,
    start: Annotated[int | None, typer.Option("--from", help="A position; else the newest.")] = None,
    to: Annotated[str | None, typer.Option(help="Only to this address.")] = None,
    kind: Annotated[str | None, typer.Option("--type", help="Only of this type.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most at a time.")] = 50,
    dead: Annotated[bool, typer.Option("--dead", help="What was given up, with the reason.")] = False,
    as_json: AsJson = False,
) -> None:
    """The messages, oldest first."""
    workspace = state_of(context).workspace
    if dead:
        show_dead(workspace, to, kind, limit, as_json)
        return
    position = show_messages(workspace, start, to, kind, limit, as_json)
    while follow:
        time.sleep(FOLLOW_SECONDS / 4)
        position = show_messages(workspace, position, to, kind, limit, as_json)


def show_messages(
    workspace: Workspace, start: int | None, to: str | None, kind: str | None, limit: int, as_json: bool = False
) -> int:
    """Print messages from a position on (None: the newest); where to go on."""
    position, left, is_end = start, limit, False
    while left and not is_end:
        page = _page(workspace, position, to, kind, left)
        for row in page["messages"]:
            put_json(row) if as_json else _show_message(row)
        left -= len(page["messages"])
        position, is_end = page["next"], page["is_end"]
    return position or 0


def _page(workspace: Workspace, start: int | None, to: str | None, kind: str | None, limit: int) -> dict[str, Any]:
    query = {"start": start, "to": to, "type": kind, "limit": limit}
    return api.call(workspace, "GET", "/messages?" + urlencode({k: v for k, v in query.items() if v is not None}))


def _show_message(row: dict[str, Any]) -> None:
    text = " ".join(str(row["content"]).split())
    urgent = " ▲" + row["priority"] if row["priority"] in ("high", "urgent") else ""
    put(f"{row['timestamp'][11:19]} {row['from']} → {row['to']}  {row['type']}{urgent}  {text[:160]}  {row['id']}")


def log(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="WHO", help="An instance.")],
    follow: Following = False,
    lines: Annotated[int, typer.Option("-n", "--lines", min=1, help="How many of the last lines.")] = 50,
    run: Annotated[int, typer.Option("--run", min=0, help="Of this earlier run; 0 is the newest.")] = 0,
    everything: Annotated[bool, typer.Option("--all", help="Of every run whose output is kept.")] = False,
    as_json: AsJson = False,
) -> None:
    """What an instance printed: in its newest run, in run --run, or in --all; between two runs stands how one ended."""
    workspace = state_of(context).workspace
    if follow and (run or everything):
        raise ClientError("--follow shows the newest run", 2, "Leave out --run and --all.")
    output = _output(workspace, who, lines, run)
    if not follow:
        _show_runs(workspace, output, lines, everything, as_json)
        return
    import asyncio

    asyncio.run(_follow_log(workspace, who, lines, as_json))


def _output(workspace: Workspace, who: str, lines: int, run: int) -> dict[str, Any]:
    return api.call(workspace, "GET", "/output?" + urlencode({"instance": who, "lines": lines, "epoch": run}))


def _show_runs(workspace: Workspace, output: dict[str, Any], lines: int, everything: bool, as_json: bool) -> None:
    """Show one run, or all of them with a line after each that is over."""
    who, kept = output["instance"], {one["epoch"]: one for one in output["runs"]}
    if output["epoch"] and output["epoch"] not in kept and not output["lines"]:
        numbers = ", ".join(map(str, kept)) or "none"
        raise ClientError(f"of {who} no run {output['epoch']} is kept", 4, f"Kept are: {numbers}.")
    newest = max(kept, default=output["epoch"])
    for epoch in kept if everything else (output["epoch"],):
        shown = _output(workspace, who, lines, epoch) if everything else output
        put_json(shown) if as_json else [put(line) for line in shown["lines"]]
        if not as_json and epoch in kept and epoch != newest:
            put(_ended(kept[epoch]))


def _ended(run: dict[str, Any]) -> str:
    at = time.strftime("%H:%M:%S", time.localtime(run["at"]))
    said = f"ended {at}: {run['ended']}" if run["ended"] else f"printed last at {at}; no crash is on record"
    return f"── run {run['epoch']} {said} ──"


async def _follow_log(workspace: Workspace, who: str, lines: int, as_json: bool) -> None:
    from trinity_tui.client.connection import Connection
    from trinity_tui.client.printed import lines_of

    def show(output: Output) -> None:
        for line in lines_of(output):
            put_json({"instance": who, "epoch": output.epoch, "line": line}) if as_json else put(line)

    connection = Connection(workspace, read_only=True, on_output=show)
    await connection.follow(who, lines)
    await connection.run()


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """What is missing on this machine, and the command that mends it."""
    from trinity_tui.cli.examine import examine

    state = state_of(context)
    try:
        workspace: Workspace | None = state.workspace
    except ClientError:
        workspace = None
    checks = examine(workspace, state.environment)
    if as_json:
        put_json([msgspec.to_builtins(check) for check in checks])
    else:
        for check in checks:
            put(f"{'✓' if check.is_ok else '✗' if check.is_needed else '·'} {check.what}: {check.says}")
            if check.mend:
                put(f"    {check.mend}")
    if any(check.is_needed and not check.is_ok for check in checks):
        raise typer.Exit(1)
