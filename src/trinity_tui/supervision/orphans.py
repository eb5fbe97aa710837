"""What no keeper looks after: a run whose keeper is gone is seen to die, and stopped, from here; strays are cleared."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from trinity_tui.core import lifecycle_events as events
from trinity_tui.core.wire.keeper import MARKER
from trinity_tui.process import procfs
from trinity_tui.process.census import Census, Root
from trinity_tui.process.pidfd import wait_gone
from trinity_tui.process.stop import kill_tree
from trinity_tui.supervision.records import how_it_ended

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.process.identity import Identity
    from trinity_tui.supervision.fleet import Fleet
    from trinity_tui.supervision.instance import Supervised
    from trinity_tui.supervision.tasks import Tasks

_log = logging.getLogger(__name__)


class Orphans:
    """The processes of a fleet that have no keeper, or no run.

    Args:
        fleet: Is fed with how they end.
        tasks: Where the work goes on.
    """

    def __init__(self, fleet: Fleet, tasks: Tasks) -> None:
        self._fleet = fleet
        self._tasks = tasks
        self._census = Census(MARKER, frozenset({os.getpid(), *procfs.ancestors(os.getpid())}))

    def marked(self) -> Mapping[int, str]:
        """Every process with a marker, whoever's it is."""
        self._census.take()
        return self._census.marked()

    def watch(self, one: Supervised) -> None:
        """See the death of a process whose keeper is gone."""
        one.unwatch()
        if one.identity is not None:
            one.watch = self._tasks.run(self._await_death(one, one.identity, one.state.epoch), f"watch-{one.id}")

    async def _await_death(self, one: Supervised, who: Identity, epoch: int) -> None:
        status = await wait_gone(who, one.pidfd)
        one.watch = None
        self._fleet.feed(one, _exited(one, epoch, status))

    def stop(self, one: Supervised, epoch: int, grace_seconds: float) -> None:
        """Stop a run and tell its lifecycle what is left."""

        async def kill() -> None:
            survivors = await kill_tree(one.root, self._census, grace_seconds)
            self._fleet.feed(one, events.TreeGone(epoch, tuple(survivors)))

        self._tasks.run(kill(), f"kill-{one.id}")

    def clear(self, marker: str, grace_seconds: float) -> None:
        """Stop what belongs to no run any more."""
        self._tasks.run(self._clear(marker, grace_seconds), f"clear-{marker}")

    def clear_then(self, one: Supervised, event: events.Event) -> None:
        """Stop what is left of an instance, then go on with this event."""

        async def clear() -> None:
            await self._clear(one.marker, one.spec.grace_seconds)
            self._fleet.feed(one, event)

        self._tasks.run(clear(), f"clear-{one.id}")

    async def _clear(self, marker: str, grace_seconds: float) -> None:
        survivors = await kill_tree(Root(marker=marker), self._census, grace_seconds)
        if survivors:
            _log.error("processes of %s could not be killed: %s", marker, survivors)


def _exited(one: Supervised, epoch: int, status: int | None) -> events.Exited:
    written = how_it_ended(one.places, epoch)
    if written is not None:
        return events.Exited(epoch, written.code, written.signal)
    if status is None:
        return events.Exited(epoch, None, None)
    code = os.waitstatus_to_exitcode(status)
    return events.Exited(epoch, code if code >= 0 else None, -code if code < 0 else None)
