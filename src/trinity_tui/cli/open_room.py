"""Commands that open: ``trinity`` itself and ``init``."""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from trinity_tui.cli.shared import AsJson, State, put, put_json, read_config, state_of, tell
from trinity_tui.core.config_example import EXAMPLE
from trinity_tui.core.errors import ClientError, TrinityError
from trinity_tui.core.paths import CONFIG, HARNESS_MESSAGES, HARNESS_STATE, SHARED_FILES, Workspace

if TYPE_CHECKING:
    from trinity_tui.client.connection import Connection
    from trinity_tui.core.preferences import Preferences


GO_ON = "The instances go on; `trinity` opens the room again, `trinity down` stops them."


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(init)


def open_here(state: State) -> int:
    """Open the room on the workspace that is meant; where none is, offer to make one."""
    if not is_terminal(state):
        return _as_text(state)
    try:
        workspace: Workspace | None = state.workspace
        _check(workspace)
    except ClientError:
        if state.folder is not None and not state.folder.is_dir():
            raise
        workspace = None
    folder = (state.folder or Path.cwd()).absolute()
    return show(workspace or Workspace(folder.resolve()), is_new=workspace is None, is_plain=state.is_plain)


def show(
    workspace: Workspace, *, is_new: bool = False, is_started: bool = True, read_only: bool = False,
    is_plain: bool = False,
) -> int:  # fmt: skip
    """Show workspaces one after the other, until the person leaves.

    Args:
        workspace: The first one.
        is_new: Whether it has no configuration yet, which is offered then.
        is_started: Whether a coordinator is started where none runs.
        read_only: Whether to ask for no rights to change anything.
        is_plain: Whether it is shown in plain lines, whatever the person's settings say.
    """
    import asyncio
    import gc

    # What is loaded from here on stays. To look it through for garbage while it grows is a twentieth of the way to the
    # first frame; the screen begins with that again once it stands.
    gc.disable()
    from trinity_tui.client import drafts, looks, workspaces
    from trinity_tui.client.launcher import answers
    from trinity_tui.tui.running import run

    file = workspaces.default_file()
    preferred = preferred_by(is_plain)

    async def connect() -> Connection:
        found = await _connect(workspace, read_only=read_only, is_started=is_started)
        await asyncio.to_thread(workspaces.note, file, workspace.root, time.time())
        return found

    while True:
        init = partial(make_here, workspace) if is_new else None
        left = run(
            workspace.root, connect, init=init, places=partial(workspaces.places, file, answers),
            drafts=drafts.file_of(workspace.root), preferences=preferred,
            looks=looks.default_looks(),
        )  # fmt: skip
        if left.goes_to is None:
            if left.exit_code == 0 and not read_only and workspace.keeper.exists():
                tell(GO_ON)
            return left.exit_code
        workspace, is_new = Workspace(left.goes_to), False


def preferred_by(is_plain: bool) -> Preferences:
    """The person's settings, with what the command line says of them.

    Raises:
        ConfigError: They are not in order.
    """
    from msgspec.structs import replace

    from trinity_tui.client import preferences

    found = preferences.read(preferences.default_file())
    return replace(found, plain=found.plain or is_plain)


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


def is_terminal(state: State) -> bool:
    """Whether the room can be shown here."""
    return sys.stdin.isatty() and sys.stdout.isatty() and state.environment.get("TERM", "") not in ("", "dumb")


def _as_text(state: State) -> int:
    import asyncio

    from trinity_tui.client.launcher import ensure

    workspace = state.workspace
    _check(workspace)
    asyncio.run(ensure(workspace))
    return follow_text(state, workspace)


def follow_text(state: State, workspace: Workspace) -> int:
    """Follow states and what waits as lines, and say why; the exit code."""
    from trinity_tui.cli.follow_status import follow

    tell(f"{_why_text(state)}: following states and what waits as text (Ctrl+C ends it; nothing stops).")
    follow(workspace, None, as_json=False)
    return 0


def _why_text(state: State) -> str:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return "No terminal here for the room"
    terminal = state.environment.get("TERM", "")
    return f"The terminal (TERM={terminal}) cannot show the room" if terminal else "TERM is not set"
