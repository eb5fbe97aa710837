"""Commands that open: ``trinity`` itself, ``attach``, ``init``."""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trinity_tui.cli.shared import AsJson, State, put, put_json, read_config, state_of, tell
from trinity_tui.core.config_example import EXAMPLE
from trinity_tui.core.errors import ClientError, TrinityError
from trinity_tui.core.paths import CONFIG, HARNESS_MESSAGES, HARNESS_STATE, SHARED_FILES, Workspace

if TYPE_CHECKING:
    from trinity_tui.client.connection import Connection

FIRST_ROWS = 50
FOLLOW_SECONDS = 0.5
ReadOnly = Annotated[bool, typer.Option("--read-only", help="Look and change nothing; the coordinator holds to it.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(attach)
    app.command()(init)


def open_here(state: State) -> int:
    """Open the room on the workspace that is meant; where none is, offer to make one."""
    if not _is_terminal(state):
        return _as_text(state)
    try:
        workspace: Workspace | None = state.workspace
        _check(workspace)
    except ClientError:
        if state.folder is not None and not state.folder.is_dir():
            raise
        workspace = None
    folder = (state.folder or Path.cwd()).absolute()
    return _show(workspace or Workspace(folder.resolve()), is_new=workspace is None)


def _show(workspace: Workspace, *, is_new: bool = False, is_started: bool = True, read_only: bool = False) -> int:
    """Show workspaces one after the other, until the person leaves.

    Args:
        workspace: The first one.
        is_new: Whether it has no configuration yet, which is offered then.
        is_started: Whether a coordinator is started where none runs.
        read_only: Whether to ask for no rights to change anything.
    """
    import asyncio

    from trinity_tui.client import drafts, preferences, workspaces
    from trinity_tui.client.launcher import answers
    from trinity_tui.tui.app import run

    file = workspaces.default_file()
    preferred = preferences.read(preferences.default_file())

    async def connect() -> Connection:
        found = await _connect(workspace, read_only=read_only, is_started=is_started)
        await asyncio.to_thread(workspaces.note, file, workspace.root, time.time())
        return found

    while True:
        init = partial(make_here, workspace) if is_new else None
        left = run(
            workspace.root, connect, init=init, places=partial(workspaces.places, file, answers),
            drafts=drafts.file_of(workspace.root), preferences=preferred,
        )  # fmt: skip
        if left.goes_to is None:
            return left.exit_code
        workspace, is_new = Workspace(left.goes_to), False


def _check(workspace: Workspace) -> None:
    """Look at instances.toml before a coordinator is started with it; one that runs shows itself what is wrong."""
    from trinity_tui.client.launcher import answers

    if not answers(workspace):
        read_config(workspace)


async def _connect(workspace: Workspace, *, read_only: bool, is_started: bool) -> Connection:
    from trinity_tui.client.connection import Connection
    from trinity_tui.client.launcher import ensure

    if not is_started:
        return Connection(workspace, read_only=read_only)
    await ensure(workspace)
    return Connection(workspace, read_only=read_only, revive=lambda: ensure(workspace))


def attach(
    context: typer.Context,
    target: Annotated[Path | None, typer.Argument(metavar="[PATH]", help="A workspace; else this one.")] = None,
    read_only: ReadOnly = False,
) -> None:
    """Open the room on a coordinator that runs; it starts none."""
    from trinity_tui.client import api
    from trinity_tui.client.launcher import answers

    state = state_of(context)
    workspace = State(target or state.folder, state.environment).workspace
    if not answers(workspace):
        raise api.no_coordinator(workspace)
    if not _is_terminal(state):
        raise typer.Exit(_follow_text(workspace))
    raise typer.Exit(_show(workspace, is_started=False, read_only=read_only))


def init(context: typer.Context, as_json: AsJson = False) -> None:
    """Make this folder a workspace: writes instances.toml and what belongs to it."""
    import asyncio

    folder = (state_of(context).folder or Path.cwd()).absolute()
    written = write_workspace(folder)
    if not as_json:
        for name in written:
            put(f"wrote {name}")
    taken = asyncio.run(_take_over(Workspace(folder.resolve())))
    if as_json:
        put_json({"folder": str(folder), "written": written, "taken_over": taken})
        return
    for phrase in taken:
        put(f"took over {phrase}")
    put("Now: trinity" if written else "Everything is there already. Now: trinity")


async def make_here(workspace: Workspace) -> str:
    """Make a folder a workspace from the welcome; what was taken over there, or why not, as a sentence.

    Raises:
        ClientError: The folder cannot be written.
    """
    write_workspace(workspace.root)
    try:
        taken = await _take_over(workspace)
    except TrinityError as error:
        return error.sentence()  # The workspace is made all the same, and the file is still there.
    return f"Took over {' and '.join(taken)}." if taken else ""


async def _take_over(workspace: Workspace) -> list[str]:
    """Bring what a harness left here onto the log; the coordinator that runs already does it by itself."""
    from trinity_tui.client.launcher import answers

    if not any((workspace.root / name).is_file() for name in (HARNESS_MESSAGES, HARNESS_STATE)) or answers(workspace):
        return []
    from trinity_tui.daemon.takeover import take_over

    return await take_over(workspace, read_config(workspace))


def write_workspace(folder: Path) -> list[str]:
    """Write what a workspace needs and does not have; the names of what was written.

    Raises:
        ClientError: The folder cannot be written.
    """
    texts = {
        CONFIG: EXAMPLE,
        "coordination/README.md": COORDINATION,
        "coordination/.gitattributes": "*.jsonl merge=union\n",
    }
    written: list[str] = []
    try:
        for name, text in texts.items():
            path = folder / name
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                written.append(name)
        _exclude(folder)
    except OSError as error:
        raise ClientError(f"{error.filename} cannot be written: {error.strerror}") from error
    return written


def _exclude(folder: Path) -> None:
    """Keep what only lives here out of ``git status``, without touching the person's own ignore file."""
    info = folder / ".git" / "info"
    if not info.is_dir():
        return
    exclude = info / "exclude"
    text = exclude.read_text(encoding="utf-8") if exclude.exists() else ""
    local = ("/.trinity/", "/SESSION_BRIEFING.md", "/SESSION_LOG.md", *(f"/{name}" for name in SHARED_FILES))
    missing = [name for name in local if name not in text.split()]
    if missing:
        exclude.write_text(text + ("" if not text or text.endswith("\n") else "\n") + "\n".join(missing) + "\n")


COORDINATION = """\
# Coordination

What the computers of this workspace share lies here: their status, messages, memory and session blocks.
Each file has one writer, and files only grow, so that git can carry them without conflicts.
"""


def _is_terminal(state: State) -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and state.environment.get("TERM", "") not in ("", "dumb")


def _as_text(state: State) -> int:
    import asyncio

    from trinity_tui.client.launcher import ensure

    workspace = state.workspace
    _check(workspace)
    asyncio.run(ensure(workspace))
    tell("No terminal here for the room: following states and messages as text (Ctrl+C ends it; nothing stops).")
    return _follow_text(workspace)


def _follow_text(workspace: Workspace) -> int:
    from trinity_tui.cli.look import show_messages

    position = show_messages(workspace, None, None, None, FIRST_ROWS)
    while True:
        time.sleep(FOLLOW_SECONDS)
        position = show_messages(workspace, position, None, None, FIRST_ROWS)
