"""A command in its cell: limits, walls of what this machine has, a scratch folder of its own, an empty environment."""

from __future__ import annotations

import asyncio
import functools
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from trinity_tui.core.errors import ToolError
from trinity_tui.core.wire.keeper import MARKER
from trinity_tui.tools import command
from trinity_tui.tools.bounds import Bounds
from trinity_tui.tools.programs import USUAL_PATH, program
from trinity_tui.tools.sandbox import bubblewrap, landlock, launch, seccomp
from trinity_tui.tools.sandbox.limits import limited, limits_of
from trinity_tui.tools.sandbox.scratch import Scratch, is_empty_folder, sweep
from trinity_tui.tools.sandbox.walls import PLACEHOLDERS, Walls, all_granted, walls_of
from trinity_tui.tools.uncut import to_the_end
from trinity_tui.tools.written import DiskBounds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trinity_tui.core.tools_config import ToolsConfig

Kind = Literal["bubblewrap", "landlock", "none"]
LAUNCHER = (sys.executable, "-I", "-S", launch.__file__)
"""Isolated: neither a module that lies in the workspace nor a variable of the command's is anything we load by."""
_KEPT_VARIABLES = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", MARKER)
_FILES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_PROBE_SECONDS = 30.0


class Sandbox(msgspec.Struct, frozen=True):
    """What holds commands on this machine."""

    kind: Kind
    why_not: str = ""
    """Why it is not the better one; empty where it is."""

    @property
    def is_there(self) -> bool:
        """Whether anything holds them."""
        return self.kind != "none"


@functools.cache
def probe() -> Sandbox:
    """What holds commands here, found out by trying; takes some milliseconds, once."""
    why_not = _try_bubblewrap()
    if not why_not:
        return Sandbox("bubblewrap")
    if landlock.version() and seccomp.is_known():
        return Sandbox("landlock", why_not)
    return Sandbox("none", f"{why_not}; this kernel has no Landlock")


def _try_bubblewrap() -> str:
    if program(bubblewrap.PROGRAM) is None:
        return "bubblewrap is not installed"
    with Scratch.make() as scratch:
        walls = walls_of(Path(scratch.tmp), scratch, home=Path("/nonexistent"), has_network=False)
        scratch.place(walls.root, walls.absent)
        try:
            done = subprocess.run(
                bubblewrap.wrapped(["true"], walls), env={"PATH": USUAL_PATH}, capture_output=True, text=True,
                stdin=subprocess.DEVNULL, timeout=_PROBE_SECONDS, errors="replace",
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"bubblewrap does not work: {error}"
    return "" if done.returncode == 0 else f"bubblewrap does not work: {done.stderr.strip()[:200]}"


class Cell:
    """Runs commands of one instance's tools.

    Args:
        sandbox: What holds them.
        root: What they work in.
        config: Their limits.
        repository: Where git keeps what belongs to the root.
    """

    def __init__(self, sandbox: Sandbox, root: Path, config: ToolsConfig, repository: Path | None = None) -> None:
        self.sandbox = sandbox
        self.root = root
        self.config = config
        self.repository = repository
        self._has_swept = False

    async def run(
        self,
        argv: Sequence[str],
        printed: Callable[[str], None] | None = None,
        *,
        files: Mapping[str, str] | None = None,
        writes_git: bool = False,
        env: Mapping[str, str] | None = None,
        limit_seconds: float | None = None,
    ) -> command.Outcome:
        """Run a command to its end or its limits; cancelling this ends it with all its children.

        Args:
            argv: The program and its arguments; ``{scratch}`` at the beginning of one is the scratch folder.
            printed: Called with what it prints, as it comes.
            files: What is to lie in its scratch folder.
            writes_git: Whether it may change the repository.
            env: More variables.
            limit_seconds: After this it is ended; None: what the configuration says.
        """
        if not self._has_swept:
            self._has_swept = True
            await asyncio.to_thread(sweep)
        scratch = Scratch.make()
        try:
            walls = await to_the_end(asyncio.to_thread(self._walls, scratch, files or {}, writes_git))
            return await command.run(
                argv, self.root, limit_seconds or self.config.seconds, printed=printed,
                launcher=functools.partial(self._launch, argv, walls, env or {}), bounds=_bounds(self.config, walls),
            )  # fmt: skip
        except ToolError as error:
            return command.Outcome(list(argv), None, "", 0.0, error.sentence())
        finally:
            await to_the_end(asyncio.to_thread(self._leave, scratch))

    def _leave(self, scratch: Scratch) -> None:
        scratch.close()
        if any(is_empty_folder(self.root / name) for name in PLACEHOLDERS):
            sweep()  # A placeholder of a command that ended before ours: it could not be removed then.

    def _walls(self, scratch: Scratch, files: Mapping[str, str], writes_git: bool) -> Walls:
        """What the command works within, with all that has to be there first."""
        scratch.share(str(self.root))
        walls = walls_of(
            self.root, scratch, home=Path.home(), has_network=self.config.network, repository=self.repository,
            writes_git=writes_git,
        )  # fmt: skip
        if self.sandbox.kind == "bubblewrap":
            scratch.place(walls.root, walls.absent)
        for name, text in files.items():
            Path(scratch.tmp, name).write_text(text, encoding="utf-8", errors="surrogateescape")
        return walls

    def _launch(
        self, argv: Sequence[str], walls: Walls, more: Mapping[str, str], marks: dict[str, str]
    ) -> tuple[list[str], dict[str, str]]:
        is_within = self.sandbox.kind == "bubblewrap"
        scratch = "/tmp" if is_within else walls.scratch
        inner = [word.replace("{scratch}", scratch, 1) if word.startswith("{scratch}") else word for word in argv]
        env, limits = self._environment(scratch, more) | marks, limits_of(self.config)
        if is_within:
            return limited(bubblewrap.wrapped(inner, walls), limits), env
        rules = _as_rules(walls) if self.sandbox.kind == "landlock" else None
        return [*LAUNCHER, launch.order_of(inner, limits, rules)], env

    def _environment(self, scratch: str, more: Mapping[str, str]) -> dict[str, str]:
        """What the command knows; nothing of ours but the language and the time."""
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        own = [str(self.root / place) for place in (".venv/bin", "node_modules/.bin") if (self.root / place).is_dir()]
        return kept | {
            "PATH": ":".join([*own, os.environ.get("PATH", USUAL_PATH)]),
            "HOME": scratch, "TMPDIR": scratch, "TERM": "dumb", "PYTHONDONTWRITEBYTECODE": "1",
            "GIT_CEILING_DIRECTORIES": str(self.root.parent), "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0",
            **more,
        }  # fmt: skip


def _bounds(config: ToolsConfig, walls: Walls) -> Bounds:
    closed = frozenset((*walls.hidden, *walls.frozen))
    disk = DiskBounds((*walls.write, walls.scratch, walls.shared), closed, config.disk_mb * 2**20, config.disk_files)
    return Bounds(config.memory_mb * 2**20, config.processes, disk)


def _as_rules(walls: Walls) -> dict[str, object]:
    """Walls as Landlock knows them: nothing within what is granted can be taken back, so it is granted in parts."""
    closed = [*walls.hidden, *walls.frozen]
    read = [*walls.read, *walls.frozen, "/proc"]
    return {
        "read": all_granted(read, walls.hidden),
        "write": [*all_granted(walls.write, closed), walls.scratch, *_FILES],
        "listed": list(walls.write),
        "has_network": walls.has_network,
    }
