"""The session that a life was: what the log and the trace know of it, under the headings of a block."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.handoff import dates
from trinity_tui.core.handoff.deeds import Deeds
from trinity_tui.core.handoff.measures import Event
from trinity_tui.core.handoff.session import Session, session_id
from trinity_tui.core.told import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trinity_tui.core.handoff.life import Ended, Life

FOUND_TOLD = 8
"""Of what it found, the newest: all of it is in the log, and in what is known."""


def session_of(ended: Ended, computer: str, deeds: Deeds | None = None, changed: Iterable[str] = ()) -> Session | None:
    """The session of a life that is over; None where nothing was done in it, asked of it, or found.

    Args:
        ended: The life.
        computer: Whose coordinator tells it.
        deeds: What its tools did.
        changed: What differs in its worktree and waits to be taken over.
    """
    life, done = ended.life, deeds or Deeds()
    told = Session(
        life.who, computer, ended.ended, life.epoch, ended.how, life.started,
        work_accomplished=tuple(_work(life)), code_changes=tuple(_changes(done, changed)),
        blockers=tuple(_blockers(life, done)), for_next_instance=tuple(_left(life)),
        test_status=(*life.checks.values(), *done.ran),
    )  # fmt: skip
    sections = (
        told.work_accomplished, told.code_changes, told.blockers, told.for_next_instance, told.test_status,
    )  # fmt: skip
    if not any(sections):
        return None
    return msgspec.structs.replace(told, starting_context=tuple(_context(life)))


def events_of(ended: Ended, session: Session, deeds: Deeds | None = None) -> list[Event]:
    """What happened in it, a line each, for measuring."""
    life, name = ended.life, session_id(session)
    found = [msgspec.structs.replace(event, session=name) for event in life.events]
    failed = deeds.failed if deeds is not None else ()
    found += [Event("failure", name, one.at, life.who, "self", one.tool, one.why) for one in failed]
    return found


def _context(life: Life) -> Iterator[str]:
    brain = f", thinking with {life.brain}" if life.brain else ""
    yield f"Began {dates.said(life.started)} as {life.role or 'an instance'}{brain}: {life.began or 'started'}"
    if life.before:
        yield f"Went on from session {life.before}"


def _work(life: Life) -> Iterator[str]:
    yield from life.done.told()
    found = life.found.lines[-FOUND_TOLD:]
    if (before := len(life.found.lines) - len(found) + life.found.before) > 0:
        yield f"Found {before + len(found)} things, the last of them:"
    yield from (f"Found: {text}" for text in found)
    if life.exchanges:
        yield f"Asked its model {counted(life.exchanges, 'time')}"
    yield from life.claimed.told()


def _changes(done: Deeds, changed: Iterable[str]) -> Iterator[str]:
    yield from (f"Wrote {path}" for path in done.written)
    yield from (f"Waits in its worktree to be taken over: {path}" for path in changed)


def _blockers(life: Life, done: Deeds) -> Iterator[str]:
    yield from life.trouble.told()
    yield from (f"{waited[:1].upper()}{waited[1:]} (no answer yet)" for waited in life.waits.values())
    yield from (f"{tool} failed or was refused {times}" for tool, times in _failures(done))


def _failures(done: Deeds) -> Iterator[tuple[str, str]]:
    times = Counter(one.tool for one in done.failed)
    last = {one.tool: one.why for one in done.failed}
    yield from ((tool, f"{counted(many, 'time')}, the last: {last[tool]}") for tool, many in times.items())


def _left(life: Life) -> Iterator[str]:
    yield from life.left.told()
    yield from (f"Not finished: {task.title}" for task in life.tasks.values())
    yield from (f"Not answered: {asked}" for asked in life.asked.values())
