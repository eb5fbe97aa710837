"""The supervisor of one workspace: what the rooms above ask of it, and what their instances ask for.

It decides nothing, ``core.lifecycle`` does; and it is no parent, the keeper is and outlives it. A run whose keeper died
is watched through its pidfd instead and stopped from here; the next run has a keeper again.
"""

from __future__ import annotations

import asyncio
import logging
import random as chance
import time
from typing import TYPE_CHECKING

from trinity_tui.core import lifecycle_events as events
from trinity_tui.core.errors import SupervisionError
from trinity_tui.core.lifecycle_state import Actual, Desired
from trinity_tui.core.restart import Rules
from trinity_tui.core.wire import keeper as wire
from trinity_tui.process.census import Root
from trinity_tui.process.identity import Identity, age_seconds
from trinity_tui.supervision import adoption, output, stopping
from trinity_tui.supervision.events import InstanceSpec, InstanceStatus, KeeperChanged, OutputRotated, SupervisionEvent
from trinity_tui.supervision.instance import LENT, Supervised, rules_of
from trinity_tui.supervision.lane import workspace_hash
from trinity_tui.supervision.quota import OutputQuota
from trinity_tui.supervision.runs import Runs
from trinity_tui.supervision.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from trinity_tui.core.paths import Workspace
    from trinity_tui.process.sample import Sample

SAMPLE_SECONDS = 2.0
"""How often processor, memory and the length of the output are looked at, for all instances at once."""
_log = logging.getLogger(__name__)


