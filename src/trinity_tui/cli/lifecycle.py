"""Commands that start, stop and measure: ``serve``, ``start`` … ``resume``, ``down``, ``bench``."""

from __future__ import annotations

import logging
import os
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import put, put_json, read_config, state_of, tell
from trinity_tui.client import api, found, launcher
from trinity_tui.core.errors import ClientError
from trinity_tui.process.identity import alive, identify
from trinity_tui.store.narration import Narration

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.cli.shared import State
    from trinity_tui.core.paths import Workspace

Who = Annotated[str, typer.Argument(metavar="WHO", help="An instance, role:NAME, group:NAME or all.")]
DOWN_SECONDS = 60.0


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(serve)
    app.command()(restart)
    for name, done in (
        ("start", "Have instances run."), ("stop", "Have instances stop."),
        ("pause", "Cut the turns of instances and let them begin none."), ("resume", "Let paused instances go on."),
    ):  # fmt: skip
        app.command(name, help=done)(_on_instances(name))
    app.command()(down)
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(bench)


def _on_instances(action: str) -> Callable[..., None]:
    def command(context: typer.Context, who: Who, as_json: AsJson = False) -> None:
        _ask_of(state_of(context).workspace, action, who, as_json)

    return command


def _ask_of(workspace: Workspace, action: str, who: str, as_json: bool) -> None:
    done = api.call(workspace, "POST", f"/{action}", {"who": who})
    for name, why in done.get("held", {}).items():
        tell(f"{name} stays paused {why}")
    put_json(done) if as_json else put(f"{action}: {', '.join(done['instances'])}")


def restart(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="[WHO]", help="An instance, role:NAME, group:NAME or all.")] = "",
    coordinator: Annotated[
        bool, typer.Option("--coordinator", help="The coordinator, as after an upgrade; the instances go on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Stop and start instances; with --coordinator, the coordinator alone."""
    if coordinator == bool(who):
        raise ClientError("restart takes WHO or --coordinator", 2)
    workspace = state_of(context).workspace
    if who:
        _ask_of(workspace, "restart", who, as_json)
        return
    from trinity_tui.cli.handover import replace

    done = replace(workspace)
    put_json(done) if as_json else put(f"coordinator: {done['before'] or 'none'} → {done['pid']}; the instances go on")


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Where to listen.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="The port; 0 for none.")] = None,
    computer: Annotated[str | None, typer.Option(help="This computer's name, such as C1.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", hidden=True)] = False,
) -> None:
    """Be the coordinator, in the foreground; the same as `trinity --serve`."""
    raise typer.Exit(serve_workspace(state_of(context), host, port, computer, quiet=quiet))


def serve_workspace(
    state: State, host: str | None, port: int | None, computer: str | None, *, quiet: bool = False
) -> int:
    """Be the coordinator of the workspace that is meant; the exit code."""
    from trinity_tui.daemon.service import Options, run

    workspace = state.workspace
    config = read_config(workspace)
    narration = Narration(sys.stderr.fileno())
    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s", level=logging.INFO, handlers=[narration])
    for chatty in ("uvicorn", "watchfiles"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    if not quiet and not launcher.answers(workspace):
        tell(f"Coordinator of {workspace.root}. Ctrl+C leaves the instances running; `trinity down` ends everything.")
    return run(workspace, config, Options(host, port, computer))


def down(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Stop the coordinator, the keeper and every instance."""
    workspace = state_of(context).workspace
    if not launcher.answers(workspace):
        _down_without(workspace, as_json)
        return
    if not yes and sys.stdin.isatty():
        there = api.call(workspace, "GET", "/status", across_versions=True)["instances"]
        busy = [one["id"] for one in there if one["activity"] != "idle"]
        if busy and not typer.confirm(f"{', '.join(busy)} is at work. Stop everything?", err=True):
            raise ClientError("nothing was stopped")
    place = found.find(workspace)
    api.call(workspace, "POST", "/down", {}, across_versions=True)
    deadline = time.monotonic() + DOWN_SECONDS
    while place is not None and _lives(place.pid):
        if time.monotonic() > deadline:
            raise ClientError(f"the coordinator (pid {place.pid}) is still stopping after {DOWN_SECONDS:g} s", 5)
        time.sleep(0.02)
    tell_stopped(workspace, as_json)


def tell_stopped(workspace: Workspace, as_json: bool) -> None:
    """Say that everything is stopped, where it is so: a coordinator may be killed over it, or fail to stop somebody.

    Raises:
        ClientError: Somebody lives on.
    """
    from trinity_tui.supervision.records import living

    if left := [f"{name} (pid {pid})" for name, pid in living(workspace).items()]:
        raise ClientError(f"not everything is stopped: {', '.join(left)} live on", 1, "`trinity down` again ends them.")
    put_json({"stopped": True}) if as_json else put("Everything is stopped.")


def _down_without(workspace: Workspace, as_json: bool) -> None:
    """No coordinator runs; a fleet may still live under its keeper. A coordinator takes it over and ends it."""
    if not workspace.keeper.exists():
        raise api.no_coordinator(workspace)
    import asyncio

    asyncio.run(launcher.ensure(workspace))
    api.call(workspace, "POST", "/down", {})
    place = found.find(workspace)
    while place is not None and _lives(place.pid):
        time.sleep(0.02)
    tell_stopped(workspace, as_json)


def _lives(pid: int) -> bool:
    there = identify(pid)
    return there is not None and alive(there)


def bench(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="brain|bus|log|memory|screen|soak|supervise", help="What to measure.")],
) -> None:
    """Measure, beside what else is installed (--peers NAMES|none, --rounds N); --json, quicker with --quick."""
    # What is measured is not measured inside of this program: it becomes another one.
    os.execv(sys.executable, [sys.executable, "-P", "-m", "trinity_tui.bench", what, *context.args])
