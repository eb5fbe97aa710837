"""Where everything lies in a workspace. Pure: it names places and touches none of them."""

from __future__ import annotations

import hashlib
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from trinity_tui.core.errors import StoreError

CONFIG = "instances.toml"
HARNESS_STATE = ".harness_state.json"
HARNESS_MESSAGES = ".harness_messages.json"
SHARED_FILES = (
    ".shared_messages.json", ".shared_memory.json", HARNESS_MESSAGES, HARNESS_STATE, ".instance_registry.json",
    ".instance_*_state.json",
)  # fmt: skip
"""Patterns of what stands at the root for programs that only know JSON; nobody's work, and nothing for git."""
SOCKET_PATH_BYTES = 107
"""A unix socket's path has room for 108 bytes, the last of them zero (unix(7))."""


def is_shared(name: str) -> bool:
    """Whether a file's name, at the root of a workspace, is one of those."""
    return name.startswith(".") and any(fnmatchcase(name, pattern) for pattern in SHARED_FILES)


class Workspace(msgspec.Struct, frozen=True):
    """A folder with ``instances.toml``, and the places in it.

    Args:
        root: The folder, absolute and resolved.
    """

    root: Path

    @property
    def config(self) -> Path:
        """What the person wrote."""
        return self.root / CONFIG

    @property
    def runtime(self) -> Path:
        """This machine's own files (0700), never in git."""
        return self.root / ".trinity"

    @property
    def overrides(self) -> Path:
        """What was chosen in the program instead of in ``instances.toml``."""
        return self.runtime / "overrides.toml"

    @property
    def bus(self) -> Path:
        """The log and what belongs to it."""
        return self.runtime / "bus"

    @property
    def snapshots(self) -> Path:
        """What the log folds to at its seams."""
        return self.bus / "snapshots"

    @property
    def registry(self) -> Path:
        """Who is there, for whoever reads JSON."""
        return self.runtime / "registry.json"

    @property
    def coordinator(self) -> Path:
        """Pid and sockets of the coordinator; how it is found."""
        return self.runtime / "coordinator.json"

    @property
    def keeper(self) -> Path:
        """Pid and socket of the keeper; how it is found."""
        return self.runtime / "keeper.json"

    @property
    def token(self) -> Path:
        """What every request that changes something must carry."""
        return self.runtime / "token"

    @property
    def grants(self) -> Path:
        """What the person allowed for good."""
        return self.runtime / "grants.jsonl"

    @property
    def lives(self) -> Path:
        """What each run of an instance did so far, and up to where the log was read for it."""
        return self.runtime / "lives.json"

    @property
    def provider_limits(self) -> Path:
        """Which providers of models take no more requests, and until when."""
        return self.runtime / "provider_limits.json"

    @property
    def coordinator_log(self) -> Path:
        """What the coordinator and the keeper print."""
        return self.runtime / "coordinator.log"

    @property
    def memory(self) -> Path:
        """What they know together: a file of lines for each computer, to be shared by git."""
        return self.root / "coordination" / "memory"

    @property
    def memory_index(self) -> Path:
        """What the lines add up to, ready to be searched; it can be thrown away."""
        return self.runtime / "memory.db"

    @property
    def memory_place(self) -> Path:
        """How far of the log is remembered."""
        return self.runtime / "memory.json"

    @property
    def memory_looked(self) -> Path:
        """When the person last looked at what is remembered."""
        return self.runtime / "memory_looked.json"

    @property
    def documents_looked(self) -> Path:
        """What the person saw of the four tiers when they last looked."""
        return self.runtime / "documents_looked.json"

    @property
    def vigil(self) -> Path:
        """Touched by the coordinator while it lives."""
        return self.runtime / "vigil.json"

    @property
    def looked(self) -> Path:
        """What the log counted when the person last looked at a screen."""
        return self.runtime / "looked.json"

    @property
    def told(self) -> Path:
        """What the person was told last of what happened while they were away."""
        return self.runtime / "told.json"

    @property
    def notified(self) -> Path:
        """Of what waits, what the person was told of without a screen."""
        return self.runtime / "notified.json"

    @property
    def instances(self) -> Path:
        """One folder an instance."""
        return self.runtime / "instances"

    def instance(self, instance_id: str) -> InstancePlaces:
        """The folder of one instance."""
        return InstancePlaces(self.instances / instance_id)

    def socket_folder(self, temporary: Path, uid: int) -> Path:
        """Where the sockets and the locks of coordinator and keeper lie.

        In the workspace where the path is short enough for a socket, else in the temporary folder under a name that
        only this workspace and this user have.

        Raises:
            StoreError: The temporary folder's path is too long as well.
        """
        inside = self.runtime / "run"
        if _has_room(inside):
            return inside
        digest = hashlib.sha256(bytes(self.root)).hexdigest()[:16]
        outside = temporary / f"trinity-{uid}-{digest}"
        if not _has_room(outside):
            error = StoreError(f"the paths of this folder and of {temporary} are too long for a socket")
            error.hint = "Set TMPDIR to a folder with a short path, such as /tmp."
            raise error
        return outside


class InstancePlaces(msgspec.Struct, frozen=True):
    """The files of one instance, each with one writer."""

    folder: Path

    @property
    def lock(self) -> Path:
        """Held by the instance for life, so that it cannot exist twice."""
        return self.folder / "lock"

    @property
    def brief(self) -> Path:
        """What the instance is started with, written by the coordinator."""
        return self.folder / "brief.json"

    @property
    def process(self) -> Path:
        """Pid, start time, boot id and epoch, written by supervision."""
        return self.folder / "process.json"

    @property
    def state(self) -> Path:
        """What the instance remembers of itself, written by it."""
        return self.folder / "state.json"

    @property
    def exit(self) -> Path:
        """How the last process ended, written by the keeper."""
        return self.folder / "exit.json"

    @property
    def output(self) -> Path:
        """One file an epoch, appended to by the process itself."""
        return self.folder / "output"

    def output_of(self, epoch: int) -> Path:
        """The output of one run."""
        return self.output / f"{epoch}.log"

    @property
    def conversation(self) -> Path:
        """What was asked of it and what its brain said, written by it."""
        return self.folder / "conversation.jsonl"

    @property
    def memory_use(self) -> Path:
        """Which records of the memory its brain was shown, and which it named in its answers."""
        return self.folder / "memory_use.jsonl"

    @property
    def trace(self) -> Path:
        """Every exchange with a brain and every tool call."""
        return self.folder / "trace.jsonl"


RUNTIME_SOCKETS = {"api": "api.sock", "live": "live.sock", "keeper": "keeper.sock"}
"""The sockets in the socket folder."""


def _has_room(folder: Path) -> bool:
    return all(len(bytes(folder / name)) <= SOCKET_PATH_BYTES for name in RUNTIME_SOCKETS.values())
