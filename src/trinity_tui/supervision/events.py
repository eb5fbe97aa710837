"""What supervision is given, what it tells, and how an instance stands."""

from __future__ import annotations

from typing import Literal

import msgspec

from trinity_tui.core.restart import Restart
from trinity_tui.core.wire.keeper import How

EPOCH_ARGUMENT = "{epoch}"
"""An argument of an argv that reads so is replaced by the number of the run."""
EPOCH_VARIABLE = "TRINITY_EPOCH"
"""The variable of an instance's environment that says the same."""


class InstanceSpec(msgspec.Struct, frozen=True):
    """How one instance is run."""

    id: str
    argv: list[str]
    env: dict[str, str]
    """The whole environment; the marker and the epoch are added."""
    cwd: str
    restart: Restart = "on-failure"
    grace_seconds: float = 10.0
    nice: int = 0
    enabled: bool = True
    """Whether it runs as long as nobody says otherwise."""
    after: tuple[str, ...] = ()
    """Who has to be ready before it is started."""
    start_seconds: float | None = None
    """How long it may take to become ready; None: what holds for the fleet."""
    final_codes: tuple[int, ...] | None = None
    """After which exit codes it is not started again by itself; None: what holds for the fleet."""
    max_memory_bytes: int = 0
    """What it and all it started may use; 0: no limit."""
    max_age_seconds: float = 0.0
    """How long a run is to last; 0: for ever."""
    hold: str = ""
    """Why it may not be started yet, whoever wants it; empty: it may."""
    spawn: Literal["auto", "zygote", "exec"] = "auto"
    """``exec``: as a program of its own; else forked from a process that has its modules loaded, where that can be."""
    preload: tuple[str, ...] = ()
    """Modules that process is to have loaded besides the harness, such as a model's SDK."""


class InstanceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How one instance's process stands, in the words of the screen."""

    id: str
    desired: str
    state: str
    reason: str
    source: str
    pid: int | None
    epoch: int
    restarts: int
    started_at: float | None
    """Seconds since the epoch of Unix; None while it does not run."""
    adopted: bool
    """Whether an earlier coordinator started it."""
    last_exit: str = ""
    """How the run before this one ended; empty where none did."""
    kept: bool = False
    """Whether it descends from the keeper that is there now."""
    how: How = "exec"
    """How its process began."""
    cpu_percent: float = 0.0
    rss_bytes: int = 0


class StatusChanged(msgspec.Struct, frozen=True):
    """An instance stands differently now."""

    instance: str
    status: InstanceStatus


class Alerted(msgspec.Struct, frozen=True):
    """The person has to know."""

    instance: str
    text: str
    lines: list[str]
    """The last of its output."""
    parked: bool = False
    """Whether it was given up."""


class PingRequested(msgspec.Struct, frozen=True):
    """The instance's loop has to be asked for a sign; the answer goes to ``Supervisor.pong``."""

    instance: str
    epoch: int
    nonce: int


class OutputRotated(msgspec.Struct, frozen=True):
    """The head of an instance's output was given back."""

    instance: str
    epoch: int
    first_offset: int
    """What is kept begins here."""


class KeeperChanged(msgspec.Struct, frozen=True):
    """Another keeper is there, or none, or the one that is there does not answer."""

    pid: int | None
    """None while there is none."""
    reason: str
    is_silent: bool = False
    """Whether it does not answer."""
    is_replaced: bool = False
    """Whether it came in place of one that ended under its instances."""


SupervisionEvent = StatusChanged | Alerted | PingRequested | OutputRotated | KeeperChanged
