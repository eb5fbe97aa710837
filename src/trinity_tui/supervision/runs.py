"""The runs of the instances: started and stopped through the keeper; what has none is left to ``orphans``.

Does what the lifecycles ask for, and feeds them with what the keeper tells.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from typing import TYPE_CHECKING, assert_never

from trinity_tui.core import lifecycle_events as events
from trinity_tui.core.errors import StoreError
from trinity_tui.core.lifecycle_state import Actual
from trinity_tui.core.restart import Rules, bucket
from trinity_tui.core.wire import keeper as wire
from trinity_tui.process import procfs
from trinity_tui.process.identity import Identity
from trinity_tui.store.private import make_private
from trinity_tui.supervision import output
from trinity_tui.supervision.events import Alerted, KeeperChanged, PingRequested, SupervisionEvent
from trinity_tui.supervision.fleet import Fleet
from trinity_tui.supervision.link import KeeperLink
from trinity_tui.supervision.orphans import Orphans
from trinity_tui.supervision.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.core.paths import Workspace
    from trinity_tui.supervision.instance import Supervised

ALERT_LINES = 50
"""So many last lines of its output go with an alert."""
_log = logging.getLogger(__name__)


class Runs:
    """Everything between the lifecycles and the processes.

    Args:
        workspace: Whose instances.
        sockets: The socket folder.
        on_event: Is told what happens.
        clock: Monotonic seconds.
        random: Chance between 0 and 1.
        orphan_ttl_seconds: What a keeper that is launched gets told.
        rules: The policy of the fleet.
        may_start: Asked before a process is started; where it may not yet, it calls back once it may.
        most_starting: How many may be starting at the same time.
    """

    def __init__(
        self,
        workspace: Workspace,
        sockets: Path,
        on_event: Callable[[SupervisionEvent], None],
        *,
        clock: Callable[[], float],
        random: Callable[[], float],
        orphan_ttl_seconds: float,
        rules: Rules,
        may_start: Callable[[str, int, Callable[[], None]], bool],
        most_starting: int,
    ) -> None:
        self.fleet = Fleet(clock, random, self._perform, on_event, most_starting)
        self.link = KeeperLink(
            workspace, sockets, orphan_ttl_seconds,
            on_frame=self._on_frame, on_up=self._on_keeper_up, on_down=self._on_keeper_down,
            on_silent=self._on_keeper_silent,
        )  # fmt: skip
        self.tasks = Tasks()
        self.orphans = Orphans(self.fleet, self.tasks)
        self._clock = clock
        self._rules = rules
        self._may_start = may_start
        self._keeper_lost = ""
        """Why there was no keeper."""
        self._bucket = bucket(os.cpu_count() or 1, clock())

    def _perform(self, one: Supervised, effect: events.Effect) -> None:
        match effect:
            case events.Spawn():
                one.waiting_epoch = effect.epoch
                self._start_at_rate(one, effect.epoch)
            case events.StopTree():
                self._stop(one, effect)
            case events.SendPing():
                self.fleet.tell(PingRequested(one.id, effect.epoch, effect.nonce))
            case events.Alert():
                lines = output.tail(one.places.output_of(one.state.epoch), ALERT_LINES)
                self.fleet.tell(Alerted(one.id, effect.text, lines, effect.parked))
            case _:
                assert_never(effect)

    def _start_at_rate(self, one: Supervised, epoch: int) -> None:
        """At once when it is wanted, at the fleet's rate when it is a restart nobody asked for."""
        wait = 0.0
        if one.state.restarted_at is not None:
            self._bucket, wait = self._bucket.take(self._clock())
        if wait > 0.0:
            asyncio.get_running_loop().call_later(wait, self._start, one, epoch)
        else:
            self._start(one, epoch)

    def _start(self, one: Supervised, epoch: int) -> None:
        if one.waiting_epoch != epoch or not self.link.is_up or self.fleet.is_closed:
            return
        if not self._may_start(one.id, epoch, lambda: self._start(one, epoch)):
            return
        one.waiting_epoch = None
        try:
            make_private(one.places.output)
            output.prune(one.places.output, output.KEEP_RUNS - 1)
        except (StoreError, OSError) as error:
            self.fleet.feed(one, events.SpawnFailed(epoch, str(error)))
            return
        one.is_kept = True
        self.link.send(
            wire.Spawn(
                instance=one.id,
                epoch=epoch,
                argv=one.argv(epoch),
                env=one.env(epoch),
                cwd=one.spec.cwd,
                output=str(one.places.output_of(epoch)),
                exit=str(one.places.exit),
                nice=one.spec.nice,
                how="exec" if one.spec.spawn == "exec" else "zygote",
                preload=list(one.spec.preload),
            )
        )

    def _stop(self, one: Supervised, effect: events.StopTree) -> None:
        if one.waiting_epoch is not None:
            one.waiting_epoch = None
            self.fleet.feed(one, events.TreeGone(effect.epoch))
        elif one.is_kept and self.link.is_up:
            self.link.send(wire.KillTree(one.id, effect.epoch, effect.grace_seconds))
        else:
            self.orphans.stop(one, effect.epoch, effect.grace_seconds)

    def feed_named(self, instance: str, event: events.Event) -> None:
        """Something was told of an instance; of one that is not known it is ignored."""
        one = self.fleet.members.get(instance)
        if one is not None:
            self.fleet.feed(one, event)

    # What the keeper says.

    def _on_frame(self, frame: wire.FromKeeper) -> None:
        match frame:
            case wire.Spawned():
                self._on_spawned(frame)
            case wire.SpawnFailed():
                self.feed_named(frame.instance, events.SpawnFailed(frame.epoch, frame.reason))
            case wire.Exited():
                self._on_exited(frame)
            case wire.TreeGone():
                self.feed_named(frame.instance, events.TreeGone(frame.epoch, tuple(frame.survivors)))
            case wire.Welcome() | wire.Refused() | wire.Children() | wire.Pong():
                _log.warning("the keeper said %s unasked", type(frame).__name__)
            case _:
                assert_never(frame)

    def _on_spawned(self, frame: wire.Spawned) -> None:
        one = self.fleet.members.get(frame.instance)
        if one is None or one.state.epoch != frame.epoch or not one.is_live:
            self.link.send(wire.KillTree(frame.instance, frame.epoch, self._rules.grace_seconds))
            return
        one.hold(Identity(frame.pid, frame.start_time, procfs.boot_id()), time.time())
        one.how = frame.how
        self.fleet.feed(one, events.Spawned(frame.epoch, frame.pid))

    def _on_exited(self, frame: wire.Exited) -> None:
        self.feed_named(frame.instance, events.Exited(frame.epoch, frame.code, frame.signal, frame.remains))
        self.link.send(wire.Acknowledge(frame.instance, frame.epoch))

    # When the keeper itself goes, and comes.

    def _on_keeper_silent(self, how: str) -> None:
        self.fleet.tell(KeeperChanged(self.link.pid, how or "answers again", is_silent=bool(how)))

    def _on_keeper_down(self, reason: str) -> None:
        self._keeper_lost = reason
        self.fleet.tell(KeeperChanged(None, reason))
        for one in list(self.fleet.members.values()):
            if not (one.is_kept and one.is_live and one.waiting_epoch is None):
                continue
            one.is_kept = False
            if one.identity is not None:
                self.orphans.watch(one)
            if one.state.actual is Actual.STOPPING:
                left = (one.state.deadline or 0.0) - self._rules.confirm_seconds - self._clock()
                self.orphans.stop(one, one.state.epoch, max(0.0, left))

    def _on_keeper_up(self, children: list[wire.Child]) -> None:
        is_replaced = self.link.pid != self.link.lost_pid
        reason = self._keeper_lost if is_replaced else "found again"
        self.fleet.tell(KeeperChanged(self.link.pid, reason, is_replaced=is_replaced))
        by_instance = {child.instance: child for child in children}
        for one in list(self.fleet.members.values()):
            child = by_instance.get(one.id)
            if one.waiting_epoch is not None:
                self._start(one, one.waiting_epoch)
            elif child is not None and child.epoch == one.state.epoch and one.is_live:
                self._rejoin(one, child)
            elif one.is_live and one.identity is not None:
                one.is_kept = False
                if one.watch is None:
                    self.orphans.watch(one)
            elif one.state.actual is Actual.STARTING:
                failed = events.SpawnFailed(one.state.epoch, "the keeper ended in between")
                self.orphans.clear_then(one, failed)

    def _rejoin(self, one: Supervised, child: wire.Child) -> None:
        """The keeper was there all the time; only the connection was lost."""
        one.is_kept = True
        one.unwatch()
        if one.identity is None:
            self._on_spawned(wire.Spawned(child.instance, child.epoch, child.pid, child.start_time, child.how))
        if child.exited is not None:
            self._on_exited(child.exited)

    async def aclose(self) -> None:
        """Let go of everything; the processes live on."""
        self.fleet.close()
        await self.tasks.aclose()
        await self.link.aclose()
