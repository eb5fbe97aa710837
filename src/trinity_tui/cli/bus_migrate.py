"""``trinity bus migrate``: a stopped workspace's log, moved to another carrier and verified."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated, cast

import msgspec
import typer

from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import put, put_json, read_config, state_of, tell
from trinity_tui.core import carrier, config
from trinity_tui.core.errors import ClientError
from trinity_tui.core.told import counted
from trinity_tui.store.guard import Guard
from trinity_tui.store.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Generator

    from trinity_tui.bus.migration import Movable, Moved
    from trinity_tui.core.paths import Workspace

Target = Annotated[str, typer.Argument(metavar="CARRIER", help="files, or nats://HOST:PORT.")]
From = Annotated[str | None, typer.Option("--from", metavar="CARRIER", help="Where it is; else as configured.")]


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(migrate)


def migrate(context: typer.Context, to: Target, from_: From = None, as_json: AsJson = False) -> None:
    """Move the log to another carrier. The workspace must be stopped; instances.toml is yours to change."""
    # Here and not above: other commands need no loop.
    import asyncio

    workspace = state_of(context).workspace
    settings = read_config(workspace)
    whole = config.carriage(settings, workspace.root)
    source = msgspec.structs.replace(whole, carrier=from_ or whole.carrier)
    target = msgspec.structs.replace(whole, carrier=to)
    _check(to)
    if source.carrier == target.carrier:
        hint = "Say where it is with --from, if instances.toml was changed already."
        raise ClientError(f"the log is at {carrier.shown(to)} already", 2, hint)

    with _stopped(workspace):
        tell(f"moving the log from {carrier.shown(source.carrier)} to {carrier.shown(to)} …")
        moved = asyncio.run(_move(workspace, source, target))
    if as_json:
        put_json(msgspec.to_builtins(moved))
        return
    put(
        f"{counted(moved.messages, 'message')} ({moved.copied} copied now), {counted(moved.contents, 'content')}, "
        f"{counted(moved.consumers, 'consumer')}; both logs give the same room ({moved.digest})"
    )
    put(f'Now change instances.toml: [bus] carrier = "{carrier.shown(to)}"')


def _check(text: str) -> None:
    try:
        carrier.servers_of(text)
    except ValueError as error:
        raise ClientError(str(error), 2) from error


@contextmanager
def _stopped(workspace: Workspace) -> Generator[None]:
    """Hold what a coordinator and every instance would hold, so that none of them runs meanwhile."""
    with ExitStack() as held:
        guard = Guard.acquire("coordinator", workspace.root)
        if guard is None:
            raise ClientError("a coordinator runs here", 1, "Stop everything first: `trinity down`.")
        held.callback(guard.close)
        for folder in sorted((workspace.runtime / "instances").glob("*/lock")):
            lock = Lock.acquire(folder)
            if isinstance(lock, int):
                problem = f"{folder.parent.name} lives (pid {lock})"
                raise ClientError(problem, 1, "Stop everything first: `trinity down`.")
            held.callback(lock.close)
        yield


async def _move(workspace: Workspace, source: carrier.Carriage, target: carrier.Carriage) -> Moved:
    from trinity_tui.bus import open_carrier
    from trinity_tui.bus.migration import Migration

    here = await open_carrier(workspace.bus, "migration", source)
    try:
        there = await open_carrier(workspace.bus, "migration", target)
        try:
            return await Migration(cast("Movable", here), cast("Movable", there)).run()
        finally:
            await there.aclose()
    finally:
        await here.aclose()
