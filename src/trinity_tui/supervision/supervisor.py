"""The supervisor of one workspace: what the rooms above ask of it, and what their instances ask for.

It decides nothing, ``core.lifecycle`` does; and it is no parent, the keeper is and outlives it. A run whose keeper died
is watched through its pidfd instead and stopped from here; the next run has a keeper again.
"""

from __future__ import annotations

import os
import random as chance
import time
from typing import TYPE_CHECKING

from trinity_tui.core import lifecycle_events as events
from trinity_tui.core.errors import SupervisionError
from trinity_tui.core.lifecycle_state import Actual, Desired
from trinity_tui.core.restart import Rules
from trinity_tui.core.start_line import at_once
from trinity_tui.supervision import stopping, upkeep
from trinity_tui.supervision.events import InstanceSpec, InstanceStatus, KeeperChanged, SupervisionEvent
from trinity_tui.supervision.instance import LENT, Supervised
from trinity_tui.supervision.quota import OutputQuota
from trinity_tui.supervision.roster import Roster
from trinity_tui.supervision.runs import Runs
from trinity_tui.supervision.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from trinity_tui.core.paths import Workspace
    from trinity_tui.process.sample import Sample


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
        most_starting: How many may be starting at the same time; None: what suits the machine.
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
        most_starting: int | None = None,
    ) -> None:
        self._clock = clock
        self._rules = rules or Rules()
        self._runs = Runs(
            workspace, sockets, on_event,
            clock=clock, random=random, orphan_ttl_seconds=orphan_ttl_seconds, rules=self._rules, may_start=may_start,
            most_starting=at_once(os.cpu_count() or 1) if most_starting is None else most_starting,
        )  # fmt: skip
        self._fleet = self._runs.fleet
        self._link = self._runs.link
        self._roster = Roster(workspace, self._runs, self._rules)
        self._usage = Usage(self._fleet, self._link, clock, is_idle)
        self._quota = OutputQuota(workspace, output_bytes, self._fleet.running, clock)
        self._is_closed = False

    async def start(self, specs: Sequence[InstanceSpec]) -> None:
        """Find or launch a keeper, take over what lives, then start what should run.

        Raises:
            SupervisionError: There is no keeper to be had.
        """
        children = await self._link.open()
        self._fleet.tell(KeeperChanged(self._link.pid, "found"))
        self._roster.seat(specs, children)
        self._link.go_on()
        self._runs.tasks.run(upkeep.keep(self._fleet, self._usage, self._quota), "supervision-upkeep")

    def apply(self, specs: Sequence[InstanceSpec]) -> None:
        """Another configuration: what is new is started, what is gone is stopped, the rest takes effect at a start."""
        self._roster.apply(specs)

    def change(self, spec: InstanceSpec) -> None:
        """Another way to run an instance that is there; it counts from its next start, which it may have waited for."""
        self._roster.change(spec)

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

    def unrecorded(self, instance: str) -> str:
        """Why the next coordinator would not know what is wanted of it; empty where it would."""
        return self._member(instance).unrecorded

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
