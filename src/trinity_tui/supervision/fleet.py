"""The instances of a workspace and their lifecycles: takes events, has effects done, keeps time, records and tells.

An event is taken wholly, effects and record included, before the next one, whoever gave it and from wherever.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING

from trinity_tui.core import lifecycle, ordering
from trinity_tui.core.lifecycle_events import Blocked, Effect, Elapsed, Event, Spawn
from trinity_tui.core.lifecycle_state import due
from trinity_tui.supervision.events import StatusChanged, SupervisionEvent

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
    """

    def __init__(
        self,
        clock: Callable[[], float],
        random: Callable[[], float],
        perform: Callable[[Supervised, Effect], None],
        on_event: Callable[[SupervisionEvent], None],
    ) -> None:
        self.members: dict[str, Supervised] = {}
        self._clock = clock
        self._random = random
        self._perform = perform
        self._on_event = on_event
        self._pending: deque[tuple[Supervised, tuple[Event, ...]]] = deque()
        self._is_taking = False
        self.is_closed = False
        """Whether events are taken any more."""
        self._changed = asyncio.Event()

    def feed(self, one: Supervised, *events: Event) -> None:
        """Something happened to an instance; several events at once are told as one change."""
        self._pending.append((one, events))
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
        before, waits_for = ordering.standing(one.state), self._blocked(one)
        if waits_for != one.state.blocked:
            events = (Blocked(waits_for), *events)
        for event in events:
            one.state, more = lifecycle.step(one.state, event, self._clock(), 2.0 * self._random() - 1.0)
            effects += more
        if not one.is_live or any(isinstance(effect, Spawn) for effect in effects):
            one.release()
        for effect in effects:
            self._perform(one, effect)
        self._settle(one)
        if ordering.standing(one.state) != before or one.id not in self.members:
            self._pending += [(other, ()) for other in self.members.values() if one.id in other.spec.after]

    def _blocked(self, one: Supervised) -> str:
        """What keeps it from being started now."""
        after = one.spec.after
        states = {name: self.members[name].state for name in after if name in self.members}
        return one.spec.hold or (ordering.blocked(after, states) if after else "")

    def _settle(self, one: Supervised) -> None:
        now = self._clock()
        one.record()
        if one.is_removed and not one.is_live:
            self._forget(one)
        elif one.has_news(now):
            self.tell(StatusChanged(one.id, one.status(now)))
        self._arm(one, now)
        self._changed.set()

    def _forget(self, one: Supervised) -> None:
        if self.members.get(one.id) is one:
            del self.members[one.id]
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

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something that only events can make so."""
        while not is_so():
            self._changed.clear()
            await self._changed.wait()

    def close(self) -> None:
        """No event is taken any more; the processes live on."""
        self.is_closed = True
        for one in self.members.values():
            if one.timer is not None:
                one.timer.cancel()
            one.release()
