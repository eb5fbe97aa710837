"""The zygotes of a keeper, one for each kind of start, and the starts that wait for one of them.

Whatever goes wrong with a zygote, what waited for it is executed instead, at once; another zygote is tried later.
"""

from __future__ import annotations

import selectors
import time
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import SupervisionError
from trinity_tui.core.wire.keeper import Spawn
from trinity_tui.harness.keeping.orders import Failed, Forked, Kind, Ready, Stale, Unable, kind_of
from trinity_tui.harness.keeping.say import note
from trinity_tui.harness.keeping.zygote import ANSWER_SECONDS, LOAD_SECONDS, Stage, Zygote

if TYPE_CHECKING:
    from collections.abc import Set

MOST = 4
"""How many zygotes there are at the most; a start of yet another kind is executed."""
UNUSED_SECONDS = 600.0
"""How long one stays that nothing living came from."""
FIRST_RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 60.0


class Outcome(msgspec.Struct, frozen=True):
    """What became of a start that waited."""

    request: Spawn
    pid: int
    """The process, which waits until ``let_through``; 0 where it has to be executed."""
    zygote: Zygote | None = None


class _Trouble(msgspec.Struct, frozen=True):
    failures: int
    retry_at: float


class Zygotes:
    """All of them.

    Args:
        selector: Their connections are registered with it, each with its zygote as data.
    """

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self._selector = selector
        self._there: dict[Kind, Zygote] = {}
        self._troubles: dict[Kind, _Trouble] = {}

    @property
    def pids(self) -> set[int]:
        """Their processes."""
        return {zygote.pid for zygote in self._there.values()}

    @property
    def is_forking(self) -> bool:
        """Whether there may be a process nobody knows of yet."""
        return any(zygote.stage is Stage.FORKING for zygote in self._there.values())

    @property
    def has_waiting(self) -> bool:
        """Whether a start is under way."""
        return any(zygote.waiting for zygote in self._there.values())

    @property
    def next_look_at(self) -> float | None:
        """When ``advance`` is due, monotonic; None while nothing is asked of any, and none is missed."""
        now = time.monotonic()
        deadlines = [zygote.deadline for zygote in self._there.values() if zygote.deadline is not None]
        retries = [trouble.retry_at for trouble in self._troubles.values() if trouble.retry_at > now]
        return min((*deadlines, *retries), default=None)

    def offer(self, request: Spawn, in_use: Set[Kind]) -> list[Outcome] | None:
        """Take a start over; None where none can serve it, which is then to be executed.

        Args:
            request: What is to be started.
            in_use: The kinds that living processes came from.
        """
        kind = kind_of(request)
        if kind is None:
            return None
        zygote = self._there.get(kind) or self._begin(kind, in_use)
        if zygote is None:
            return None
        zygote.waiting.append(request)
        return self._go_on(zygote)

    def drop(self, instance: str, epoch: int | None = None) -> bool:
        """Forget a start that waits; whether there was one. What is being forked for it will not run.

        Args:
            instance: Whose start.
            epoch: Of which run; None: of any.
        """
        for zygote in self._there.values():
            for request in zygote.left():
                if request.instance == instance and epoch in (None, request.epoch):
                    zygote.drop(request)
                    return True
        return False

    def hear(self, zygote: Zygote) -> list[Outcome]:
        """Its connection can be read, unless it was ended in the same turn."""
        if self._there.get(zygote.kind) is not zygote:
            return []
        message = zygote.hear()
        match message:
            case None:
                return self._give_up(zygote, "it ended")
            case Unable():
                return self._give_up(zygote, message.reason)
            case Stale():
                return self._renew(zygote)
            case Ready():
                zygote.note(message)
                return self._go_on(zygote)
            case Forked() | Failed():
                return self._answered(zygote, message)

    def _answered(self, zygote: Zygote, message: Forked | Failed) -> list[Outcome]:
        zygote.note(message)
        self._troubles.pop(zygote.kind, None)
        if zygote.is_dropped:
            zygote.forget_dropped()
            return self._go_on(zygote)
        if isinstance(message, Failed):
            zygote.close_gate()
            return [Outcome(zygote.waiting.popleft(), 0), *self._go_on(zygote)]
        return [Outcome(zygote.waiting.popleft(), message.pid, zygote)]

    def let_through(self, zygote: Zygote) -> list[Outcome]:
        """What it forked is in the books: let it run, and ask for the next."""
        zygote.open_gate()
        return self._go_on(zygote)

    def advance(self, in_use: Set[Kind]) -> list[Outcome]:
        """Give up those that hang, end those that nobody needs, and begin again those that are missed."""
        now = time.monotonic()
        outcomes: list[Outcome] = []
        for zygote in list(self._there.values()):
            if zygote.deadline is not None and now >= zygote.deadline:
                seconds = LOAD_SECONDS if zygote.stage is Stage.LOADING else ANSWER_SECONDS
                outcomes += self._give_up(zygote, f"it did not answer within {seconds:g} s")
            elif zygote.kind not in in_use and now >= zygote.used_at + UNUSED_SECONDS:
                self._end(zygote)
        for kind in [kind for kind in self._troubles if kind in in_use and kind not in self._there]:
            self._begin(kind, in_use)
        return outcomes

    def close(self) -> None:
        """End all of them."""
        for zygote in list(self._there.values()):
            self._end(zygote)

    def _begin(self, kind: Kind, in_use: Set[Kind]) -> Zygote | None:
        trouble = self._troubles.get(kind)
        if (trouble is not None and time.monotonic() < trouble.retry_at) or not self._has_room(in_use):
            return None
        try:
            zygote = Zygote(kind)
        except (SupervisionError, OSError) as error:
            self._fail(kind, str(error))
            return None
        self._add(zygote)
        return zygote

    def _has_room(self, in_use: Set[Kind]) -> bool:
        if len(self._there) < MOST:
            return True
        unused = [zygote for kind, zygote in self._there.items() if kind not in in_use and not zygote.waiting]
        if unused:
            self._end(min(unused, key=lambda zygote: zygote.used_at))
        return bool(unused)

    def _renew(self, zygote: Zygote) -> list[Outcome]:
        """What it has loaded is of yesterday: another one takes over what waits."""
        self._end(zygote)
        try:
            fresh = Zygote(zygote.kind)
        except (SupervisionError, OSError) as error:
            self._fail(zygote.kind, str(error))
            return [Outcome(request, 0) for request in zygote.left()]
        fresh.waiting.extend(zygote.left())
        self._add(fresh)
        return []

    def _go_on(self, zygote: Zygote) -> list[Outcome]:
        """Ask for the next one; what cannot even be asked for has to be executed."""
        outcomes: list[Outcome] = []
        while zygote.waiting and zygote.stage is Stage.READY:
            try:
                zygote.ask()
            except (SupervisionError, OSError):
                outcomes.append(Outcome(zygote.waiting.popleft(), 0))
        return outcomes

    def _give_up(self, zygote: Zygote, reason: str) -> list[Outcome]:
        self._end(zygote)
        self._fail(zygote.kind, reason)
        return [Outcome(request, 0) for request in zygote.left()]

    def _fail(self, kind: Kind, reason: str) -> None:
        known = self._troubles.get(kind)
        failures = known.failures + 1 if known else 1
        seconds = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0 ** (failures - 1))
        self._troubles[kind] = _Trouble(failures, time.monotonic() + seconds)
        note(f"zygote: {reason}; instances are executed instead, another zygote is tried in {seconds:g} s")

    def _add(self, zygote: Zygote) -> None:
        self._there[zygote.kind] = zygote
        self._selector.register(zygote.channel, selectors.EVENT_READ, zygote)

    def _end(self, zygote: Zygote) -> None:
        del self._there[zygote.kind]
        self._selector.unregister(zygote.channel)
        zygote.close()
