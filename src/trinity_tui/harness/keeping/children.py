"""The keeper's children: started, reaped, stopped with all they started. Whom to tell is the keeper's business."""

from __future__ import annotations

import os
import signal as signals
import time
from typing import TYPE_CHECKING

from trinity_tui.core.errors import StoreError, SupervisionError
from trinity_tui.core.wire.keeper import MARKER, Child, Exited, ExitRecord, Spawn, Spawned, SpawnFailed, TreeGone
from trinity_tui.harness.keeping.orders import Kind, kind_of
from trinity_tui.harness.keeping.say import note
from trinity_tui.harness.keeping.zygotes import Outcome, Zygotes
from trinity_tui.process import identity, procfs
from trinity_tui.process.census import Census, Root
from trinity_tui.process.spawn import spawn
from trinity_tui.process.tree import VERIFY_SECONDS, TreeKill
from trinity_tui.store import document

if TYPE_CHECKING:
    from selectors import BaseSelector

    from trinity_tui.core.wire.keeper import How
    from trinity_tui.harness.keeping.zygote import Zygote


News = Spawned | SpawnFailed | Exited | TreeGone
"""What a coordinator is told of children."""


class Kept:
    """One child: alive while ``exited`` is None, then until its end is acknowledged."""

    def __init__(self, request: Spawn, pid: int, start_time: int, *, is_forked: bool) -> None:
        self.instance = request.instance
        self.epoch = request.epoch
        self.pid = pid
        self.start_time = start_time
        self.exit_file = request.exit
        self.root = Root(pid, start_time, request.env.get(MARKER, ""))
        self.kind = kind_of(request) if is_forked else None
        """Which zygote it came from; None where it was executed."""
        self.exited: Exited | None = None

    @property
    def how(self) -> How:
        """How it began."""
        return "exec" if self.kind is None else "zygote"

    def as_child(self) -> Child:
        """What is told of it."""
        return Child(self.instance, self.epoch, self.pid, self.start_time, self.exited, self.how)


