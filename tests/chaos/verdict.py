"""What must hold after any chaos, judged from evidence alone: each sentence says what does not.

Pure, so that planted violations prove that it can say so.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import address

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = 5
"""Of one kind of violation, so many examples are named."""


class Accepted(msgspec.Struct, frozen=True):
    """A message its sender was told is accepted."""

    id: str
    sender: str
    to: str
    type: str
    checksum: int


class Logged(msgspec.Struct, frozen=True):
    """A message as it stands in the log, the first time its id does."""

    position: int
    checksum: int
    """Of its whole content."""


class Done(msgspec.Struct, frozen=True):
    """What a receiver is done with: everything below ``low``, and these."""

    low: int = 0
    acked: frozenset[int] = frozenset()

    def has(self, position: int) -> bool:
        """Whether the message at a position is dealt with."""
        return position < self.low or position in self.acked


class State(msgspec.Struct, frozen=True):
    """One instance as it is shown, as it is recorded, and as it is."""

    shown: str
    shown_pid: int | None
    recorded_pid: int | None
    living_pids: tuple[int, ...]


class Evidence(msgspec.Struct, kw_only=True):
    """Everything that was seen."""

    receivers: dict[str, str]
    """Every instance, with its role."""
    accepted: list[Accepted] = msgspec.field(default_factory=list[Accepted])
    logged: dict[str, Logged] = msgspec.field(default_factory=dict[str, Logged])
    answers: list[tuple[str, str]] = msgspec.field(default_factory=list[tuple[str, str]])
    """Question and who answered it, once for each answer with an id of its own."""
    done: dict[str, Done] = msgspec.field(default_factory=dict[str, Done])
    dead: set[tuple[str, int]] = msgspec.field(default_factory=set[tuple[str, int]])
    """Receiver and position of what was given up, with its reason kept."""
    twice: list[str] = msgspec.field(default_factory=list[str])
    states: dict[str, State] = msgspec.field(default_factory=dict[str, State])
    room: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    """A sum over each part of the room that the log makes."""
    faces: dict[str, dict[str, str]] = msgspec.field(default_factory=dict[str, dict[str, str]])
    """The same of each face's room, at the log's end; empty where a face did not come so far."""
    tracebacks: list[str] = msgspec.field(default_factory=list[str])
    """What the coordinator and the keeper printed that no user should see."""
    leaked: list[str] = msgspec.field(default_factory=list[str])


def violations(evidence: Evidence) -> list[str]:
    """A sentence for each kind of thing that does not hold; none when all is well."""
    return [_said(what, listed) for what, listed in _examples(evidence).items() if listed]


def counts(evidence: Evidence) -> dict[str, int]:
    """How many examples of each kind there are, none also said."""
    return {what: len(listed) for what, listed in _examples(evidence).items()}


def _examples(evidence: Evidence) -> dict[str, list[str]]:
    return {
        "accepted and not in the log": list(_lost(evidence)),
        "changed on its way": list(_changed(evidence)),
        "not handled by its receiver": list(_unhandled(evidence)),
        "answered more than once": list(_answered_twice(evidence)),
        "an instance was there twice": evidence.twice,
        "a state that is not true": list(_untrue(evidence)),
        "an instance that did not come back": list(_absent(evidence)),
        "a face whose room is another one": list(_strange_faces(evidence)),
        "a traceback": evidence.tracebacks,
        "a process was left": evidence.leaked,
    }


def _said(what: str, listed: list[str]) -> str:
    return f"{what}: {len(listed)} ({'; '.join(listed[:SHOWN])})"


def _lost(evidence: Evidence) -> Iterator[str]:
    for message in evidence.accepted:
        if message.id not in evidence.logged:
            yield f"{message.type} {message.id} of {message.sender}"


def _changed(evidence: Evidence) -> Iterator[str]:
    for message in evidence.accepted:
        logged = evidence.logged.get(message.id)
        if logged is not None and logged.checksum != message.checksum:
            yield f"{message.type} {message.id} of {message.sender}"


def untrue(evidence: Evidence) -> list[str]:
    """Each state that is not true, and each instance that is not there."""
    return [*_untrue(evidence), *_absent(evidence)]


def unhandled_count(evidence: Evidence) -> int:
    """How many messages still wait to be handled."""
    return sum(1 for _ in _unhandled(evidence))


def _unhandled(evidence: Evidence) -> Iterator[str]:
    answered = set(evidence.answers)
    for message in evidence.accepted:
        logged = evidence.logged.get(message.id)
        if logged is None:
            continue
        for name in _reached(evidence, message):
            if (name, logged.position) in evidence.dead:
                continue
            if message.type == "question" and (message.id, name) not in answered:
                is_done = evidence.done.get(name, Done()).has(logged.position)
                yield f"question {message.id} by {name}" + (", who noted it as done" if is_done else "")
            elif not evidence.done.get(name, Done()).has(logged.position):
                yield f"{message.type} {message.id} by {name}"


def _reached(evidence: Evidence, message: Accepted) -> list[str]:
    return [
        name for name, role in evidence.receivers.items() if address.reaches(message.to, message.sender, name, role)
    ]


def _answered_twice(evidence: Evidence) -> Iterator[str]:
    for (question, name), count in Counter(evidence.answers).items():
        if count > 1:
            yield f"{question} {count} times by {name}"


def _untrue(evidence: Evidence) -> Iterator[str]:
    for name, state in evidence.states.items():
        living = ", ".join(map(str, state.living_pids)) or "nobody"
        if state.shown == "ONLINE":
            if state.living_pids != (state.shown_pid,):
                yield f"{name} is shown ONLINE as {state.shown_pid}, and there is {living}"
        elif state.living_pids:
            yield f"{name} is shown {state.shown}, and there is {living}"
        if state.recorded_pid not in (state.living_pids or (None,)):
            yield f"{name} is on record as {state.recorded_pid}, and there is {living}"


def _absent(evidence: Evidence) -> Iterator[str]:
    for name, state in evidence.states.items():
        if state.shown != "ONLINE":
            yield f"{name} is {state.shown}"


def _strange_faces(evidence: Evidence) -> Iterator[str]:
    for name, parts in evidence.faces.items():
        if not parts:
            yield f"{name} is behind"
        elif others := [part for part in evidence.room if parts.get(part) != evidence.room[part]]:
            yield f"{name}: {', '.join(others)}"
