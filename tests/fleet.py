"""A workspace with a running coordinator, and the commands a person gives there; what tests of whole programs share."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from nursery import nursery
from patience import PATIENCE_SECONDS, wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nursery import Program
    from trinity_tui.core.paths import Workspace
    from trinity_tui.process.census import Census

    Served = subprocess.Popen[bytes] | Program
    """A coordinator that runs."""

PROGRAM = ("-m", "trinity_tui")
CONFIG = """\
[workspace]
survey_seconds = 20.0
orphan_ttl_seconds = 20.0
checks = []

[serve]
port = 0
"""
LOOKS_OFTEN = CONFIG.replace("survey_seconds = 20.0", "survey_seconds = 1.0")
"""For what is about changes being seen: each look of the explorer is a process, and the others do without."""
INSTANCES = {"explorer-1": "explorer", "builder-1": "builder", "reflector-1": "reflector", "lead-1": "lead"}


class Fleet:
    """A workspace, and the commands a person gives there.

    Args:
        root: Its folder.
        is_forked: Whether its coordinator and commands come out of the nursery; else they are executed, as by a person.
    """

    def __init__(self, root: Path, *, is_forked: bool = True) -> None:
        self.root = root
        self._is_forked = is_forked
        self._served: list[Served] = []

    @property
    def workspace(self) -> Workspace:
        """Its places."""
        from trinity_tui.core.paths import Workspace

        return Workspace(self.root)

    def has_served(self, pid: int) -> bool:
        """Whether this is a coordinator started here, and thus ours to collect."""
        return any(child.pid == pid for child in self._served)

    def write_config(self, text: str = CONFIG, instances: dict[str, str] | None = None) -> None:
        """Write instances.toml."""
        roles = INSTANCES if instances is None else instances
        tables = [f'\n[instances.{name}]\nrole = "{role}"\ngrace_seconds = 2.0\n' for name, role in roles.items()]
        (self.root / "instances.toml").write_text(text + "".join(tables))

    def trinity(
        self, *words: str, seconds: float = 60.0, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        command = [sys.executable, *PROGRAM, "-C", str(self.root), *words]
        if self._is_forked:
            return nursery().run(command, seconds, env)
        return subprocess.run(
            command, capture_output=True, text=True, timeout=seconds, check=False, stdin=subprocess.DEVNULL, env=env
        )

    def json(self, *words: str) -> Any:
        """Run a command that succeeds, and what it says as JSON."""
        done = self.trinity(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def lines(self, *words: str) -> list[Any]:
        """Run a command that succeeds, and its JSON lines."""
        done = self.trinity(*words, "--json")
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def ask(self, who: str, text: str) -> dict[str, Any]:
        """What ``trinity send WHO TEXT --wait answer`` says, once it is answered."""
        from trinity_tui.client import api

        sent = api.call(self.workspace, "POST", "/send", {"to": who, "content": text, "type": "question", "wait": True})
        route = f"/delivery?id={sent['id']}&wait=answer&timeout={PATIENCE_SECONDS}"
        chain = api.call(self.workspace, "GET", route, timeout_seconds=PATIENCE_SECONDS * 2)
        assert chain["reached"], chain
        return chain

    def send(self, who: str, text: str, kind: str = "") -> str:
        """What ``trinity send WHO TEXT`` asks for, without the command; the message's id."""
        from trinity_tui.client import api

        body = {"to": who, "content": text} | ({"type": kind} if kind else {})
        return api.call(self.workspace, "POST", "/send", body)["id"]

    def inbox(self) -> list[dict[str, Any]]:
        """What ``trinity inbox`` lists."""
        from trinity_tui.client import api

        return api.call(self.workspace, "GET", "/inbox")

    def messages(self, *, kind: str = "", to: str = "", limit: int = 50) -> list[dict[str, Any]]:
        """What ``trinity messages`` lists."""
        from trinity_tui.client import api

        query = urlencode({name: value for name, value in (("type", kind), ("to", to), ("limit", limit)) if value})
        return api.call(self.workspace, "GET", f"/messages?{query}")["messages"]

    def serve(self, *, ready: bool = True, program: tuple[str, ...] = PROGRAM) -> Served:
        """Start a coordinator, and wait until every enabled instance is ONLINE."""
        command = [sys.executable, *program, "-C", str(self.root), "serve", "--quiet"]
        with open(self.root / "serve.log", "ab") as log:
            if self._is_forked:
                child = nursery().start(command, log.fileno(), log.fileno())
            else:
                child = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
                )
        self._served.append(child)
        if ready:
            self.wait_for_states()
        return child

    def status(self) -> dict[str, Any]:
        """What ``trinity status`` says; empty while no coordinator answers."""
        from trinity_tui.client import api
        from trinity_tui.core.errors import ClientError

        try:
            return api.call(self.workspace, "GET", "/status")
        except ClientError:
            return {}

    def instances(self) -> dict[str, dict[str, Any]]:
        """Each instance as ``trinity status`` shows it."""
        return {one["id"]: one for one in self.status().get("instances", [])}

    def wait_for_states(self, state: str = "ONLINE") -> dict[str, dict[str, Any]]:
        """Wait until all instances are in this state."""

        def all_are() -> dict[str, dict[str, Any]] | None:
            found = self.instances()
            return found if found and all(one["state"] == state for one in found.values()) else None

        try:
            return wait_until(all_are, f"every instance {state}")
        except AssertionError:
            log = self.root / "serve.log"
            pytest.fail(f"not {state}: {self.status()}\n{log.read_text() if log.exists() else ''}")

    def log_of(self, name: str) -> str:
        """All an instance printed."""
        folder = self.root / ".trinity" / "instances" / name / "output"
        return "".join(path.read_text(errors="replace") for path in sorted(folder.glob("*.log")))

    def processes(self) -> list[int]:
        """Every process that was started for this workspace."""
        return list(self.commands())

    def commands(self) -> dict[int, list[bytes]]:
        """The same with the words each was started with: one that is asked for them later may be gone."""
        found: dict[int, list[bytes]] = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                command = (entry / "cmdline").read_bytes()
                state = (entry / "stat").read_bytes().rpartition(b")")[2].split()[0]
            except OSError:
                continue
            if str(self.root).encode() in command and b"trinity_tui" in command and state != b"Z":
                found[int(entry.name)] = command.split(b"\0")
        return found

    def close(self) -> None:
        """Leave no process behind, whatever happened: killed, as an orderly end is for the tests that are about it."""
        from trinity_tui.core.wire.keeper import MARKER
        from trinity_tui.process.census import Census

        # First of all: one that has just begun is not to be recognised yet, and starts others the next moment.
        for child in self._served:
            child.kill()
            child.wait()
        census = Census(MARKER, frozenset({os.getpid()}))
        while left := self._family(census):
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            wait_until(lambda left=left: not any(map(_lives, left)), f"the end of {left}, which were killed")

    def _family(self, census: Census) -> set[int]:
        """Whoever works here or was started by them, commands and what commands left running among them."""
        from trinity_tui.supervision import workspace_hash

        ours = f":{workspace_hash(self.workspace)}"
        census.take()
        found = {pid for pid, marker in census.marked().items() if marker.endswith(ours)} | set(self.processes())
        return found | {stat.pid for pid in found for stat in census.descendants(pid)}


