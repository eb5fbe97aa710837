"""``trinity`` itself: the room of the workspace that is meant, or its states as text where it cannot be shown."""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from trinity_tui.cli.new_workspace import make_here
from trinity_tui.cli.shared import read_config, tell
from trinity_tui.core.errors import ClientError
from trinity_tui.core.paths import Workspace

if TYPE_CHECKING:
    from trinity_tui.cli.shared import State
    from trinity_tui.client.connection import Connection
    from trinity_tui.core.preferences import Preferences


GO_ON = "The instances go on; `trinity` opens the room again, `trinity down` stops them."


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
