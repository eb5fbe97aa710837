"""What can happen to an instance's process, and what its lifecycle asks for;
``core.lifecycle`` turns one into the other."""

from __future__ import annotations

import msgspec

from trinity_tui.core.starvation import Look


class WantUp(msgspec.Struct, frozen=True):
    """Someone wants it to run; it also forgives what failed so far."""

    by: str


class WantDown(msgspec.Struct, frozen=True):
    """Someone wants it stopped."""

    by: str
    grace_seconds: float | None = None
    """What is left of the grace where others had to end first; None: all of its own."""


class Restart(msgspec.Struct, frozen=True):
    """Someone wants a new run in place of this one."""

    by: str


class Begin(msgspec.Struct, frozen=True):
    """Supervision has begun: start what is wanted up."""


class Blocked(msgspec.Struct, frozen=True):
    """What it has to wait for before it may be started; an empty sentence: for nothing any more."""

    by: str


class Adopted(msgspec.Struct, frozen=True):
    """A run of an earlier coordinator lives, and is taken over."""

    epoch: int
    pid: int
    age_seconds: float


class Spawned(msgspec.Struct, frozen=True):
    """The process exists."""

    epoch: int
    pid: int


class SpawnFailed(msgspec.Struct, frozen=True):
    """There is no process, and why."""

    epoch: int
    reason: str


class Ready(msgspec.Struct, frozen=True):
    """The instance has said hello."""

    epoch: int


class Exited(msgspec.Struct, frozen=True):
    """The process ended; neither code nor signal means nobody could learn how."""

    epoch: int
    code: int | None
    signal: int | None
    remains: bool = True
    """Whether something it started may still run."""


class TreeGone(msgspec.Struct, frozen=True):
    """The run was stopped; pids that could not be killed are its survivors."""

    epoch: int
    survivors: tuple[int, ...] = ()


class PongReceived(msgspec.Struct, frozen=True):
    """The instance's own loop answered."""

    epoch: int
    nonce: int


class Outgrown(msgspec.Struct, frozen=True):
    """It used more than it may, or ran as long as it should, and is to be started anew."""

    epoch: int
    reason: str
    is_planned: bool = False
    """Whether this was to come, and says nothing against it."""


class Elapsed(msgspec.Struct, frozen=True):
    """The moment ``due`` named has come."""

    look: Look | None = None
    """Where a ping was not answered in time: its threads at this moment; None where nobody can tell."""


class StoodStill(msgspec.Struct, frozen=True):
    """Nobody here took what instances and the keeper said for so long; it may be there to be taken."""

    seconds: float


Event = (
    WantUp | WantDown | Restart | Begin | Blocked | Adopted | Spawned | SpawnFailed | Ready | Exited | TreeGone
    | PongReceived | Outgrown | Elapsed | StoodStill
)  # fmt: skip


class Spawn(msgspec.Struct, frozen=True):
    """Start a process; answer with Spawned or SpawnFailed."""

    epoch: int


class StopTree(msgspec.Struct, frozen=True):
    """TERM, grace, KILL to the run and all its descendants; answer with TreeGone."""

    epoch: int
    grace_seconds: float


class SendPing(msgspec.Struct, frozen=True):
    """Ask the instance's loop for a sign."""

    epoch: int
    nonce: int


class Alert(msgspec.Struct, frozen=True):
    """Tell the person."""

    text: str
    parked: bool = False


Effect = Spawn | StopTree | SendPing | Alert
