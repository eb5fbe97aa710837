"""How a coordinator is found: ``coordinator.json`` says where its sockets are, the token file opens them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trinity_tui import __version__
from trinity_tui.core.errors import ClientError
from trinity_tui.core.paths import CONFIG, Workspace
from trinity_tui.core.wire import PROTOCOL

if TYPE_CHECKING:
    from collections.abc import Mapping


class Found(msgspec.Struct, frozen=True):
    """What ``coordinator.json`` holds."""

    pid: int
    api: str
    """The path of the API's socket."""
    live: str
    keeper: str
    http: str = ""
    """``http://127.0.0.1:8900`` where the port was free; else empty."""
    carrier: str = "files"
    start_time: int = 0
    version: str = ""
    """Of the program it runs; empty where it is older than this word."""
    protocol: int = 1
    """What it speaks with faces and commands."""
    words: list[str] = []
    """What its command line said beside ``serve``; the next one is started with the same."""

    def check(self) -> None:
        """Refuse one that speaks otherwise.

        Raises:
            ClientError: It does; the sentence names both and the command that mends it.
        """
        if self.protocol != PROTOCOL:
            raise skew(f"the coordinator (pid {self.pid}) speaks protocol {self.protocol}", self.version)


MEND = "`trinity restart --coordinator` replaces it, and the instances go on."


def other_version(version: str) -> str:
    """A sentence where the coordinator is of another version than we are; empty where not, or where it does not say."""
    if version in ("", __version__):
        return ""
    return f"The coordinator is Trinity {version}, this is {__version__}: {MEND}"


def skew(what: str, version: str) -> ClientError:
    """The error of a face or command and a coordinator that do not understand each other.

    Args:
        what: What the coordinator is found to speak.
        version: Of its program; empty where it does not say.
    """
    whose = f" (Trinity {version})" if version else ""
    return ClientError(f"{what}{whose}, this command (Trinity {__version__}) speaks {PROTOCOL}", 1, MEND)


def workspace_of(folder: Path | None, environment: Mapping[str, str]) -> Workspace:
    """The workspace that is meant: named, else the nearest folder upwards that has ``instances.toml``.

    Where there is none, the nearest whose coordinator runs: its file may be gone for a while, as when a branch is
    changed, and its fleet has to be told to stop all the same.

    Raises:
        ClientError: None is there (exit code 2).
    """
    named = folder or (Path(environment["TRINITY_WORKSPACE"]) if environment.get("TRINITY_WORKSPACE") else None)
    start = (named or Path.cwd()).absolute().resolve()
    candidates = [start] if named else [start, *start.parents]
    for candidate in candidates:
        if (candidate / CONFIG).is_file():
            return Workspace(candidate)
    for candidate in candidates:
        if _is_running(Workspace(candidate)):
            return Workspace(candidate)
    raise ClientError(
        f"no {CONFIG} in {start}" + ("" if named else " or above it"), 2, "Run `trinity init` there first."
    )


def _is_running(workspace: Workspace) -> bool:
    from trinity_tui.process import procfs
    from trinity_tui.process.identity import Identity, alive

    found = find(workspace)
    return found is not None and alive(Identity(found.pid, found.start_time, procfs.boot_id()))


def find(workspace: Workspace) -> Found | None:
    """Where the coordinator says it is; None where none has said so. Whether it answers is another question."""
    try:
        return msgspec.json.decode(workspace.coordinator.read_bytes(), type=Found)
    except (OSError, msgspec.DecodeError):
        return None


def token(workspace: Workspace) -> str:
    """The workspace's token; empty where it cannot be read."""
    try:
        return workspace.token.read_text().strip()
    except OSError:
        return ""
