"""Commands that change who works here: ``add``, ``remove``, ``scale``; and what holds: ``config show``."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import put, put_json, read_config, state_of
from trinity_tui.client import api
from trinity_tui.core.errors import ClientError
from trinity_tui.core.told import counted

Instance = Annotated[str, typer.Argument(metavar="ID", help="The instance.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(add)
    app.command()(remove)
    app.command()(scale)


def add(
    context: typer.Context,
    instance: Instance,
    role: Annotated[str, typer.Option(help="explorer, builder, reflector, lead …")] = "",
    persona: Annotated[str, typer.Option(help="A sentence about its manner and its interests.")] = "",
    brain: Annotated[str, typer.Option(help="builtin or auto.")] = "",
    after: Annotated[list[str] | None, typer.Option(help="Start it when this one is ready; can be repeated.")] = None,
    replicas: Annotated[int | None, typer.Option(help="So many of it: ID-1, ID-2 …")] = None,
    as_json: AsJson = False,
) -> None:
    """Have another instance, now and after the next start; instances.toml stays as it is."""
    if not role and not _is_described(context, instance):
        raise ClientError(f"say what {instance} is to be: --role explorer, for example", 2)
    body = {
        "id": instance,
        "role": role,
        "persona": persona,
        "brain": brain,
        "after": after or [],
        "replicas": replicas,
    }
    done = api.call(state_of(context).workspace, "POST", "/add", body)
    if as_json:
        put_json(done)
        return
    put(f"added: {', '.join(done['came'])}")
    for name, count in done["waiting"].items():
        if count:
            put(f"{counted(count, 'message')} from before {'waits' if count == 1 else 'wait'} for {name}")


def _is_described(context: typer.Context, instance: str) -> bool:
    """Whether instances.toml says what it is: one that was removed comes back as that."""
    described = read_config(state_of(context).workspace).instances
    return instance in described or any(one.replica_of == instance for one in described.values())


def remove(context: typer.Context, instance: Instance, yes: Yes = False, as_json: AsJson = False) -> None:
    """Have an instance no more; instances.toml stays as it is, and so does what waits for it in the log."""
    workspace = state_of(context).workspace
    if not yes and sys.stdin.isatty():
        there = api.call(workspace, "GET", "/status")["instances"]
        busy = [one["id"] for one in there if one["activity"] != "idle" and _is_of(one["id"], instance)]
        if busy and not typer.confirm(f"{', '.join(busy)} is at work. Remove {instance}?", err=True):
            raise ClientError("nothing was removed")
    done = api.call(workspace, "POST", "/remove", {"id": instance})
    if as_json:
        put_json(done)
        return
    put(f"removed: {', '.join(done['went'])}")
    for name, count in done["waiting"].items():
        if count:
            is_or_are = "is" if count == 1 else "are"
            put(f"{counted(count, 'message')} to {name} {is_or_are} unread; `trinity add {name}` goes on there")


def _is_of(name: str, instance: str) -> bool:
    return name == instance or name.rpartition("-")[0] == instance


def scale(
    context: typer.Context,
    instance: Instance,
    replicas: Annotated[int, typer.Argument(metavar="N", help="How many: 1 to 64.")],
    as_json: AsJson = False,
) -> None:
    """Have another number of replicas; the highest numbers go first, each when its turn is over."""
    body: dict[str, Any] = {"id": instance, "replicas": replicas}
    done = api.call(state_of(context).workspace, "POST", "/scale", body)
    if as_json:
        put_json(done)
        return
    said = [f"{word}: {', '.join(done[word])}" for word in ("came", "went", "ending") if done[word]]
    put("; ".join(said) or f"{instance} has {replicas} already")