class Supervisor:
    """Keeps the instances of a workspace as they are wanted; the caller holds the coordinator's lock.

    Args:
        workspace: Whose instances.
        sockets: The folder with the keeper's socket and lock.
        on_event: Is told what happens, from the event loop; it must not wait.
        clock: Monotonic seconds.
        random: Chance between 0 and 1.
        orphan_ttl_seconds: How long a keeper stays with neither child nor coordinator; 0 for ever.
        rules: The restart policy of the fleet.
        is_idle: Whether an instance has nothing to do at the moment.
        output_bytes: What the outputs of all runs may take on the disk; 0 for no limit.
        may_start: Asked before a process is started, which run of which instance: whether it may be at once; if not,
            what it is given is called once it may.
    """

    def __init__(
        self,
        workspace: Workspace,
        sockets: Path,
        on_event: Callable[[SupervisionEvent], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = chance.random,
        orphan_ttl_seconds: float = 600.0,
        rules: Rules | None = None,
        is_idle: Callable[[str], bool] = lambda _: True,
        output_bytes: int = 0,
        may_start: Callable[[str, int, Callable[[], None]], bool] = lambda instance, epoch, then: True,
    ) -> None:
        self._workspace = workspace
        self._clock = clock
        self._rules = rules or Rules()
        self._hash = workspace_hash(workspace)
        self._runs = Runs(
            workspace, sockets, on_event,
            clock=clock, random=random, orphan_ttl_seconds=orphan_ttl_seconds, rules=self._rules, may_start=may_start,
        )  # fmt: skip
        self._fleet = self._runs.fleet
        self._link = self._runs.link
        self._usage = Usage(self._fleet, self._link, clock, is_idle)
        self._quota = OutputQuota(workspace, output_bytes, self._running, clock)
        self._is_closed = False

    async def start(self, specs: Sequence[InstanceSpec]) -> None:
        """Find or launch a keeper, take over what lives, then start what should run.

        Raises:
            SupervisionError: There is no keeper to be had.
        """
        children = await self._link.open()
        self._fleet.tell(KeeperChanged(self._link.pid, "found"))
        self._seat_all(specs, children)
        self._link.go_on()
        self._runs.tasks.run(self._look_after(), "supervision-samples")

    def apply(self, specs: Sequence[InstanceSpec]) -> None:
        """Another configuration: what is new is started, what is gone is stopped, the rest takes effect at a start."""
        wanted = {spec.id for spec in specs}
        for one in list(self._fleet.members.values()):
            if one.id not in wanted:
                one.is_removed, one.override = True, ""
                self._fleet.feed(one, events.WantDown("configuration"))
        fresh: list[InstanceSpec] = []
        for spec in specs:
            known = self._fleet.members.get(spec.id)
            if known is None:
                fresh.append(spec)
            else:
                self._change(known, spec)
        if fresh:
            self._seat_all(fresh, [])
        for one in list(self._fleet.members.values()):
            # What it waits for may be another, or may have come or gone.
            self._fleet.feed(one)

    def _change(self, one: Supervised, spec: InstanceSpec) -> None:
        came_back, was_enabled = one.is_removed, one.spec.enabled
        one.spec, one.is_removed = spec, False
        one.set_rules(rules_of(spec, self._rules))
        if one.override or (not came_back and was_enabled == spec.enabled):
            return
        wish = events.WantUp("configuration") if spec.enabled else events.WantDown("configuration")
        self._fleet.feed(one, wish)

    def change(self, spec: InstanceSpec) -> None:
        """Another way to run an instance that is there; it counts from its next start, which it may have waited for."""
        one = self._fleet.members.get(spec.id)
        if one is not None:
            self._change(one, spec)
            self._fleet.feed(one)

    # What people and the configuration want.

    def want_up(self, instance: str, by: str) -> None:
        """Run it, also after the next start of the coordinator.

        Raises:
            SupervisionError: There is no such instance.
        """
        one = self._member(instance)
        one.override = Desired.UP.value
        self._fleet.feed(one, events.WantUp(by))

    def want_down(self, instance: str, by: str) -> None:
        """Stop it, and leave it stopped after the next start of the coordinator.

        Raises:
            SupervisionError: There is no such instance.
        """
        one = self._member(instance)
        one.override = Desired.DOWN.value
        self._fleet.feed(one, events.WantDown(by))

    def want_down_all(self, instances: Sequence[str], by: str) -> None:
        """Stop them, and leave them stopped: those that others came after last, all within one grace.

        Raises:
            SupervisionError: There is no such instance.
        """
        members = [self._member(instance) for instance in instances]
        for one in members:
            one.override = Desired.DOWN.value
            one.record()

        def is_wanted_down(one: Supervised) -> bool:
            return one.override == Desired.DOWN

        self._runs.tasks.run(stopping.in_order(self._fleet, members, by, self._clock, is_wanted_down), "stop-in-order")

    def restart(self, instance: str, by: str) -> None:
        """Stop it and start it again.

        Raises:
            SupervisionError: There is no such instance.
        """
        one = self._member(instance)
        one.override = Desired.UP.value
        self._fleet.feed(one, events.Restart(by))

    def lend(self, instance: str) -> None:
        """Have a backup run until it is given back, also after the next start; what a person said holds."""
        one = self._fleet.members.get(instance)
        if one is None or self._is_closed or one.override:
            return
        one.override = LENT
        if one.state.desired is Desired.DOWN:
            self._fleet.feed(one, events.WantUp("supervision"))
        else:
            self._fleet.feed(one)

    def give_back(self, instance: str) -> None:
        """The backup is no longer needed: it is again as the configuration wants it."""
        one = self._fleet.members.get(instance)
        if one is None or one.override != LENT:
            return
        one.override = ""
        if one.spec.enabled:
            self._fleet.feed(one)
        else:
            self._fleet.feed(one, events.WantDown("supervision"))

    def kept_down(self) -> list[str]:
        """Those a person keeps down."""
        return [one.id for one in self._fleet.members.values() if one.override == Desired.DOWN]

    def renew(self, instance: str, by: str) -> None:
        """Have it begin anew where it runs, waits to or was given up; what people want of it stays as it is.

        Raises:
            SupervisionError: There is no such instance.
        """
        one = self._member(instance)
        if one.state.desired is Desired.UP and one.state.actual is not Actual.COMPLETED:
            self._fleet.feed(one, events.Restart(by))

    def _member(self, instance: str) -> Supervised:
        one = self._fleet.members.get(instance)
        if self._is_closed:
            raise SupervisionError("everything is being stopped")
        if one is None:
            raise SupervisionError(f"there is no instance {instance!r}")
        return one

    # What instances say, and how they stand.

    def ready(self, instance: str, epoch: int) -> None:
        """The instance has said hello; what an older run says is ignored."""
        self._runs.feed_named(instance, events.Ready(epoch))

    def pong(self, instance: str, epoch: int, nonce: int) -> None:
        """The instance answered a ping."""
        self._runs.feed_named(instance, events.PongReceived(epoch, nonce))

    def statuses(self) -> dict[str, InstanceStatus]:
        """How each instance stands now."""
        now = self._clock()
        return {name: one.status(now) for name, one in self._fleet.members.items()}

    def samples(self) -> dict[str, Sample]:
        """What each living instance used last."""
        return {name: one.sample for name, one in self._fleet.members.items() if one.sample is not None}

    @property
    def keeper_pid(self) -> int | None:
        """The keeper's pid; None while there is none."""
        return self._link.pid

    # The end.

    async def stop_all(self, by: str = "coordinator") -> list[str]:
        """Stop every instance within one grace, then the keeper; what was wanted before is wanted again at the next
        start.

        Returns:
            A sentence for each instance of which something survived.
        """
        self._is_closed = True
        await stopping.in_order(self._fleet, list(self._fleet.members.values()), by, self._clock)
        await self._fleet.until(lambda: not self._fleet.live())
        survivors = [f"{one.id}: {one.state.reason}" for one in self._fleet.members.values() if one.state.unconfirmed]
        left = await self._link.end(self._rules.grace_seconds)
        if left is not None:
            survivors.append(f"the keeper (pid {left}) did not end")
        return survivors

    async def aclose(self, leave_running: bool = True) -> None:
        """Let go of everything.

        Args:
            leave_running: Whether the instances live on under the keeper, for the next coordinator.
        """
        if not leave_running:
            await self.stop_all()
        self._is_closed = True
        await self._runs.aclose()

    # Taking over.

    def _seat_all(self, specs: Sequence[InstanceSpec], children: Sequence[wire.Child]) -> None:
        by_instance = {child.instance: child for child in children}
        for spec in specs:
            self._seat(spec, by_instance.pop(spec.id, None))
        for child in by_instance.values():
            # Of an instance that is in no configuration any more.
            self._link.send(wire.KillTree(child.instance, child.epoch, self._rules.grace_seconds))
        self._runs.census.take()
        live = {one.marker for one in self._fleet.members.values() if one.is_live}
        strays = adoption.strays(self._runs.census.marked(), self._hash, live)
        for marker in strays - {one.marker for one in self._fleet.members.values()}:
            self._runs.tasks.run(self._runs.clear(Root(marker=marker), self._rules.grace_seconds), f"clear-{marker}")
        for spec in specs:
            one = self._fleet.members[spec.id]
            if one.marker in strays:
                self._runs.tasks.run(self._runs.clear_then(one, events.Begin()), f"clear-{one.id}")
            else:
                self._fleet.feed(one, events.Begin())

    def _seat(self, spec: InstanceSpec, child: wire.Child | None) -> None:
        one = Supervised(spec, self._rules, self._workspace.instance(spec.id), self._hash)
        found = adoption.find(one.places, child)
        one.restore(found.record, found.epoch)
        self._fleet.members[spec.id] = one
        if child is not None and child.exited is not None:
            self._link.send(wire.Acknowledge(child.instance, child.epoch))
        if found.living is not None:
            age = age_seconds(found.living)
            one.hold(found.living, found.started_at or time.time() - age)
            one.is_kept = found.is_kept
            one.how = found.how
            self._fleet.feed(one, events.Adopted(found.epoch, found.living.pid, age))
            if not found.is_kept:
                self._runs.watch(one)
        elif found.ended is not None and found.ended.code != 0:
            self._seat_dead(one, found, found.ended)
        else:
            self._fleet.feed(one)

    def _seat_dead(self, one: Supervised, found: adoption.Found, ended: adoption.End) -> None:
        """It died while nobody looked: judged as if somebody had."""
        record = found.record
        if one.state.desired is Desired.DOWN or record.pid is None:
            self._fleet.feed(one)
            return
        one.hold(Identity(record.pid, record.start_time, record.boot_id), record.started_at)
        age = max(0.0, (ended.at or time.time()) - record.started_at)
        exited = events.Exited(found.epoch, ended.code, ended.signal)
        self._fleet.feed(one, events.Adopted(found.epoch, record.pid, age), exited)

    # From time to time.

    async def _look_after(self) -> None:
        while True:
            self._usage.look()
            for one in [one for one in self._fleet.members.values() if one.identity is not None]:
                self._bound_output(one)
            self._quota.look()
            await asyncio.sleep(SAMPLE_SECONDS)

    def _running(self) -> dict[str, int]:
        return {one.id: one.state.epoch for one in self._fleet.members.values() if one.is_live}

    def _bound_output(self, one: Supervised) -> None:
        epoch = one.state.epoch
        try:
            first = output.bound(one.places.output_of(epoch))
        except OSError as error:
            _log.warning("output of %s: %s", one.id, error)
            return
        if first is not None:
            self._fleet.tell(OutputRotated(one.id, epoch, first))
