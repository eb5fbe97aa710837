"""``trinity attach``: the room on a coordinator that runs, here, over its port, or on another computer through ssh."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trinity_tui.cli.open_room import follow_text, is_terminal, preferred_by, show
from trinity_tui.cli.shared import State, state_of, tell
from trinity_tui.core.elsewhere import SCHEME, is_elsewhere, parse, ssh_program
from trinity_tui.core.errors import ClientError
from trinity_tui.core.paths import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.client.connection import Connection
    from trinity_tui.client.way import Way

PORTS = ("http://", "https://")
Target = Annotated[
    str | None,
    typer.Argument(
        metavar="[TARGET]", help="A workspace's folder, ssh://[user@]host/path, or http://host:8900; else this one."
    ),
]
ReadOnly = Annotated[bool, typer.Option("--read-only", help="Look and change nothing; the coordinator holds to it.")]
Started = Annotated[bool, typer.Option("--start", help="With ssh://: start a coordinator there where none runs.")]
TokenFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="With http://: where the token stands; else $TRINITY_TOKEN is it."),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(attach)


def attach(
    context: typer.Context,
    target: Target = None,
    read_only: ReadOnly = False,
    start: Started = False,
    token_file: TokenFile = None,
) -> None:
    """Open the room on a coordinator that runs, here or on another computer."""
    state = state_of(context)
    if target is not None and is_elsewhere(target):
        raise typer.Exit(_attach_ssh(state, target, read_only=read_only, is_started=start))
    if target is not None and target.startswith(PORTS):
        raise typer.Exit(_attach_port(state, target, token_file, read_only=read_only))
    raise typer.Exit(_attach_here(state, Path(target) if target else None, read_only=read_only))


def _attach_here(state: State, folder: Path | None, *, read_only: bool) -> int:
    from trinity_tui.client import api
    from trinity_tui.client.launcher import answers

    workspace = State(folder or state.folder, state.environment).workspace
    if not answers(workspace):
        raise api.no_coordinator(workspace)
    if not is_terminal(state):
        return follow_text(state, workspace)
    return show(workspace, is_started=False, read_only=read_only, is_plain=state.is_plain)


def _attach_ssh(state: State, target: str, *, read_only: bool, is_started: bool) -> int:
    from trinity_tui.client.remote import Remote

    place = parse(target)
    _need_terminal(state, f"`ssh {place.name} trinity -C PATH messages --follow` needs none.")
    program = ssh_program(state.environment)
    with asyncio.Runner() as runner:
        way = Remote(place, program, read_only=read_only, is_started=is_started)
        try:
            # Whatever ssh has to ask is asked now, as long as the terminal is still one of lines.
            runner.run(way.knock())
            left = _show_elsewhere(state, way, target, runner.get_loop(), read_only=read_only)
        finally:
            runner.run(way.aclose())
    return left


def _attach_port(state: State, target: str, token_file: Path | None, *, read_only: bool) -> int:
    from trinity_tui.client.way import Port

    _need_terminal(state, "The API answers programs.")
    way = Port(target, _token(state.environment, token_file))
    if not way.is_private:
        tell(f"Over http the token and all that is shown can be read on the way; {SCHEME}{way.name}/path hides them.")
    with asyncio.Runner() as runner:
        runner.run(way.knock())
        return _show_elsewhere(state, way, target, runner.get_loop(), read_only=read_only)


def _token(environment: Mapping[str, str], file: Path | None) -> str:
    if file is None:
        token = environment.get("TRINITY_TOKEN", "")
        if not token:
            hint = "Name its file with --token-file, or set TRINITY_TOKEN; it stands in .trinity/token there."
            raise ClientError("a coordinator's port opens to its token only", 2, hint)
        return token
    try:
        return file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ClientError(f"{file} cannot be read: {error}", 2) from error


def _need_terminal(state: State, hint: str) -> None:
    if not is_terminal(state):
        raise ClientError("the control room of another computer needs a terminal", 2, hint)


def _show_elsewhere(state: State, way: Way, target: str, loop: asyncio.AbstractEventLoop, *, read_only: bool) -> int:
    """Show it, and whatever workspace of this computer the person goes to from there."""
    from functools import partial

    from trinity_tui.client import drafts, looks, workspaces
    from trinity_tui.client.connection import Connection
    from trinity_tui.client.launcher import answers
    from trinity_tui.tui.running import run

    async def connect() -> Connection:
        return Connection(way, read_only=read_only)

    places = partial(workspaces.places, workspaces.default_file(), answers)
    name = Path(target)
    left = run(
        name, connect, places=places, drafts=drafts.file_of(name), is_here=False, loop=loop,
        preferences=preferred_by(state.is_plain), looks=looks.default_looks(),
    )  # fmt: skip
    if left.goes_to is None:
        return left.exit_code
    # Who came to look only, looks only there as well, and starts nothing.
    return show(Workspace(left.goes_to), is_started=not read_only, read_only=read_only, is_plain=state.is_plain)
