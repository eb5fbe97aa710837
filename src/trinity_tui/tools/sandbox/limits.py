"""What the kernel itself keeps each process of a command to, taken on before it starts."""

from __future__ import annotations

import os
import resource
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.core.tools_config import ToolsConfig

_SHELL = "/bin/sh"
_TAKE_ON = (
    'set -e; ulimit -c 0; ulimit -f "$1"; ulimit -d "$2"; ulimit -u "$3" 2>/dev/null || ulimit -p "$3"; shift 3;'
    ' exec "$@"'
)
"""Shells differ in how they call the processes of a user."""
_FILE_BLOCK_BYTES, _DATA_BLOCK_BYTES = 512, 1024
"""What a shell counts them in."""


def limits_of(config: ToolsConfig) -> dict[int, int]:
    """The limits of a command, by the kernel's names for them; none above what we are kept to ourselves."""
    # Not the address space: what reserves much and uses little (a JavaScript engine) would not start.
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: config.file_mb * 2**20,
        resource.RLIMIT_DATA: config.memory_mb * 2**20,
        # The kernel counts a user's processes everywhere; root's it does not count.
        resource.RLIMIT_NPROC: config.processes + (_threads_of_user() if os.getuid() else 0),
    }
    return {what: _at_most(value, resource.getrlimit(what)[1]) for what, value in wanted.items()}


def limited(argv: Sequence[str], limits: dict[int, int]) -> list[str]:
    """A command that takes limits upon itself and becomes another: by the shell, the lightest program there is."""
    sizes = (
        limits[resource.RLIMIT_FSIZE] // _FILE_BLOCK_BYTES,
        limits[resource.RLIMIT_DATA] // _DATA_BLOCK_BYTES,
        limits[resource.RLIMIT_NPROC],
    )
    return [_SHELL, "-c", _TAKE_ON, "sh", *map(str, sizes), *argv]


def _at_most(value: int, most: int) -> int:
    return value if most == resource.RLIM_INFINITY else min(value, most)


def _threads_of_user() -> int:
    """How many threads this user has now."""
    count, uid = 0, os.getuid()
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError):
                if os.stat(f"/proc/{name}").st_uid == uid:
                    count += len(os.listdir(f"/proc/{name}/task"))
    return count
