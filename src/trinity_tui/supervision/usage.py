"""What the instances use: one pass for all of them, and what has outgrown its limits is started anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.lifecycle_events import Outgrown
from trinity_tui.core.usage import judge
from trinity_tui.core.wire.keeper import MARKER
from trinity_tui.process.sample import Sampler

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.supervision.fleet import Fleet
    from trinity_tui.supervision.instance import Supervised
    from trinity_tui.supervision.link import KeeperLink


class Usage:
    """The use of a fleet.

    Args:
        fleet: Whose.
        link: To the keeper, which is the parent of whatever an instance left behind.
        clock: Monotonic seconds.
        is_idle: Whether an instance has nothing to do at the moment.
    """

    def __init__(
        self, fleet: Fleet, link: KeeperLink, clock: Callable[[], float], is_idle: Callable[[str], bool]
    ) -> None:
        self._fleet = fleet
        self._link = link
        self._clock = clock
        self._is_idle = is_idle
        self._sampler = Sampler(MARKER)
        self._samples_over: dict[tuple[str, int], int] = {}

    def look(self) -> None:
        """Take a sample of everyone who lives, and hold it against the limits."""
        living = [one for one in self._fleet.members.values() if one.identity is not None]
        keeper = self._link.pid
        samples = self._sampler.sample([one.root for one in living], self._clock(), [keeper] if keeper else [])
        before, self._samples_over = self._samples_over, {}
        for one in living:
            one.sample = samples.get(one.root.pid)
            self._judge(one, before.get((one.id, one.state.epoch), 0))

    def _judge(self, one: Supervised, samples_over: int) -> None:
        sample, rules = one.sample, one.state.rules
        if sample is None or not (rules.max_memory_bytes or rules.max_age_seconds):
            return
        verdict = judge(rules, samples_over, sample.memory_bytes, sample.age_seconds, self._is_idle(one.id))
        self._samples_over[one.id, one.state.epoch] = verdict.samples_over
        if verdict.reason:
            self._fleet.feed(one, Outgrown(one.state.epoch, verdict.reason, verdict.is_planned))