def _lives(pid: int) -> bool:
    from trinity_tui.process import procfs

    stat = procfs.read_stat(pid)
    return stat is not None and not stat.is_dead


def files_below(folder: Path) -> dict[Path, bytes]:
    """Every file below a folder in which others are at work, and what is in it: one may be gone once it is opened."""
    found: dict[Path, bytes] = {}
    for place, _, names in os.walk(folder):
        for path in (Path(place, name) for name in names):
            if path.is_file():
                with suppress(FileNotFoundError):
                    found[path] = path.read_bytes()
    return found


def free_port() -> int:
    """A port that nobody listens on, none of those that the kernel gives whoever asks it for any: it stays free."""
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def plant(root: Path) -> None:
    """A small project with something to be found in it."""
    (root / "shop").mkdir()
    (root / "shop" / "auth.py").write_text(
        '"""Signing in."""\n\n\ndef refresh(token, seen=[]):\n    """Make a new token."""\n    seen.append(token)\n'
        "    return token[::-1]\n"
    )
    (root / "shop" / "cart.py").write_text(
        '"""The cart."""\n\n\ndef total(items):\n    """Add it up."""\n    try:\n        return sum(items)\n'
        "    except Exception:\n        pass\n"
    )
    identity = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b",
    }
    for words in (("init", "-q"), ("add", "shop"), ("commit", "-q", "-m", "Begin")):
        subprocess.run(["git", *words], cwd=root, check=True, env={**os.environ, **identity})
