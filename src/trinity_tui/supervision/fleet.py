"""The instances of a workspace and their lifecycles: takes events, has effects done, keeps time, records and tells.

An event is taken wholly, effects and record included, before the next one, whoever gave it and from wherever.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING

from trinity_tui.core import lifecycle, ordering
from trinity_tui.core.lifecycle_events import Blocked, Effect, Elapsed, Event, Spawn, StoodStill
from trinity_tui.core.lifecycle_state import Actual, awaits_word, due, is_unanswered
from trinity_tui.core.start_line import StartLine
from trinity_tui.supervision.events import StatusChanged, SupervisionEvent
from trinity_tui.supervision.pulse import Pulse

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.supervision.instance import Supervised

_log = logging.getLogger(__name__)


class Fleet:
    """All instances.

    Args:
        clock: Monotonic seconds.
        random: Chance between 0 and 1.
        perform: Does what a lifecycle asks for.
        on_event: Is told what happened.
        most_starting: How many may be starting at the same time.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        random: Callable[[], float],
        perform: Callable[[Supervised, Effect], None],
        on_event: Callable[[SupervisionEvent], None],
        most_starting: int,
    ) -> None:
        self.members: dict[str, Supervised] = {}
        self._clock = clock
        self._random = random
        self._perform = perform
        self._on_event = on_event
        self._pending: deque[tuple[Supervised, tuple[Event, ...]]] = deque()
        self._is_taking = False
        self._line = StartLine(most_starting)
        self._is_calling = False
        """Whether those who are next in line are about to be called."""
        self.is_closed = False
        """Whether events are taken any more."""
        self._changed = asyncio.Event()
        self._pulse = Pulse(clock, self._beat)

    def feed(self, one: Supervised, *events: Event) -> None:
        """Something happened to an instance; several events at once are told as one change."""
        self._give((one, events))

    def _beat(self) -> bool:
        self._give()
        return not self.is_closed and any(awaits_word(one.state) for one in self.members.values())

    def _give(self, *happened: tuple[Supervised, tuple[Event, ...]]) -> None:
        # First what comes before all of it: a standstill of our own, which made some of it late.
        if seconds := self._pulse.stood_still():
            waiting = [one for one in self.members.values() if awaits_word(one.state)]
            self._pending += [(one, (StoodStill(seconds),)) for one in waiting]
        self._pending += happened
        if self._is_taking or self.is_closed:
            return
        self._is_taking = True
        try:
            while self._pending:
                self._take(*self._pending.popleft())
        finally:
            self._is_taking = False

    def _take(self, one: Supervised, events: tuple[Event, ...]) -> None:
        effects: list[Effect] = []
        before, held_by = ordering.standing(one.state), self._held_by(one)
        waits_for = held_by or self._line.wait(one.id)
        if waits_for != one.state.blocked:
            # One that waits may be wanted no more: it must not be started to be stopped.
            is_waiting = one.state.actual is Actual.WAITING
            events = (*events, Blocked(waits_for)) if is_waiting else (Blocked(waits_for), *events)
        for event in events:
            now = self._clock()
            if isinstance(event, Elapsed) and is_unanswered(one.state, now):
                event = Elapsed(one.look(now))
            one.state, more = lifecycle.step(one.state, event, now, 2.0 * self._random() - 1.0)
            effects += more
        self._line_up(one, is_held=bool(held_by))
        if not one.is_live or any(isinstance(effect, Spawn) for effect in effects):
            one.release()
        for effect in effects:
            self._perform(one, effect)
        self._settle(one)
        if ordering.standing(one.state) != before or one.id not in self.members:
            self._pending += [(other, ()) for other in self.members.values() if one.id in other.spec.after]

    def _held_by(self, one: Supervised) -> str:
        """What keeps it from being started, whoever else is starting."""
        after = one.spec.after
        states = {name: self.members[name].state for name in after if name in self.members}
        return one.spec.hold or (ordering.blocked(after, states) if after else "")

    def _line_up(self, one: Supervised, *, is_held: bool) -> None:
        actual = one.state.actual
        is_waiting = actual is Actual.WAITING and not is_held
        self._line.note(one.id, is_starting=actual is Actual.STARTING, is_waiting=is_waiting)
        if not self._is_calling and self._line.next_up():
            # Once all that happens in this moment is taken: of many that are stopped together none is started first.
            self._is_calling = True
            asyncio.get_running_loop().call_soon(self._call_next)

    def _call_next(self) -> None:
        self._is_calling = False
        for name in self._line.next_up():
            self.feed(self.members[name])

    def _settle(self, one: Supervised) -> None:
        now = self._clock()
        one.record()
        if one.is_removed and not one.is_live:
            self._forget(one)
        elif one.has_news(now):
            self.tell(StatusChanged(one.id, one.status(now)))
        self._arm(one, now)
        if awaits_word(one.state):
            self._pulse.start()
        self._changed.set()

    def _forget(self, one: Supervised) -> None:
        if self.members.get(one.id) is one:
            del self.members[one.id]
            # It may have been wanted once more, and wait for a turn that those behind it are then called for.
            self._line.note(one.id, is_starting=False, is_waiting=False)
            self.tell(StatusChanged(one.id, one.status(self._clock())))

    def _arm(self, one: Supervised, now: float) -> None:
        if one.timer is not None:
            one.timer.cancel()
            one.timer = None
        moments = (due(one.state), one.recent_until(now))
        moment = min((moment for moment in moments if moment is not None), default=None)
        if moment is not None:
            loop = asyncio.get_running_loop()
            one.timer = loop.call_later(max(0.0, moment - now), self.feed, one, Elapsed())

    def tell(self, event: SupervisionEvent) -> None:
        """Pass an event on."""
        try:
            self._on_event(event)
        except Exception:  # noqa: BLE001  # boundary: whoever listens must not be able to stop the supervision
            _log.exception("a listener failed on %s", type(event).__name__)

    def live(self) -> list[str]:
        """Who has a process, or is about to."""
        return [one.id for one in self.members.values() if one.is_live]

    def running(self) -> dict[str, int]:
        """Which run of each of those it is."""
        return {one.id: one.state.epoch for one in self.members.values() if one.is_live}

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something that only events can make so."""
        while not is_so():
            self._changed.clear()
            await self._changed.wait()

    def close(self) -> None:
        """No event is taken any more; the processes live on."""
        self.is_closed = True
        self._pulse.stop()
        for one in self.members.values():
            if one.timer is not None:
                one.timer.cancel()
            one.release()
