"""The program: what every command shares, and how an error reaches a person: a sentence and an exit code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from trinity_tui.cli import (
    ask,
    brains,
    bus,
    changes,
    chat,
    configuration,
    dead,
    fleet,
    inbox,
    lifecycle,
    look,
    open_room,
    trace,
)
from trinity_tui.cli.shared import State
from trinity_tui.core.errors import ClientError, ConfigError, TrinityError

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer(
    name="trinity", add_completion=True, no_args_is_help=False, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="A control room for AI agents in a terminal. Without a command it opens the room.",
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip
open_room.register(app)
ask.register(app)
chat.register(app)
inbox.register(app)
brains.register(app)
dead.register(app)
look.register(app)
trace.register(app)
lifecycle.register(app)
fleet.register(app)
changes.register(app)
bus.register(app)
configuration.register(app)


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option("-C", metavar="DIR", help="The workspace; else the nearest with instances.toml.")
    ] = None,
    serve: Annotated[bool, typer.Option("--serve", help="Be the coordinator, in the foreground.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Say the version and end.")] = False,
    host: Annotated[str | None, typer.Option(help="With --serve: where to listen.")] = None,
    port: Annotated[int | None, typer.Option(help="With --serve: the port; 0 for none.")] = None,
    computer: Annotated[str | None, typer.Option(help="With --serve: this computer's name, such as C1.")] = None,
) -> None:
    """Find out what is meant."""
    context.obj = State(folder, dict(os.environ))
    if version:
        from trinity_tui import __version__

        typer.echo(f"trinity {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is not None:
        return
    if serve:
        raise typer.Exit(lifecycle.serve_workspace(context.obj, host, port, computer))
    raise typer.Exit(open_room.open_here(context.obj))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    try:
        result = app(args=list(arguments) if arguments is not None else None, standalone_mode=False)
        return result if isinstance(result, int) else 0
    except ClientError as error:
        return _say(error.sentence(), error.exit_code)
    except ConfigError as error:
        return _say(error.sentence(), 2)
    except TrinityError as error:
        return _say(error.sentence(), 1)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001  # boundary: no traceback reaches a user; usage errors of the parser come this way too
        return _unexpected(error)


def _unexpected(error: Exception) -> int:
    if os.environ.get("TRINITY_DEBUG"):
        raise error
    cause = _cause(error)
    if isinstance(cause, TrinityError):
        return _say(cause.sentence(), 1)
    show = getattr(error, "show", None)
    if show is not None:
        show(file=sys.stderr)
        return 2
    return _say(f"unexpected: {type(cause).__name__}: {cause} (TRINITY_DEBUG=1 shows where)", 1)


def _cause(error: Exception) -> Exception:
    """What a group of errors began with."""
    while isinstance(error, ExceptionGroup):
        error = cast("ExceptionGroup[Exception]", error).exceptions[0]
    return error


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(f"trinity: {sentence}\n")
    return code
