"""The arguments of what faces can ask for, decoded strictly: a shape for each request."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from trinity_tui.core.message import Priority

Lifetime = Annotated[float, msgspec.Meta(gt=0, le=31_536_000)]
"""Seconds; at most a year."""


class Args(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of a request; each request has its own."""


class Nothing(Args, frozen=True):
    """A request without arguments."""


class Send(Args, frozen=True):
    """Say something to somebody."""

    to: str
    content: str
    type: str = "chat"
    priority: Priority = "normal"
    reply_to: str | None = None
    thread: str | None = None
    ack_seconds: Lifetime | None = None
    """Within which time it is to be read; else it counts as failed, and the person is told."""
    expires_seconds: Lifetime | None = None
    """After which time it is not to be delivered any more."""
    wait: bool = False
    """Whether somebody waits for it: the recipient then sends its receipts at once."""


class Await(Args, frozen=True):
    """Wait until a message was read or answered."""

    id: str
    wait: Literal["received", "read", "answer"] = "answer"
    timeout: float = 60.0


class One(Args, frozen=True):
    """About one message or request."""

    id: str


class Resend(Args, frozen=True):
    """Send a message again, to the same one or another, or take a dead letter off the list."""

    id: str
    to: str | None = None
    drop: bool = False


class Approve(Args, frozen=True):
    """Allow what an instance asked for."""

    id: str
    verdict: Literal["", "once", "always"] = ""
    """Empty: once for a call of a tool, for good for a command of the configuration."""
    word: str = ""
    """Said to the instance with it."""


class Reject(Args, frozen=True):
    """Refuse what an instance asked for."""

    id: str
    word: str = ""
    """Said to the instance with it: why, or what to do instead."""


class Cut(Args, frozen=True):
    """Stop a turn."""

    who: str
    turn: str = ""
    """The id of the message that is answered; empty: whichever turn runs."""


class Brain(Args, frozen=True):
    """Another brain for instances."""

    who: str
    brain: str


class Day(Args, frozen=True):
    """One UTC day."""

    day: str | None = None
    """``today``, or one such as ``2026-11-21``; all that are kept where not given."""


class Who(Args, frozen=True):
    """An instance, ``role:X``, ``group:X`` or ``all``."""

    who: str


class HandOver(Args, frozen=True):
    """Who stops, and who goes on with its work."""

    who: str
    to: str


class Whom(Args, frozen=True):
    """Everyone, or those that are named."""

    who: str = "all"
    digest: bool = False
    """With the room's digest, by which two rooms at one position are known as equal; it takes milliseconds to make."""


class Page(Args, frozen=True):
    """Messages from a position on."""

    start: int | None = None
    """None: the newest ones."""
    limit: int = 100
    to: str | None = None
    type: str | None = None
    sender: str | None = None


class Talked(Args, frozen=True):
    """What the person and an instance, or ``all``, said to each other."""

    who: str
    before: int | None = None
    """None: the newest."""
    limit: int = 50


class Traced(Args, frozen=True):
    """How an instance's answers came about."""

    who: str
    before: str = ""
    """A place that a page said; empty: the newest."""
    limit: int = 50


class Seek(Args, frozen=True):
    """Where a replay begins, or goes on."""

    position: int
    start: int | None = None
    """Where to go on: the ``next`` of the answer before; no snapshot is sent then."""
    limit: int = 2_000


class Lines(Args, frozen=True):
    """The last lines of an instance's output."""

    instance: str
    lines: int = 200


class Add(Args, frozen=True):
    """Another instance; what is empty is as for one of the file's."""

    id: str
    role: str = ""
    persona: str = ""
    brain: str = ""
    after: list[str] = []
    replicas: int | None = None

    def table(self) -> dict[str, Any]:
        """As it would stand in ``instances.toml``."""
        said = {key: getattr(self, key) for key in ("role", "persona", "brain", "after", "replicas")}
        return {key: value for key, value in said.items() if value not in ("", [], None)}


class Scale(Args, frozen=True):
    """Another number of replicas."""

    id: str
    replicas: int
