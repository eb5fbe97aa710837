"""``trinity bus``: look the log through, say how large it is, keep it within its limits now."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import typer

from trinity_tui.cli import bus_migrate
from trinity_tui.cli.grammar import AsJson, add_group
from trinity_tui.cli.shared import put, put_json, read_config, state_of, tell
from trinity_tui.client import api, launcher
from trinity_tui.core.carrier import FILES
from trinity_tui.core.config import carriage
from trinity_tui.core.errors import ClientError
from trinity_tui.core.told import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bus import Bus
    from trinity_tui.core.paths import Workspace

COMPACT_SECONDS = 600.0


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = {"check": check, "stats": stats, "compact": compact}
    bus_migrate.register(add_group(app, "bus", "The log: check, stats, compact, migrate.", commands))


def check(context: typer.Context, as_json: AsJson = False) -> None:
    """Look at every kept message, snapshot, mark and content; ends with 1 where something is damaged."""
    import asyncio

    found = asyncio.run(_check(state_of(context).workspace))
    if as_json:
        put_json(found)
    else:
        for damage in found.damage:
            put(f"{damage.file}{f':{damage.line}' if damage.line else ''}: {damage.problem}")
        names = ("message", "segment", "snapshot", "consumer", "content")
        put(", ".join(counted(getattr(found, f"{name}s"), name) for name in names))
        if found.torn:
            put(f"{counted(found.torn, 'line')} left unfinished by a killed writer and never accepted.")
        put(f"{len(found.damage)} damaged." if found.damage else "Nothing is damaged.")
    raise typer.Exit(1 if found.damage else 0)


async def _check(workspace: Workspace) -> Any:
    from trinity_tui.bus import inspect_carrier
    from trinity_tui.coordinator.archive import Archive
    from trinity_tui.coordinator.proof import prove

    bus, progress = await _open(workspace), _progress()
    try:
        found = await inspect_carrier(bus, progress)
        archive = Archive(bus, workspace.snapshots)
        found.snapshots = len(archive.snapshots.positions())
        found.damage += await prove(bus, archive, progress)
        progress("")
        return found
    finally:
        await bus.aclose()


async def _open(workspace: Workspace) -> Bus:
    from trinity_tui.bus import open_carrier

    if not workspace.bus.exists():
        raise ClientError(f"there is no message log in {workspace.root} yet", 4, "`trinity` makes one.")
    return await open_carrier(workspace.bus, "bus command", carriage(read_config(workspace), workspace.root))


def _progress() -> Callable[[str], None]:
    """Narration for who waits at a terminal, one line that is written over; no words take it away."""
    if not sys.stderr.isatty():
        return lambda words: None

    def show(words: str) -> None:
        sys.stderr.write(f"\r{words}\x1b[K")
        sys.stderr.flush()

    return show


def stats(context: typer.Context, as_json: AsJson = False) -> None:
    """How large the log is, up to where each consumer is done, what is kept of the past."""
    import asyncio

    now = asyncio.run(_stats(state_of(context).workspace))
    put_json(now) if as_json else _show(now)


async def _stats(workspace: Workspace) -> dict[str, Any]:
    from trinity_tui.bus import dead_letters

    bus = await _open(workspace)
    try:
        dead: dict[str, int] = {}
        for letter in dead_letters(workspace.bus):
            dead[letter.consumer] = dead.get(letter.consumer, 0) + 1
        return {**await _log(bus), "dead": dead, "snapshots": _snapshots(workspace)}
    finally:
        await bus.aclose()


async def _log(bus: Bus) -> dict[str, Any]:
    from trinity_tui.core.retention import lag

    chunks, lows = await bus.chunks(), await bus.lows()
    return {
        "carrier": bus.carrier, "generation": bus.generation, "first": await bus.first(), "end": await bus.end(),
        "bytes": sum(chunk.bytes for chunk in chunks), "messages": sum(chunk.count for chunk in chunks),
        "segments": len(chunks), "packed": sum(chunk.is_packed for chunk in chunks),
        "consumers": [{"id": name, "low": low, "lag": lag(chunks, low)} for name, low in lows.items()],
    }  # fmt: skip


def _snapshots(workspace: Workspace) -> dict[str, int]:
    sizes = {int(path.name[:20]): path.stat().st_size for path in workspace.snapshots.glob("*.json.gz")}
    stills = [path.stat().st_size for path in workspace.snapshots.glob("*/*.json.gz")]
    return {"count": len(sizes), "bytes": sum(sizes.values()), "oldest": min(sizes, default=0),
            "newest": max(sizes, default=0), "stills": len(stills), "still_bytes": sum(stills)}  # fmt: skip


def _show(now: dict[str, Any]) -> None:
    put(f"carrier     {now['carrier']}, generation {now['generation']}")
    put(f"log         {now['messages']} messages, {_size(now['bytes'])}, positions {now['first']} to {now['end']}")
    put(f"segments    {now['segments']}, {_packed(now)}")
    snapshots = now["snapshots"]
    stills = f"{snapshots['stills']} for replays, {_size(snapshots['still_bytes'])}"
    put(f"snapshots   {snapshots['count']}, {_size(snapshots['bytes'])}; {stills}")
    for consumer in now["consumers"]:
        dead = now["dead"].get(consumer["id"], 0)
        since = f", at least {consumer['lag']} messages since" if consumer["lag"] else ""
        given_up = f", {dead} dead letters" if dead else ""
        put(f"  {consumer['id']:<18} done with what is before {consumer['low']}{since}{given_up}")


def _packed(now: dict[str, Any]) -> str:
    return f"{now['packed']} of them packed" if now["carrier"] == FILES else "counted; packing them is for the server"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB"


def compact(context: typer.Context, as_json: AsJson = False) -> None:
    """Give up what is past the limits of [bus], pack what is old, and say what that came to."""
    workspace = state_of(context).workspace
    if launcher.answers(workspace):
        done: dict[str, Any] = api.call(workspace, "POST", "/compact", {}, COMPACT_SECONDS)
    else:
        tell("No coordinator runs: done by this command.")
        done = _compact_alone(workspace)
    if as_json:
        put_json(done)
        return
    put(f"{counted(done['dropped'], 'segment')} given up; the log begins at {done['first']}.")
    if read_config(workspace).bus.carrier == FILES:
        put(f"{done['packed']} packed, {_size(done['saved_bytes'])} saved.")
    else:
        put("Nothing is packed and no long content removed: that is for the server, which others may share.")
    if done["contents"]:
        put(f"Removed: {counted(done['contents'], 'long content')} that no message names any more.")
    for name, count in done["moved_on"].items():
        put(f"{name} was too far behind: {counted(count, 'message')} went to the dead letters.")


def _compact_alone(workspace: Workspace) -> dict[str, Any]:
    import asyncio
    import os
    import tempfile
    from pathlib import Path

    from trinity_tui.store.guard import Guard
    from trinity_tui.store.lock import Lock
    from trinity_tui.store.private import make_private

    sockets = workspace.socket_folder(Path(tempfile.gettempdir()), os.getuid())
    make_private(sockets)
    guard = Guard.acquire("coordinator", workspace.root)
    lock = Lock.acquire(sockets / "coordinator.lock") if guard is not None else 0
    if guard is None or isinstance(lock, int):
        raise ClientError("a coordinator is just starting or stopping", 1, "Try again in a moment.")
    try:
        return asyncio.run(_keep(workspace))
    finally:
        lock.close()
        guard.close()


async def _keep(workspace: Workspace) -> dict[str, Any]:
    import msgspec

    from trinity_tui.coordinator.alone import keep_alone
    from trinity_tui.coordinator.retention import retention_rules

    bus = await _open(workspace)
    try:
        return msgspec.to_builtins(
            await keep_alone(bus, workspace.snapshots, retention_rules(read_config(workspace).bus))
        )
    finally:
        await bus.aclose()
