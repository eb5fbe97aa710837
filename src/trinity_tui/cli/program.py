"""The program as a command line needs it: what every command shares, and the commands it can mean."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trinity_tui.cli.shared import State, is_completed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typer.models import CommandInfo

COMMANDS = {
    "attach": ("attach",),
    "init": ("init",),
    "ask": ("send",),
    "chat": ("chat",),
    "inbox": ("inbox", "approve", "reject"),
    "digest": ("digest",),
    "notify": ("notify",),
    "brains": ("brain", "usage"),
    "dead": ("resend",),
    "look": ("status", "messages", "log", "doctor"),
    "trace": ("trace",),
    "task": ("task",),
    "search": ("search",),
    "lifecycle": ("serve", "restart", "start", "stop", "pause", "resume", "down", "bench"),
    "fleet": ("add", "remove", "scale"),
    "changes": ("changes",),
    "handoff": ("handoff",),
    "continuity": ("continuity",),
    "memory": ("memory",),
    "bus": ("bus",),
    "configuration": ("config",),
    "bridge": ("bridge",),
}
"""Which module of this room has which commands, in the order of the help."""
FLAGS = frozenset({"--plain", "--serve", "--version"})
SETTINGS = frozenset({"-C", "--host", "--port", "--computer"})
"""The program's own options, without a value and with one."""


def modules_for(words: Sequence[str]) -> list[str]:
    """The modules a command line can need: loading all of them takes longer than most commands.

    Whatever word could be the command counts as one. Without any the room is opened, which takes none; where there are
    words and none is a command, or help or a completion is asked for, it is all of them.
    """
    is_for_all = not {"-h", "--help"}.isdisjoint(words) or is_completed(os.environ)
    wanted = [module for module, names in COMMANDS.items() if not set(names).isdisjoint(words)]
    if not wanted and not is_for_all and not _other_words(words):
        return []
    return list(COMMANDS) if is_for_all or not wanted else wanted


def _other_words(words: Sequence[str]) -> list[str]:
    """What is neither an option of the program itself nor what it is set to."""
    return [
        word for before, word in zip(("", *words), words, strict=False)
        if word not in FLAGS and word not in SETTINGS and before not in SETTINGS
    ]  # fmt: skip


def program(words: Sequence[str]) -> typer.Typer:
    """The program with the commands that this command line can need."""
    app = typer.Typer(
        name="trinity", add_completion=True, no_args_is_help=False, rich_markup_mode=None,
        pretty_exceptions_enable=False,
        help="A control room for AI agents in a terminal. Without a command it opens the room.",
        context_settings={"help_option_names": ["-h", "--help"]},
    )  # fmt: skip
    app.callback(invoke_without_command=True)(root)
    modules = modules_for(words)
    for module in modules:
        importlib.import_module(f"trinity_tui.cli.{module}").register(app)
    if len(modules) < len(COMMANDS):
        # The parser takes each command to pieces, also those of a module that nobody means.
        app.registered_commands = [one for one in app.registered_commands if name_of(one) in words]
    return app


def name_of(command: CommandInfo) -> str:
    """What a command is called by: its function's name, where it has none of its own."""
    return command.name or getattr(command.callback, "__name__", "")


def root(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option("-C", metavar="DIR", help="The workspace; else the nearest with instances.toml.")
    ] = None,
    plain: Annotated[bool, typer.Option("--plain", help="The room in plain lines: no boxes, nothing moves.")] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Be the coordinator, in the foreground.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Say the version and end.")] = False,
    host: Annotated[str | None, typer.Option(help="With --serve: where to listen.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="With --serve: the port; 0 for none.")] = None,
    computer: Annotated[str | None, typer.Option(help="With --serve: this computer's name, such as C1.")] = None,
) -> None:
    """Find out what is meant."""
    context.obj = State(folder, dict(os.environ), plain)
    if version:
        from trinity_tui import __version__

        typer.echo(f"trinity {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is not None:
        return
    if serve:
        from trinity_tui.cli import lifecycle

        raise typer.Exit(lifecycle.serve_workspace(context.obj, host, port, computer))
    from trinity_tui.cli import open_room

    raise typer.Exit(open_room.open_here(context.obj))
