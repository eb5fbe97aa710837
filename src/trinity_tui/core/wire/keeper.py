"""What supervision asks of the keeper, and what the keeper says; and the two files the keeper writes.

::

    coordinator                   keeper
    Hello             ─────────▶  (same user, and no descendant of its children)
                      ◀─────────  Welcome | Refused
    Spawn             ─────────▶
                      ◀─────────  Spawned | SpawnFailed
                      ◀─────────  Exited            when it happens, and again in Children until acknowledged
    Acknowledge       ─────────▶
    Signal            ─────────▶
    KillTree          ─────────▶
                      ◀─────────  TreeGone
    List              ─────────▶
                      ◀─────────  Children
    Ping              ─────────▶
                      ◀─────────  Pong
    Shutdown          ─────────▶  every child is stopped, then the connection closes

Every frame about a child carries its instance and epoch, so that an answer to an older run is known as one.
"""

from __future__ import annotations

from typing import Literal

import msgspec

PROTOCOL = 1
"""The version of this lane; the keeper outlives coordinators, so it is not the version of the others."""
REVISION = 2
"""What was added within that version: 2 knows Ping and the zygote. Who does not know a field passes over it; a frame is
sent only to who is of its revision."""
MARKER = "TRINITY_INSTANCE"
"""The variable of an instance's environment by which its descendants are known: ``<id>:<hash of the workspace>``."""


How = Literal["zygote", "exec"]
"""How a process begins: forked from one that has its modules loaded already, or as a program of its own."""


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """A coordinator presents itself; sent once, first."""

    protocol: int
    revision: int = 1


class Spawn(msgspec.Struct, frozen=True, tag="spawn", kw_only=True):
    """Start a process in a session of its own; refused while one of this instance lives."""

    instance: str
    epoch: int
    argv: list[str]
    env: dict[str, str]
    """The whole environment, the marker in it."""
    cwd: str
    output: str
    """The file that stdout and stderr are appended to."""
    exit: str
    """The file that how it ended is written to."""
    nice: int = 0
    how: How = "exec"
    """``zygote`` where it can be forked from a process that has its modules loaded; ``exec`` where it must not be."""
    preload: list[str] = []
    """Which modules that process is to have loaded besides the harness."""


class Signal(msgspec.Struct, frozen=True, tag="signal"):
    """Send a signal to the process, or to its whole group."""

    instance: str
    epoch: int
    signal: int
    group: bool = False


class KillTree(msgspec.Struct, frozen=True, tag="kill_tree"):
    """TERM to the group, the grace, KILL to every descendant, and none left."""

    instance: str
    epoch: int
    grace_seconds: float


class Acknowledge(msgspec.Struct, frozen=True, tag="acknowledge"):
    """The end of this run is on record; it need not be told again."""

    instance: str
    epoch: int


class List(msgspec.Struct, frozen=True, tag="list"):
    """Which children are there?"""


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    """Are you there?"""

    nonce: int


class Shutdown(msgspec.Struct, frozen=True, tag="shutdown"):
    """Stop every child orderly, then end."""

    grace_seconds: float = 10.0


class Welcome(msgspec.Struct, frozen=True, tag="welcome"):
    """The keeper takes requests."""

    protocol: int
    pid: int
    revision: int = 1


class Pong(msgspec.Struct, frozen=True, tag="pong"):
    """Yes."""

    nonce: int


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """It does not, and why; the connection is closed."""

    reason: str


class Spawned(msgspec.Struct, frozen=True, tag="spawned"):
    """The process runs."""

    instance: str
    epoch: int
    pid: int
    start_time: int
    """In clock ticks since boot: with the pid and the boot, who it is."""
    how: How = "exec"


class SpawnFailed(msgspec.Struct, frozen=True, tag="spawn_failed"):
    """There is no process, and why."""

    instance: str
    epoch: int
    reason: str


class Exited(msgspec.Struct, frozen=True, tag="exited"):
    """The process ended and is reaped."""

    instance: str
    epoch: int
    pid: int
    code: int | None
    signal: int | None
    at: float
    """Seconds since the epoch of Unix."""
    remains: bool = False
    """Whether something it started may still run."""


class TreeGone(msgspec.Struct, frozen=True, tag="tree_gone"):
    """Nothing of that run is left but the survivors."""

    instance: str
    epoch: int
    survivors: list[int] = []


class Child(msgspec.Struct, frozen=True):
    """One child: alive, or ended and not acknowledged yet."""

    instance: str
    epoch: int
    pid: int
    start_time: int
    exited: Exited | None = None
    how: How = "exec"


class Children(msgspec.Struct, frozen=True, tag="children"):
    """The answer to List."""

    children: list[Child]


FromCoordinator = Hello | Spawn | Signal | KillTree | Acknowledge | List | Ping | Shutdown
FromKeeper = Welcome | Refused | Pong | Spawned | SpawnFailed | Exited | TreeGone | Children


class ExitRecord(msgspec.Struct, frozen=True):
    """``exit.json``: how an instance's last process ended."""

    epoch: int
    pid: int
    code: int | None
    signal: int | None
    at: float


class KeeperRecord(msgspec.Struct, frozen=True):
    """``keeper.json``: how the keeper is found."""

    pid: int
    socket: str
    start_time: int
    boot_id: str
