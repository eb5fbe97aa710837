"""The live lane: what is only true now, between one instance and the coordinator. Nothing here is stored.

::

    instance                      coordinator
    Hello             ─────────▶  (peer's pid checked)
                      ◀─────────  Welcome | Refused
    Activity, Beat    ─────────▶  a frame at least every BEAT_SECONDS, else the instance is UNKNOWN
                      ◀─────────  Ping
    Pong              ─────────▶
                      ◀─────────  Pause, Resume, Roster
    Piece, ToolUse    ─────────▶  (an answer and its tool calls as they come)
    Spent             ─────────▶  (an exchange with a model is over)
    Asks, AsksNoMore  ─────────▶  (a call waits for the person)
                      ◀─────────  Verdict, Cut, UseBrain

The last four rows are of revision 2: an instance of revision 1 is sent none of them.
"""

from __future__ import annotations

from typing import Literal

import msgspec

REVISION = 2
"""What was added within a protocol: 2 knows brains and tools. What a side does not know is not sent to it."""
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
    revision: int = 1


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


class Piece(msgspec.Struct, frozen=True, tag="piece"):
    """More of an answer that is being written; tokens are joined to a few pieces a second."""

    turn: str
    """The id of the message that is answered; the answer carries it as ``reply_to``."""
    at: int
    """How many characters of this kind came before it, so that who joins late sees a gap as one."""
    text: str
    is_thinking: bool = False


class ToolUse(msgspec.Struct, frozen=True, tag="tool_use"):
    """A tool call begins, waits, or is over."""

    turn: str
    call: str
    tool: str
    summary: str
    """Its arguments in a line; data, never markup."""
    state: Literal["runs", "waits", "done", "failed", "refused", "cut"]
    result: str = ""
    """The first lines of what came of it."""
    seconds: float = 0.0


class Spent(msgspec.Struct, frozen=True, tag="spent"):
    """An exchange with a model is over, with the provider's own figures; the coordinator keeps the account."""

    brain: str
    turn: str
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    microdollars: int = 0
    estimated_tokens: int = 0
    assumed_microdollars: int = 0
    limited_seconds: float = 0.0
    """The provider refused for so long: whoever uses it waits."""
    problem: str = ""
    """Why it failed; empty where it did not."""


class Asks(msgspec.Struct, frozen=True, tag="asks"):
    """A tool call waits for the person; said again after a reconnection. The request is on the log under this id."""

    request: str
    turn: str
    since: float
    """Seconds since the epoch."""


class AsksNoMore(msgspec.Struct, frozen=True, tag="asks_no_more"):
    """What was asked is no longer wanted: the turn was cut."""

    request: str


class Welcome(msgspec.Struct, frozen=True, tag="welcome"):
    """The coordinator knows this instance."""

    protocol: int
    pid: int
    revision: int = 1


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The coordinator does not: another version, another process of that name, an old epoch."""

    reason: str


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    """Answer from your loop."""

    nonce: int


class Pause(msgspec.Struct, frozen=True, tag="pause"):
    """Begin nothing until Resume: no turn, and within one that runs no request to a model."""

    reason: str
    cuts: bool = True
    """Whether the turn and the tool that run are stopped; else they wait."""


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


class Verdict(msgspec.Struct, frozen=True, tag="verdict"):
    """The person's word on a request of this instance; the log line is history."""

    request: str
    verdict: Literal["once", "always", "reject"]
    word: str = ""
    """What the person said with it."""
    granted: str = ""
    """Which grant of the person's decided it, in words; empty: the person did, now."""


class Cut(msgspec.Struct, frozen=True, tag="cut"):
    """Stop the turn that runs, and keep what there is of it as a cut one. Empty: whichever runs."""

    turn: str = ""


class UseBrain(msgspec.Struct, frozen=True, tag="use_brain"):
    """Use another brain from the next exchange on, without starting anew."""

    brain: str


FromInstance = Hello | Activity | Beat | Pong | Piece | ToolUse | Spent | Asks | AsksNoMore
FromCoordinator = Welcome | Refused | Ping | Pause | Resume | Roster | Verdict | Cut | UseBrain
