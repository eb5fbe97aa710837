"""Who is in the fleet: what is configured gets its place in it, and what an earlier coordinator left is taken over.

A place is taken before anything is begun, so that one that lives, one that died unseen and one that is new are told
apart first; what belongs to nobody is cleared away.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trinity_tui.core import lifecycle_events as events
from trinity_tui.core.lifecycle_state import Desired
from trinity_tui.core.wire import keeper as wire
from trinity_tui.process.identity import Identity, age_seconds
from trinity_tui.supervision import adoption
from trinity_tui.supervision.instance import Supervised, rules_of
from trinity_tui.supervision.lane import workspace_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.core.paths import Workspace
    from trinity_tui.core.restart import Rules
    from trinity_tui.supervision.events import InstanceSpec
    from trinity_tui.supervision.runs import Runs


class Roster:
    """The members of a fleet, as configured.

    Args:
        workspace: Whose instances.
        runs: Their runs.
        rules: The restart policy of the fleet.
    """

    def __init__(self, workspace: Workspace, runs: Runs, rules: Rules) -> None:
        self._workspace = workspace
        self._hash = workspace_hash(workspace)
        self._runs = runs
        self._fleet = runs.fleet
        self._rules = rules

    # What is configured

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
            self.seat(fresh, [])
        for one in list(self._fleet.members.values()):
            # What it waits for may be another, or may have come or gone.
            self._fleet.feed(one)

    def change(self, spec: InstanceSpec) -> None:
        """Another way to run an instance that is there; it counts from its next start, which it may have waited for."""
        one = self._fleet.members.get(spec.id)
        if one is not None:
            self._change(one, spec)
            self._fleet.feed(one)

    def _change(self, one: Supervised, spec: InstanceSpec) -> None:
        came_back, was_enabled = one.is_removed, one.spec.enabled
        one.spec, one.is_removed = spec, False
        one.set_rules(rules_of(spec, self._rules))
        if one.override or (not came_back and was_enabled == spec.enabled):
            return
        wish = events.WantUp("configuration") if spec.enabled else events.WantDown("configuration")
        self._fleet.feed(one, wish)

    # What was left

    def seat(self, specs: Sequence[InstanceSpec], children: Sequence[wire.Child]) -> None:
        """Give these their places, take over what lives of them, and start what should run.

        Args:
            specs: Who is not in the fleet yet.
            children: What the keeper says of its own; one of nobody's is stopped.
        """
        by_instance = {child.instance: child for child in children}
        for spec in specs:
            self._seat(spec, by_instance.pop(spec.id, None))
        for child in by_instance.values():
            # Of an instance that is in no configuration any more.
            self._runs.link.send(wire.KillTree(child.instance, child.epoch, self._rules.grace_seconds))
        strays = self._strays()
        for marker in strays - {one.marker for one in self._fleet.members.values()}:
            self._runs.orphans.clear(marker, self._rules.grace_seconds)
        for spec in specs:
            one = self._fleet.members[spec.id]
            if one.marker in strays:
                self._runs.orphans.clear_then(one, events.Begin())
            else:
                self._fleet.feed(one, events.Begin())

    def _strays(self) -> set[str]:
        live = {one.marker for one in self._fleet.members.values() if one.is_live}
        return adoption.strays(self._runs.orphans.marked(), self._hash, live)

    def _seat(self, spec: InstanceSpec, child: wire.Child | None) -> None:
        one = Supervised(spec, self._rules, self._workspace.instance(spec.id), self._hash)
        found = adoption.find(one.places, child)
        one.restore(found.record, found.epoch)
        self._fleet.members[spec.id] = one
        if child is not None and child.exited is not None:
            self._runs.link.send(wire.Acknowledge(child.instance, child.epoch))
        if found.living is not None:
            age = age_seconds(found.living)
            one.hold(found.living, found.started_at or time.time() - age)
            one.is_kept = found.is_kept
            one.how = found.how
            self._fleet.feed(one, events.Adopted(found.epoch, found.living.pid, age))
            if not found.is_kept:
                self._runs.orphans.watch(one)
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
