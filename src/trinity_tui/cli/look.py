"""Commands that look: ``status``, ``messages``, ``log``, ``doctor``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

import msgspec
import typer

from trinity_tui.cli.dead import show_dead
from trinity_tui.cli.duration import spoken
from trinity_tui.cli.shared import AsJson, put, put_json, state_of, tell
from trinity_tui.client import api, found
from trinity_tui.core.carrier import FILES
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from trinity_tui.core.paths import Workspace
    from trinity_tui.core.wire.face import Output

FOLLOW_SECONDS = 1.0
_GLYPHS = {
    "OFFLINE": "○", "STARTING": "◌", "ONLINE": "●", "BUSY": "◐", "DEGRADED": "◍", "CRASHED": "✖", "PARKED": "‖",
    "PAUSED": "‖", "UNKNOWN": "?",
}  # fmt: skip
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
    """The coordinator, the instances and the tasks."""
    workspace = state_of(context).workspace
    place = found.find(workspace)
    if place is not None and (sentence := found.other_version(place.version)):
        tell(sentence)
    while True:
        now = api.call(workspace, "GET", "/status" if who == "all" else f"/status?{urlencode({'who': who})}")
        put_json(now) if as_json else _show_status(now)
        if not follow:
            return
        time.sleep(FOLLOW_SECONDS)


def _show_status(now: dict[str, Any]) -> None:
    coordinator = now["coordinator"]
    put(f"{now['workspace']}  coordinator {coordinator['pid']}  {coordinator['http'] or 'socket only'}  {now['path']}")
    if coordinator["carrier"] != FILES:
        put(f"the log is at {coordinator['carrier']}")
    for notice in now["notices"]:
        put(f"! {notice}")
    for one in now["instances"]:
        glyph = _GLYPHS.get(one["state"], "?")
        activity = one["detail"] or one["activity"] if one["state"] == "ONLINE" else one["reason"]
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
    end = api.call(workspace, "GET", "/status")["position"]
    rows = _page(workspace, start, to, kind, limit)
    for row in rows:
        put_json(row) if as_json else _show_message(row)
    return rows[-1]["position"] + 1 if rows else max(start or 0, end)


def _page(workspace: Workspace, start: int | None, to: str | None, kind: str | None, limit: int) -> list[Any]:
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
    as_json: AsJson = False,
) -> None:
    """What an instance printed."""
    workspace = state_of(context).workspace
    query = urlencode({"instance": who, "lines": lines})
    output = api.call(workspace, "GET", f"/output?{query}")
    if not follow:
        put_json(output) if as_json else [put(line) for line in output["lines"]]
        return
    import asyncio

    asyncio.run(_follow_log(workspace, who, lines, as_json))


async def _follow_log(workspace: Workspace, who: str, lines: int, as_json: bool) -> None:
    from trinity_tui.client.connection import Connection
    from trinity_tui.client.mirror import lines_of

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
