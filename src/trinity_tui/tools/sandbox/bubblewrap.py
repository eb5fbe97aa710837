"""Walls as an argv of bubblewrap: namespaces of its own, an empty root, and into it only what is named."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from trinity_tui.core.errors import ToolError
from trinity_tui.tools.programs import program
from trinity_tui.tools.sandbox.walls import is_beneath

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.tools.sandbox.walls import Walls

PROGRAM = "bwrap"
RESOLVER = "/run/systemd/resolve"
"""Where ``/etc/resolv.conf`` leads to on many a machine."""


def wrapped(argv: Sequence[str], walls: Walls) -> list[str]:
    """The command that runs another one within walls.

    Args:
        argv: The command within.
        walls: What it works within.

    Raises:
        ToolError: There is no bubblewrap but one that a command may have put there.
    """
    found = program(PROGRAM, *walls.write)
    if found is None:
        raise ToolError("not run: bubblewrap is not there any more")
    options = ["--die-with-parent", "--unshare-all", *(["--share-net"] if walls.has_network else []),
               "--cap-drop", "ALL", "--dev", "/dev", "--proc", "/proc", "--bind", walls.scratch, "/tmp"]  # fmt: skip
    # What lies in these would be memory that is nobody's; in a folder it is counted.
    options += ["--bind", walls.shared, "/dev/shm", "--remount-ro", "/dev"]
    for place in (*walls.read, *([RESOLVER] if walls.has_network else [])):
        options += _seen(place)
    for place in walls.write:
        options += ["--bind", place, place]
    for place in walls.frozen:
        options += ["--ro-bind", place, place]
    for place in walls.absent:
        # Made for it beforehand: what has no place cannot be covered.
        options += ["--ro-bind", place, place]
    for place in walls.hidden:
        if any(is_beneath(place, seen) for seen in (*walls.read, *walls.write)):
            options += _covered(place)
    return [found, *options, "--remount-ro", "/", "--chdir", walls.root, "--", *argv]


def _seen(place: str) -> list[str]:
    if os.path.islink(place):
        return ["--symlink", os.readlink(place), place]
    return ["--ro-bind-try", place, place]


def _covered(place: str) -> list[str]:
    """Something empty over it; a link is followed by whoever reads it, and leads to nothing that is not seen."""
    try:
        mode = os.lstat(place).st_mode
    except OSError:
        return []
    if stat.S_ISLNK(mode):
        return []
    if stat.S_ISDIR(mode):
        return ["--tmpfs", place, "--remount-ro", place]
    return ["--ro-bind", "/dev/null", place]
