"""What happened, as the log tells it: crashes, restarts, failed tasks, requests and verdicts; and how it is asked for.

::

    when did builder-1 crash        a crash of builder-1's
    approved                        a verdict of yes
    failed task lead-1              a task that failed, and lead-1 had to do with it
    "refresh path" builder-1        a message that says this, of builder-1's or to it

What is no event, no name and no small word of a question is looked for as text, in what was said, its type, and who
said it to whom: the first eight words of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import msgspec

from trinity_tui.core import address, typed
from trinity_tui.core.message import KINDS
from trinity_tui.core.sieve import All, Traits, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from trinity_tui.core.message import Message
    from trinity_tui.core.sieve import Sieve

Milestone = Literal["crash", "restart", "failed", "asked"]
MILESTONES: tuple[Milestone, ...] = ("crash", "failed", "asked", "restart")
"""What is marked on a line of time; where two stand at one place, the first of these is shown."""
_SMALL = frozenset(
    "when did was is were has have had the a an last time of for to by in on at who what which why do does it its and "
    "first happened happen there any one my".split()
)
_NUMBERED = re.compile(r"[a-z][a-z0-9_-]{0,28}-[0-9]{1,3}")
"""Named as instances mostly are; one that was removed since is no name that is known."""
_DOWN = ("CRASHED", "PARKED", "OFFLINE")
_PART = re.compile(r'"([^"]{1,100})"|(\S+)')


def _said(message: Message) -> Callable[[str], str]:
    return lambda key: typed.text(message.metadata, key)


def _is_status(message: Message) -> bool:
    return message.type == "status" and message.from_ == address.COORDINATOR


def _is_crash(message: Message) -> bool:
    said = _said(message)
    return _is_status(message) and bool(said("crash") or said("state") == "CRASHED")


def _is_restart(message: Message) -> bool:
    said = _said(message)
    # A crash is told with the state it is followed by: one that is no restart where it stays down.
    is_back = said("reason").startswith("restarted") or (bool(said("crash")) and said("state") not in _DOWN)
    return _is_status(message) and typed.whole(message.metadata, "restarts") > 0 and is_back


def _is_request(message: Message) -> bool:
    return message.type == "approval" and _said(message)("op") == "request"


def _verdict(*verdicts: str) -> Callable[[Message], bool]:
    return lambda message: message.type == "approval" and _said(message)("verdict") in verdicts


def _state(*states: str) -> Callable[[Message], bool]:
    return lambda message: _is_status(message) and _said(message)("state") in states


def _task_state(state: str) -> Callable[[Message], bool]:
    return lambda message: message.type == "task_update" and _said(message)("state") == state


def _kind(kind: str) -> Traits:
    return Traits((b'"type":"%s"' % kind.encode(),), lambda message: message.type == kind)


_APPROVAL = b'"type":"approval"'
EVENTS: dict[str, Traits] = {
    "crash": Traits((b'"crash":"', b'"state":"CRASHED"'), _is_crash),
    "restart": Traits((b'"reason":"restarted', b'"crash":"'), _is_restart),
    "failed": Traits((b'"state":"FAILED"',), _task_state("FAILED")),
    "done": Traits((b'"state":"COMPLETED"',), _task_state("COMPLETED")),
    "asked": Traits((_APPROVAL,), _is_request),
    "approved": Traits((_APPROVAL,), _verdict("once", "always")),
    "rejected": Traits((_APPROVAL,), _verdict("reject")),
    "started": Traits((b'"state":"STARTING"', b'"state":"ONLINE"'), _state("STARTING", "ONLINE")),
    "stopped": Traits((b'"state":"OFFLINE"',), _state("OFFLINE")),
    "paused": Traits((b'"state":"PAUSED"',), _state("PAUSED")),
    "parked": Traits((b'"state":"PARKED"',), _state("PARKED")),
    "degraded": Traits((b'"state":"DEGRADED"',), _state("DEGRADED")),
}
_WORDS = {
    "crash": ("crashed", "crashes", "die", "died"), "restart": ("restarted", "restarts"),
    "failed": ("fail", "fails", "failure"), "done": ("completed", "complete", "finished", "finish"),
    "asked": ("request", "requests", "requested", "ask", "approval", "approvals"),
    "approved": ("approve", "allowed", "allow"), "rejected": ("reject", "refused", "refuse"),
    "started": ("start", "starts", "starting", "online"), "stopped": ("stop", "stops", "offline"),
    "paused": ("pause",), "parked": ("park",), "degraded": ("degrade",),
}  # fmt: skip
_EVENT_OF = {name: name for name in EVENTS} | {word: name for name, words in _WORDS.items() for word in words}
_KIND_OF = {f"{kind}{plural}": kind for kind in KINDS - {"approval", "receipt"} for plural in ("", "s")}


class Happening(msgspec.Struct, frozen=True):
    """What is looked for in the past."""

    event: str = ""
    kind: str = ""
    """A type of message, where no event is meant."""
    who: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def sieve(self) -> Sieve:
        """Finds it in the log."""
        parts: list[Sieve] = [words_of(self.texts)] if self.texts else []
        parts += [_of(name) for name in self.who]
        if self.event:
            parts.append(EVENTS[self.event])
        elif self.kind:
            parts.append(_kind(self.kind))
        else:
            parts.append(Traits((), lambda message: message.type != "receipt"))
        return All(tuple(parts))

    @property
    def words(self) -> str:
        """As it was understood."""
        about = [*self.who, self.event or self.kind, *(f'"{text}"' for text in self.texts)]
        return " ".join(part for part in about if part)


def parse(line: str, names: Collection[str]) -> Happening:
    """What a typed line asks for; nothing at all where it has only small words.

    Args:
        line: As typed.
        names: The instances there are, or were.
    """
    event, kind, who, texts = "", "", list[str](), list[str]()
    for quoted, bare in _PART.findall(line):
        word = bare.strip("?!,.;:\"'").lower()
        if quoted:
            texts.append(quoted)
        elif word in names or _NUMBERED.fullmatch(word):
            who.append(word)
        elif word in (address.HUMAN, "you", "me"):
            who.append(address.HUMAN)
        elif word in _EVENT_OF and event in ("", _EVENT_OF[word]):
            event = _EVENT_OF[word]
        elif word in _KIND_OF and not kind:
            kind = _KIND_OF[word]
        elif word and word not in _SMALL:
            texts.append(bare.strip("?!,;"))
    return Happening(event, kind, tuple(who), tuple(texts))


def marked(messages: Iterable[Message]) -> list[Milestone | None]:
    """For each message what it is marked as on a line of time, if it is."""
    return [next((mark for mark in MILESTONES if EVENTS[mark].fits(message)), None) for message in messages]


MARKED = Traits(
    tuple(sorted({needle for mark in MILESTONES for needle in EVENTS[mark].needles})),
    lambda message: any(EVENTS[mark].fits(message) for mark in MILESTONES),
)
"""Finds everything that is marked."""


def _of(name: str) -> Traits:
    def concerns(message: Message) -> bool:
        about = (typed.text(message.metadata, key) for key in ("instance", "assignee", "by"))
        return name in (message.from_, message.to, *about)

    return Traits((b'"%s"' % name.encode(),), concerns)
