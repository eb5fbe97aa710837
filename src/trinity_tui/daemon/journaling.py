"""Writes down each run of an instance once it is over: from the log, its trace and its worktree.

::

    log ──fold──▶ lives ──over──▶ block ──▶ coordination/sessions ──▶ a ``session`` record ──▶ lives.json

The block of a run has one name, however often its end is met: what died between two of these steps is done again by the
next coordinator, and what was done already is found to be there.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.bus import new_message
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.errors import BusError, StoreError, ToolError, TrinityError
from trinity_tui.core.handoff.deeds import Deeds, deeds
from trinity_tui.core.handoff.lives import Lives
from trinity_tui.core.handoff.session import block_of
from trinity_tui.core.handoff.telling import events_of, session_of
from trinity_tui.core.trace import TraceLine
from trinity_tui.store import document
from trinity_tui.store.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from trinity_tui.bus import Bus
    from trinity_tui.core.handoff.life import Ended
    from trinity_tui.core.handoff.session import Session
    from trinity_tui.core.message import Message
    from trinity_tui.core.paths import Workspace
    from trinity_tui.core.record import Record
    from trinity_tui.daemon.succession import Succession
    from trinity_tui.handoff.sessions import Sessions

SAVED_RECORDS = 5_000
"""After so many, what was folded is saved: the next coordinator reads no more of the log than this again."""
AGAIN_SECONDS = 5.0
"""When a disk that refuses is tried again."""
log = logging.getLogger("journaling")


class Journaling:
    """The journal of one workspace.

    Args:
        workspace: Whose.
        bus: The log.
        sessions: Where the blocks go.
        computer: How others call this one.
        written: Told that there is a new block.
        notice: Shows the person a sentence, or takes it back when it is empty.
        succession: Told how far it is.
    """

    def __init__(
        self,
        workspace: Workspace,
        bus: Bus,
        sessions: Sessions,
        computer: str,
        *,
        written: Callable[[], None],
        notice: Callable[[str, str], None],
        succession: Succession,
    ) -> None:
        self._workspace = workspace
        self._bus = bus
        self._sessions = sessions
        self._lives = Lives(computer)
        self._is_begun = False
        self._unsaved = 0
        """How many records were folded since what is folded was last saved."""
        self._written = written
        self._notice = notice
        self._succession = succession
        self._news = asyncio.Event()
        self._writing = threading.Lock()

    async def begin(self) -> None:
        """Take up where the coordinator before left off; before anything new is folded."""
        self._lives = await self._kept()
        await self._read_on()
        self._is_begun = True
        self._succession.look(self._lives)
        await self._save()

    def folded(self, records: Sequence[Record]) -> None:
        """Take what was folded; what was read before is passed over."""
        if not self._is_begun:
            return
        for record in records:
            self._lives.apply(record)
        self._unsaved += len(records)
        if self._lives.ended or self._unsaved >= SAVED_RECORDS:
            self._news.set()
        self._succession.look(self._lives)

    async def run(self) -> None:
        """Write down what is over, for ever."""
        while True:
            await self._news.wait()
            self._news.clear()
            if not await self._write_ended():
                await asyncio.sleep(AGAIN_SECONDS)
                self._news.set()

    async def finish(self) -> bool:
        """Write down what ended up to the log's end, when nobody folds any more; whether anything did."""
        if not self._is_begun:
            return False
        await self._read_on()
        is_over = bool(self._lives.ended)
        await self._write_ended()
        await self._save()
        return is_over

    async def _kept(self) -> Lives:
        end = await self._bus.end()
        fresh = Lives(self._lives.computer, end, self._bus.generation)
        try:
            kept = document.read(self._workspace.lives, Lives)
        except StoreError as error:
            log.error("%s; runs from before are not told", error)
            return fresh
        # Where a workspace has none, what happened before is not told: its runs are not known from their beginning.
        if kept is None or not self._bus.means(kept.position, kept.generation):
            return fresh
        return msgspec.structs.replace(kept, computer=fresh.computer)

    async def _read_on(self) -> None:
        async for record in self._bus.read(self._lives.position):
            self._lives.apply(record)

    async def _write_ended(self) -> bool:
        """Whether all of it is kept."""
        try:
            while self._lives.ended:
                ended = self._lives.ended[0]
                session = await asyncio.to_thread(self._keep, ended)
                if session is not None:
                    await self._bus.publish(_announcement(session))
                    self._written()
                self._lives.ended.pop(0)
                self._succession.look(self._lives)
                if not self._lives.ended:
                    await self._save()
            if self._unsaved >= SAVED_RECORDS:
                await self._save()
        except (StoreError, BusError, OSError) as error:
            who = ", ".join(dict.fromkeys(ended.life.who for ended in self._lives.ended)) or "everybody"
            self._notice("sessions", f"The sessions of {who} are not written down yet: {error}.")
            self._succession.look(self._lives, is_refused=True)
            return False
        self._notice("sessions", "")
        return True

    async def _save(self) -> None:
        kept, count = msgspec.json.encode(self._lives), self._unsaved
        await asyncio.to_thread(document.write_bytes, self._workspace.lives, kept + b"\n")
        self._unsaved -= count

    # One block; beside the loop

    def _keep(self, ended: Ended) -> Session | None:
        with self._writing:  # Who was told to end may have left a thread behind that still writes.
            return self._kept_as(ended)

    def _kept_as(self, ended: Ended) -> Session | None:
        done = self._deeds(ended)
        session = session_of(ended, self._lives.computer, done, self._changed(ended.life.who))
        if session is None:
            return None
        block = block_of(session)
        if block.id not in {version.id for version in self._sessions.versions()}:
            self._sessions.add(block, events_of(ended, session, done))
        return session

    def _deeds(self, ended: Ended) -> Deeds:
        path = self._workspace.instance(ended.life.who).trace
        lines = [line for file in (path.with_name(f"{path.name}.1"), path) for line in _lines(file)]
        return deeds(lines, ended.life.started, ended.ended)

    def _changed(self, who: str) -> list[str]:
        # Git and what goes with it: only where an instance has a worktree.
        from trinity_tui.tools.worktree import Worktree

        tree = Worktree(self._workspace.root, who)
        try:
            return tree.changed() if tree.is_there else []
        except (ToolError, OSError) as error:
            return [f"what, git does not say: {error}"]


def _lines(path: Path) -> list[TraceLine]:
    try:
        return list(Journal[TraceLine](path, TraceLine).lines())
    except TrinityError as error:
        log.warning("%s", error)
        return []


def _announcement(session: Session) -> Message:
    """That there is a block; said twice, it is the same message."""
    block = block_of(session)
    text = f"{session.who} left a session: {_counted(session)}" + (f" ({session.how})" if session.how else "")
    metadata: dict[str, Any] = {"op": "block", "block": block.id, "instance": session.who, "epoch": session.epoch}
    name = f"session-{hashlib.sha256(block.id.encode()).hexdigest()[:32]}"
    message = new_message(COORDINATOR, HUMAN, "session", text, origin="coordinator", metadata=metadata)
    return msgspec.structs.replace(message, id=name)


def _counted(session: Session) -> str:
    parts = (
        (len(session.work_accomplished), "done"), (len(session.blockers), "in its way"),
        (len(session.for_next_instance), "left for the next"),
    )  # fmt: skip
    return ", ".join(f"{number} {what}" for number, what in parts if number) or "what it changed and checked"