class Children:
    """All of them, at most one of an instance alive.

    Args:
        selector: What their zygotes say is waited for with it; ``hear`` is called with the data registered there.
    """

    def __init__(self, selector: BaseSelector) -> None:
        self._zygotes = Zygotes(selector)
        self._strangers: dict[int, int] = {}
        """What was collected while a zygote forked, and how it ended: it may be what was forked."""
        self._kept: dict[str, Kept] = {}
        self._kills: dict[tuple[str, int], TreeKill] = {}
        spared = {os.getpid(), *procfs.ancestors(os.getpid())}
        self._census = Census(MARKER, frozenset(spared))

    @property
    def next_look_at(self) -> float | None:
        """When ``advance`` is due, monotonic; None while nothing is being started or stopped."""
        moments = [kill.next_look_at for kill in self._kills.values()]
        return min((moment for moment in (*moments, self._zygotes.next_look_at) if moment is not None), default=None)

    @property
    def is_stopping(self) -> bool:
        """Whether a stop is under way."""
        return bool(self._kills)

    @property
    def has_living(self) -> bool:
        """Whether there is anything to keep."""
        return (
            bool(self._kills) or self._zygotes.has_waiting or any(kept.exited is None for kept in self._kept.values())
        )

    def list(self) -> list[Child]:
        """The living, and those whose end nobody has acknowledged."""
        return [kept.as_child() for kept in self._kept.values()]

    def living_pids(self) -> set[int]:
        """The processes started here that live."""
        return {kept.pid for kept in self._kept.values() if kept.exited is None}

    def spawn(self, request: Spawn) -> list[News]:
        """Start what is asked for, unless one of that instance is still there; nothing yet while a zygote is at it."""
        refusal = self._refusal(request)
        if refusal:
            return [SpawnFailed(request.instance, request.epoch, refusal)]
        # A coordinator asks again when it does not know that an earlier one did.
        self._zygotes.drop(request.instance)
        # What cannot be entered is for the other way, which says so.
        can_enter = os.path.isdir(request.cwd) and os.access(request.cwd, os.X_OK)
        waiting = self._zygotes.offer(request, self._kinds_in_use()) if can_enter else None
        return [self._execute(request)] if waiting is None else self._take(waiting)

    def _refusal(self, request: Spawn) -> str:
        known = self._kept.get(request.instance)
        if known is not None and known.exited is None:
            return f"it lives already as pid {known.pid}"
        if any(instance == request.instance for instance, _ in self._kills):
            return "the run before is still being stopped"
        return ""

    def hear(self, zygote: Zygote) -> list[News]:
        """A zygote said something."""
        return self._take(self._zygotes.hear(zygote))

    def _take(self, outcomes: list[Outcome]) -> list[News]:
        news: list[News] = []
        pending = list(outcomes)
        while pending:
            outcome = pending.pop(0)
            if outcome.zygote is None:
                news.append(self._execute(outcome.request))
            else:
                news += self._enter(outcome.request, outcome.pid, is_forked=True)
                pending += self._zygotes.let_through(outcome.zygote)
        return news

    def _execute(self, request: Spawn) -> News:
        try:
            pid = spawn(request.argv, request.env, request.cwd, request.output, request.nice)
        except (SupervisionError, ValueError) as error:
            return SpawnFailed(request.instance, request.epoch, str(error))
        return self._enter(request, pid, is_forked=False)[0]

    def _enter(self, request: Spawn, pid: int, *, is_forked: bool) -> list[News]:
        """It is in the books from now on; one that was collected before it was known is told as ended at once."""
        stat = procfs.read_stat(pid)
        kept = Kept(request, pid, stat.start_time if stat else 0, is_forked=is_forked)
        self._kept[request.instance] = kept
        spawned = Spawned(kept.instance, kept.epoch, kept.pid, kept.start_time, kept.how)
        if pid not in self._strangers:
            return [spawned]
        kept.exited = _exited(kept, self._strangers.pop(pid))
        return [spawned, self._settle(kept)]

    def _kinds_in_use(self) -> set[Kind]:
        return {kept.kind for kept in self._kept.values() if kept.kind is not None and kept.exited is None}

    def acknowledge(self, instance: str, epoch: int) -> None:
        """Forget an end that is on record."""
        known = self._kept.get(instance)
        if known is not None and known.epoch == epoch and known.exited is not None:
            del self._kept[instance]

    def signal(self, instance: str, epoch: int, number: int, group: bool) -> None:
        """Send a signal to a living child; one to a dead or an older one goes nowhere."""
        known = self._kept.get(instance)
        if known is None or known.epoch != epoch or known.exited is not None:
            return
        try:
            os.killpg(known.pid, number) if group else os.kill(known.pid, number)
        except OSError as error:
            note(f"signal {number} to {instance}: {error.strerror}")

    def reap(self) -> list[Exited]:
        """Collect everyone who died, children and what they left to us; write down how ours ended."""
        by_pid = {kept.pid: kept for kept in self._kept.values() if kept.exited is None}
        ended: list[Kept] = []
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            kept = by_pid.get(pid)
            if kept is not None:
                kept.exited = _exited(kept, status)
                ended.append(kept)
            else:
                self._strangers[pid] = status
        if not self._zygotes.is_forking:
            self._strangers.clear()
        return [self._settle(kept) for kept in ended]

    def _settle(self, kept: Kept) -> Exited:
        told = kept.exited
        assert told is not None
        try:
            document.write(
                kept.exit_file, ExitRecord(told.epoch, told.pid, told.code, told.signal, told.at), durable=False
            )
        except StoreError as error:
            note(str(error))
        if self._leaves_something(kept):
            told = Exited(told.instance, told.epoch, told.pid, told.code, told.signal, told.at, remains=True)
            kept.exited = told
        return told

    def _leaves_something(self, kept: Kept) -> bool:
        # Whatever loses its parent comes to us, so where the kernel lists our children an empty list is the answer.
        ours = procfs.children(os.getpid())
        if ours is not None and not set(ours) - self.living_pids() - self._zygotes.pids:
            return False
        self._census.take()
        return bool(self._census.family(kept.root))

    def kill(self, instance: str, epoch: int, grace_seconds: float) -> TreeGone | None:
        """Begin to stop a run; what is not known here is gone."""
        if self._zygotes.drop(instance, epoch):
            return TreeGone(instance, epoch)
        known = self._kept.get(instance)
        if known is None or known.epoch != epoch:
            return TreeGone(instance, epoch)
        if (instance, epoch) not in self._kills:
            self._kills[instance, epoch] = TreeKill(known.root, grace_seconds, time.monotonic())
        return None

    def kill_all(self, grace_seconds: float) -> None:
        """Begin to stop everyone at once."""
        for kept in list(self._kept.values()):
            self.kill(kept.instance, kept.epoch, grace_seconds)

    def advance(self) -> list[News]:
        """Go on with every start and every stop; one census for all of those."""
        started = self._take(self._zygotes.advance(self._kinds_in_use()))
        return [*started, *self._stop_on()]

    def _stop_on(self) -> list[News]:
        if not self._kills:
            return []
        self._census.take()
        now = time.monotonic()
        gone: list[TreeGone] = []
        for key, kill in list(self._kills.items()):
            survivors = kill.advance(self._census, now)
            if survivors is not None:
                del self._kills[key]
                gone.append(TreeGone(*key, survivors))
        # Whoever died since the last look is told of before it is told that nothing is left of the run.
        return [*self.reap(), *gone] if gone else []

    def kill_strays(self) -> None:
        """Before the end: whatever still descends from us, and belongs to no run any more."""
        self._zygotes.close()
        until = time.monotonic() + VERIFY_SECONDS
        while time.monotonic() < until:
            self.reap()
            self._census.take()
            strays = self._census.descendants(os.getpid())
            if not strays:
                return
            for stray in strays:
                identity.send(stray.pid, stray.start_time, signals.SIGKILL)
            time.sleep(0.005)


def _exited(kept: Kept, status: int) -> Exited:
    code = os.waitstatus_to_exitcode(status)
    return Exited(
        kept.instance,
        kept.epoch,
        kept.pid,
        code if code >= 0 else None,
        -code if code < 0 else None,
        time.time(),
    )
