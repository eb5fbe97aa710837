"""The arguments of what faces can ask for, decoded strictly: a shape for each request."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from trinity_tui.core.message import Priority

Lifetime = Annotated[float, msgspec.Meta(gt=0, le=31_536_000)]
"""Seconds; at most a year."""
PAGE_MOST = 1_000
"""A page has so many rows at most, whatever is asked for."""


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
    consumer: str = ""
    """Who gave it up, where several did; empty: the first of them, or all where it is dropped."""
    drop: bool = False
    via: str = ""
    """Where the person decides that, as the face says of itself."""


class Seen(Args, frozen=True):
    """Alerts the person has seen."""

    ids: list[str]


class Since(Args, frozen=True):
    """From when on."""

    since: str | None = None
    """RFC 3339; empty: since the beginning; None: since the person last looked at a screen."""
    again: bool = False
    """Since they were away the last time, though they looked at what happened then; if nothing happened since, what was
    told last."""


class Looked(Args, frozen=True):
    """Somebody is in front of a screen."""

    told: bool = False
    """Whether they looked at what happened while they were away, or nothing did."""


class Decided(Args, frozen=True):
    """What was decided that had waited for the person."""

    text: str = ""
    """Only what contains all of its words."""


class Approve(Args, frozen=True):
    """Allow what an instance asked for."""

    id: str
    verdict: Literal["", "once", "always"] = ""
    """Empty: once for a call of a tool, for good for a command of the configuration."""
    word: str = ""
    """Said to the instance with it."""
    via: str = ""
    """Where the person decides that, as the face says of itself."""


class Reject(Args, frozen=True):
    """Refuse what an instance asked for."""

    id: str
    word: str = ""
    """Said to the instance with it: why, or what to do instead."""
    via: str = ""
    """Where the person decides that, as the face says of itself."""


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

    position: int = 0
    at: float | None = None
    """A moment in seconds since the epoch, in place of a position."""
    start: int | None = None
    """Where to go on: the ``next`` of the answer before; no snapshot is sent then."""
    limit: int = 2_000
    packed: bool = False
    """Room and records as JSON in a text: a screen makes shapes of them at once, without tables in between. Of the room
    what is shown of it."""


class Happened(Args, frozen=True):
    """What happened, in a person's words."""

    words: Annotated[str, msgspec.Meta(max_length=300)]
    before: int | None = None
    """Where to look from, back; None: from the newest."""


class Lines(Args, frozen=True):
    """The last lines of an instance's output."""

    instance: str
    lines: int = 200
    epoch: int = 0
    """Of an earlier run; 0: of the newest."""
    before: int | None = None
    """Those that end before this offset of the run; None: the last."""


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


class Tasks(Args, frozen=True):
    """Some of the tasks."""

    state: Literal["", "open", "QUEUED", "ASSIGNED", "IN_PROGRESS", "COMPLETED", "FAILED", "BLOCKED", "CANCELLED"] = ""
    """Empty: all; ``open``: those that are not over."""


class TaskAdd(Args, frozen=True):
    """Another task."""

    text: str
    to: str = "all"
    """Who may do it; ``all``: whoever has the least to do."""
    priority: Priority = "normal"
    after: str = ""
    """Ids, separated by commas: it waits until these are COMPLETED."""


class TaskAssign(Args, frozen=True):
    """To whom a task goes."""

    id: str
    to: str
    word: str = ""
    """Why; it is kept with it."""


class TaskCancel(Args, frozen=True):
    """A task that is not to be done."""

    id: str
    word: str = ""


class TaskRetry(Args, frozen=True):
    """A task that is to be done anew."""

    id: str
    to: str = ""
    """Who may do it from now on; empty: who might before."""
    word: str = ""
