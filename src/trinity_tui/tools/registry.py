"""Which tools there are, and the toolbox of an instance. A new tool is a file and a line here."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trinity_tui.core.paths import Workspace
from trinity_tui.tools.confine import Confined
from trinity_tui.tools.edit import Edit
from trinity_tui.tools.git import Git
from trinity_tui.tools.ground import Ground
from trinity_tui.tools.leases import Leases
from trinity_tui.tools.read import Read
from trinity_tui.tools.run import Run
from trinity_tui.tools.sandbox.cell import Cell, probe
from trinity_tui.tools.search import Search
from trinity_tui.tools.shell import Shell
from trinity_tui.tools.workbench import Workbench
from trinity_tui.tools.worktree import repository_of
from trinity_tui.tools.write import Write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.core.tools_config import ToolsConfig
    from trinity_tui.tools.ground import Tool
    from trinity_tui.tools.sandbox.cell import Sandbox

TOOLS: tuple[Tool, ...] = (Search(), Read(), Write(), Edit(), Run(), Shell(), Git())


def toolbox_of(
    instance: str,
    role: str,
    workspace: Path,
    config: ToolsConfig,
    *,
    worktree: Path | None = None,
    sandbox: Sandbox | None = None,
    now: Callable[[], float] = time.time,
) -> Workbench:
    """The tools of an instance. Tries out which sandbox there is, so it belongs into a thread.

    Args:
        instance: Whose.
        role: What it may by itself.
        workspace: The folder, resolved.
        config: The rules and limits that count.
        worktree: Its own tree, as ``tools.worktree.make`` gave it; None: it works in the workspace.
        sandbox: What holds its commands; None: what this machine has.
        now: Seconds since the epoch.
    """
    root = worktree or workspace
    repository = repository_of(root)
    return Workbench(
        Ground(
            instance,
            role,
            root,
            worktree is not None,
            config,
            Confined(root),
            Cell(sandbox or probe(), root, config, repository),
            Leases(Workspace(workspace), instance, now),
            repository,
        ),  # fmt: skip
        TOOLS,
    )
