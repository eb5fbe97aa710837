"""A workspace worth breaking into, and a tool's command in it: as root and as nobody, behind each kind of walls."""

from __future__ import annotations

import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

import trinity_tui
from nursery import Nursery
from patience import PATIENCE_SECONDS, wait_until
from trinity_tui.process import procfs
from trinity_tui.tools.sandbox import landlock, seccomp
from trinity_tui.tools.sandbox.cell import probe

if TYPE_CHECKING:
    from collections.abc import Generator

    from trinity_tui.tools.sandbox.cell import Kind

SECRET = "s3cret-of-the-person"
NOBODY = 40_000 + os.getpid() % 20_000
"""A user nobody else is: what a fork bomb of other tests starts would count among the processes a command may have."""
RUNNER = "tools.sandbox.runner"
_FOLDERS = (Path(trinity_tui.__file__).parents[1], Path(msgspec.__file__).parents[1], Path(__file__).parent)
LIBRARIES = {"PYTHONPATH": ":".join(map(str, _FOLDERS)), "PYTHONDONTWRITEBYTECODE": "1"}


class Done(msgspec.Struct, array_like=True):
    """How a command went."""

    code: int | None
    problem: str
    output: str


class Castle:
    """A workspace with all that is worth having, a home, a listening coordinator; and who runs the tools in it."""

    def __init__(self, as_nobody: bool) -> None:
        self.as_nobody = as_nobody
        self.top = Path(tempfile.mkdtemp(prefix="trinity-castle-")).resolve()
        self.root, self.home = self.top / "work", self.top / "home"
        for folder in (".git/hooks", ".trinity/run", ".trinity/bus", "coordination", "src", "inner/own/.trinity"):
            (self.root / folder).mkdir(parents=True)
        for name in (".ssh", ".config"):
            (self.home / name).mkdir(parents=True)
        self.plant("work/.trinity/token", "work/.trinity/bus/0.jsonl", "work/inner/own/.trinity/token")
        self.plant("home/.ssh/id_ed25519", "home/.config/keys")
        self.plant("work/.shared_messages.json", "work/.instance_lead-1_state.json")
        (self.root / "instances.toml").write_text("# as it was\n")
        (self.root / "src" / "outside").symlink_to(self.top / "home")
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(str(self.root / ".trinity" / "run" / "api.sock"))
        self.unix.listen()
        self.unix.setblocking(False)
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.tcp.setblocking(False)
        if as_nobody:
            for path in (self.top, *self.top.rglob("*")):
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        self.before = self.state()

    def plant(self, *names: str) -> None:
        for name in names:
            (self.top / name).write_text(SECRET)

    def state(self) -> dict[str, str]:
        """All that nobody may change."""
        names = (
            ".git", ".trinity", "coordination", "instances.toml", "inner/own/.trinity", ".shared_messages.json",
            ".instance_lead-1_state.json",
        )  # fmt: skip
        places = [*(self.root / name for name in names), self.home]
        files = [path for place in places for path in (place, *place.rglob("*"))]
        return {str(path): path.read_text() if path.is_file() else "" for path in files}

    def visitors(self) -> int:
        """How many connected to the sockets that nobody may reach."""
        count = 0
        for listener in (self.unix, self.tcp):
            try:
                listener.accept()[0].close()
                count += 1
            except BlockingIOError:
                continue
        return count

    def run(self, kind: Kind, text: str, **limits: float) -> Done:
        """A command of a tool's, in a process of its own."""
        argv = [interpreter(self.as_nobody), "-m", RUNNER, kind, str(self.root), text, json.dumps(limits)]
        found = _runners(self.as_nobody).run(argv, PATIENCE_SECONDS, self.environment(), str(self.root))
        assert found.returncode == 0, found.stderr
        return msgspec.json.decode(found.stdout, type=Done)

    def run_bare(self, text: str) -> str:
        """The same command as the person's own shell would run it, held by nothing; its output."""
        done = subprocess.run(
            [*_who(self.as_nobody), "sh", "-c", text], cwd=self.root, env=self.environment(), capture_output=True,
            text=True, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        return done.stdout

    def environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "ANTHROPIC_API_KEY": SECRET, **LIBRARIES}

    @contextmanager
    def somebody(self) -> Generator[subprocess.Popen[bytes]]:
        """A process of the same user outside of the walls."""
        with subprocess.Popen([*_who(self.as_nobody), "sleep", "600"]) as process:
            try:
                # Before, it is still becoming that user.
                wait_until(lambda: procfs.read(f"/proc/{process.pid}/comm") == b"sleep\n", "it is there")
                yield process
            finally:
                process.kill()

    def close(self) -> None:
        self.unix.close()
        self.tcp.close()
        shutil.rmtree(self.top, ignore_errors=True)


@functools.cache
def _runners(as_nobody: bool) -> Nursery:
    """What commands are run by: a process of whoever is meant, with the cell's modules loaded."""
    python = [*_who(as_nobody), interpreter(as_nobody)]
    return Nursery(["trinity_tui.tools.sandbox", "asyncio"], python, {"PATH": "/usr/bin:/bin", **LIBRARIES})


def _who(as_nobody: bool) -> list[str]:
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if as_nobody else []


def interpreter(as_nobody: bool) -> str:
    """A Python that whoever is meant can start: root's own may lie where nobody else may look."""
    return sys.executable if not as_nobody else f"/usr/bin/python3.{sys.version_info.minor}"


def why_not_nobody() -> str:
    """Why no process can be started here as another user; empty where one can."""
    path = interpreter(as_nobody=True)
    if os.geteuid() != 0:
        return "only root can start a command as another user"
    if shutil.which("setpriv") is None:
        return "setpriv, of util-linux, is not installed"
    return "" if os.access(path, os.X_OK) else f"another user needs a Python of the system's: there is no {path}"


def why_not(kind: Kind) -> str:
    """Why these walls cannot be built here; empty where they can."""
    if kind == "landlock":
        return "" if landlock.version() > 0 and seccomp.is_known() else "this kernel has no Landlock"
    return "" if kind == "none" else probe().why_not
