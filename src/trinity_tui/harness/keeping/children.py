"""The keeper's children: started, reaped, stopped with all they started. Whom to tell is the keeper's business."""

from __future__ import annotations

import os
import signal as signals
import sys
import time

from trinity_tui.core.errors import StoreError, SupervisionError
from trinity_tui.core.wire.keeper import MARKER, Child, Exited, ExitRecord, Spawn, Spawned, SpawnFailed, TreeGone
from trinity_tui.process import identity, procfs
from trinity_tui.process.census import Census, Root
from trinity_tui.process.spawn import spawn
from trinity_tui.process.tree import VERIFY_SECONDS, TreeKill
from trinity_tui.store import document


class Kept:
    """One child: alive while ``exited`` is None, then until its end is acknowledged."""

    def __init__(self, request: Spawn, pid: int, start_time: int) -> None:
        self.instance = request.instance
        self.epoch = request.epoch
        self.pid = pid
        self.start_time = start_time
        self.exit_file = request.exit
        self.root = Root(pid, start_time, request.env.get(MARKER, ""))
        self.exited: Exited | None = None

    def as_child(self) -> Child:
        """What is told of it."""
        return Child(self.instance, self.epoch, self.pid, self.start_time, self.exited)


class Children:
    """All of them, at most one of an instance alive."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}
        self._kills: dict[tuple[str, int], TreeKill] = {}
        spared = {os.getpid(), *procfs.ancestors(os.getpid())}
        self._census = Census(MARKER, frozenset(spared))

    @property
    def next_look_at(self) -> float | None:
        """When ``advance`` is due, monotonic; None while nothing is being stopped."""
        return min((kill.next_look_at for kill in self._kills.values()), default=None)

    @property
    def is_stopping(self) -> bool:
        """Whether a stop is under way."""
        return bool(self._kills)

    @property
    def has_living(self) -> bool:
        """Whether there is anything to keep."""
        return bool(self._kills) or any(kept.exited is None for kept in self._kept.values())

    def list(self) -> list[Child]:
        """The living, and those whose end nobody has acknowledged."""
        return [kept.as_child() for kept in self._kept.values()]

    def living_pids(self) -> set[int]:
        """The processes started here that live."""
        return {kept.pid for kept in self._kept.values() if kept.exited is None}

    def spawn(self, request: Spawn) -> Spawned | SpawnFailed:
        """Start what is asked for, unless one of that instance is still there."""
        refusal = self._refusal(request)
        if refusal:
            return SpawnFailed(request.instance, request.epoch, refusal)
        try:
            pid = spawn(request.argv, request.env, request.cwd, request.output, request.nice)
        except (SupervisionError, ValueError) as error:
            return SpawnFailed(request.instance, request.epoch, str(error))
        stat = procfs.read_stat(pid)
        kept = Kept(request, pid, stat.start_time if stat else 0)
        self._kept[request.instance] = kept
        return Spawned(kept.instance, kept.epoch, kept.pid, kept.start_time)

    def _refusal(self, request: Spawn) -> str:
        known = self._kept.get(request.instance)
        if known is not None and known.exited is None:
            return f"it lives already as pid {known.pid}"
        if any(instance == request.instance for instance, _ in self._kills):
            return "the run before is still being stopped"
        return ""

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
        if ours is not None and not set(ours) - self.living_pids():
            return False
        self._census.take()
        return bool(self._census.family(kept.root))

    def kill(self, instance: str, epoch: int, grace_seconds: float) -> TreeGone | None:
        """Begin to stop a run; what is not known here is gone."""
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

    def advance(self) -> list[TreeGone]:
        """Go on with every stop; one census for all of them."""
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
        return gone

    def kill_strays(self) -> None:
        """Before the end: whatever still descends from us, and belongs to no run any more."""
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


def note(text: str) -> None:
    """A line for the log; a log that cannot be written must not stop the keeper."""
    try:
        sys.stderr.write(f"keeper {os.getpid()}: {text}\n")
        sys.stderr.flush()
    except OSError:
        return
