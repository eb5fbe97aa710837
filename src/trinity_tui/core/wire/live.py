"""The live lane: what is only true now, between one instance and the coordinator. Nothing here is stored.

::

    instance                      coordinator
    Hello             ─────────▶  (peer's pid checked)
                      ◀─────────  Welcome | Refused
    Activity, Beat    ─────────▶  a frame at least every BEAT_SECONDS, else the instance is UNKNOWN
                      ◀─────────  Ping
    Pong              ─────────▶
                      ◀─────────  Pause, Resume, Roster
"""

from __future__ import annotations

from typing import Literal

import msgspec

BEAT_SECONDS = 2.0
"""How often an instance is heard of at least."""
SILENT_SECONDS = 5.0
"""After this long without a frame, and no exit seen, an instance is UNKNOWN."""

ActivityName = Literal["idle", "thinking", "writing", "tool", "waiting"]


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """An instance presents itself; sent once, first, when it is ready to work."""

    protocol: int
    instance: str
    epoch: int
    pid: int


class Activity(msgspec.Struct, frozen=True, tag="activity"):
    """What the instance is doing; sent when it changes."""

    activity: ActivityName
    detail: str = ""
    """What it is on: a file, a command. Data, never markup."""
    since: float = 0.0
    """When that began, seconds since the epoch."""
    inbox_depth: int = 0
    brain: str = ""
    """The brain in use now, which may not be the one that was asked for."""
    degraded: str = ""
    """Why the asked-for brain is not in use; empty when it is."""


class Beat(msgspec.Struct, frozen=True, tag="beat"):
    """Still here."""

    inbox_depth: int = 0


class Pong(msgspec.Struct, frozen=True, tag="pong"):
    """The answer to a ping, from the instance's own loop."""

    nonce: int


class Welcome(msgspec.Struct, frozen=True, tag="welcome"):
    """The coordinator knows this instance."""

    protocol: int
    pid: int


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The coordinator does not: another version, another process of that name, an old epoch."""

    reason: str


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    """Answer from your loop."""

    nonce: int


class Pause(msgspec.Struct, frozen=True, tag="pause"):
    """Stop the turn and the tool that run, and begin none until Resume."""

    reason: str


class Resume(msgspec.Struct, frozen=True, tag="resume"):
    """Go on."""


class Colleague(msgspec.Struct, frozen=True):
    """What an instance is told of another."""

    id: str
    role: str
    state: str
    reason: str = ""


class Roster(msgspec.Struct, frozen=True, tag="roster"):
    """Who is there, and how each is; sent when it changes."""

    colleagues: list[Colleague]


FromInstance = Hello | Activity | Beat | Pong
FromCoordinator = Welcome | Refused | Ping | Pause | Resume | Roster
