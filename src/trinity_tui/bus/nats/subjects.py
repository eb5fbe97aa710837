"""Subjects: whom a message is for, how pressing it is and who says it, so that a server can filter by each.

::

    <stream>.<lane>.<computer>.<recipient>.<priority>.<home>.<sender>

    lane       to: one recipient · many: a role, a broadcast · log: what only projections read
    computer   the recipient's; ALL for everybody's
    home       the computer on which it was published

On a stream that computers share, the line stands as its sender wrote it; ``seen_from`` says it in the words of the
computer that reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus.bells import BOOKKEEPING
from trinity_tui.core import address, record
from trinity_tui.core.errors import MessageError
from trinity_tui.core.message import Origin
from trinity_tui.core.record import DamagedLine

if TYPE_CHECKING:
    from trinity_tui.core.message import Message

TO, MANY, LOG = "to", "many", "log"
SHARED = frozenset({"finding", "memory", "receipt"})
"""Kinds that every computer's log holds: what was learned, and how far whoever was written to is."""
_OWN_WORDS = frozenset({Origin.HUMAN, Origin.COORDINATOR})


class Subject(msgspec.Struct, frozen=True):
    """A subject, taken apart."""

    lane: str
    computer: str
    recipient: str
    priority: str
    home: str
    sender: str


def subject_of(stream: str, item: Message, home: str) -> str:
    """Where a message is published.

    Args:
        stream: The stream's name, which begins every subject.
        item: One that may be published: then its parts are fit to be tokens.
        home: The computer it is published on.
    """
    computer, recipient = _recipient(item.to, home)
    many = MANY if address.is_many(item.to) else TO
    lane = LOG if item.type in BOOKKEEPING else many
    return f"{stream}.{lane}.{computer}.{recipient}.{item.priority}.{home}.{item.from_}"


def _recipient(to: str, home: str) -> tuple[str, str]:
    to = address.canonical(to)
    if to == address.EVERYWHERE:
        return address.EVERYWHERE, "all"
    if role := address.role_of(to):
        return home, f"role-{role}"
    computer, slash, instance = to.partition("/")
    if slash:
        return computer, instance
    return (to, address.COORDINATOR) if address.is_computer(to) else (home, to)


def parse(subject: str) -> Subject | None:
    """A subject of ours; None where it is none."""
    parts = subject.split(".")
    return Subject(*parts[1:]) if len(parts) == 7 else None


def concerns(subject: Subject, computer: str) -> bool:
    """Whether it is a computer's own: what was said there, to there, or to everybody."""
    return computer in (subject.home, subject.computer) or subject.computer == address.EVERYWHERE


def may_be_shared(subject: Subject) -> bool:
    """Whether another computer's log may hold it: said to everybody of its own, or an instance's bookkeeping."""
    is_to_everybody = subject.lane == MANY and subject.recipient == address.BROADCAST
    return is_to_everybody or (subject.lane == LOG and address.is_instance_id(subject.sender))


def reaches(subject: Subject, computer: str) -> bool:
    """Whether it is for somebody on a computer: a role and a broadcast mean those of where they were said."""
    return subject.computer in (computer, address.EVERYWHERE)


def for_one(stream: str, computer: str, name: str) -> str:
    """The filter for what is addressed to one."""
    return f"{stream}.{TO}.{computer}.{name}.>"


def for_many(stream: str) -> str:
    """The filter for what is addressed to many, on any computer: a consumer of this server has one filter."""
    return f"{stream}.{MANY}.>"


def said_by(stream: str, computer: str, name: str) -> str:
    """The filter for what one said."""
    return f"{stream}.*.*.*.*.{computer}.{name}"


def seen_from(computer: str, subject: Subject, line: bytes) -> bytes:
    """A line in the words of a computer: who is elsewhere has the computer before its name.

    What is not its own and only shared was said to its home.

    Raises:
        DamagedLine: The line is no message.
    """
    if subject.home == computer and b'"to":"%s' % computer.encode() not in line:
        return line
    found = record.decode(line)
    to = _to_from(computer, subject, found.to) if concerns(subject, computer) else subject.home
    if subject.home == computer:
        return line if to == found.to else _encode(msgspec.structs.replace(found, to=to))
    origin = Origin.PEER if found.origin in _OWN_WORDS else found.origin
    sender = _sender_from(subject.home, found.from_)
    return _encode(msgspec.structs.replace(found, from_=sender, to=to, origin=origin))


def _encode(item: Message) -> bytes:
    try:
        return record.encode(item)[:-1]
    except MessageError as error:
        raise DamagedLine(str(error)) from error  # At the very limit, and the longer names are too much.


def _sender_from(home: str, sender: str) -> str:
    if address.is_instance_id(sender):
        return f"{home}/{sender}"
    return home if sender in (address.HUMAN, address.COORDINATOR) else sender


def _to_from(computer: str, subject: Subject, to: str) -> str:
    if to.startswith(f"{computer}/"):
        return to.partition("/")[2]
    if to == computer:
        return address.COORDINATOR
    return to
