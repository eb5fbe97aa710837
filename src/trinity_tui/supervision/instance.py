"""One instance under supervision: its lifecycle, the process that stands for it, and what is on record of both."""

from __future__ import annotations

import logging
import os
import zlib
from typing import TYPE_CHECKING

from msgspec.structs import replace

from trinity_tui.core.lifecycle_state import RECENT_SECONDS, Actual, Desired, Lifecycle, shown
from trinity_tui.core.wire.keeper import MARKER
from trinity_tui.process.census import Root
from trinity_tui.process.pidfd import open_pidfd
from trinity_tui.process.scheduling import look
from trinity_tui.supervision.events import EPOCH_ARGUMENT, EPOCH_VARIABLE, InstanceSpec, InstanceStatus
from trinity_tui.supervision.records import ProcessRecord, save

if TYPE_CHECKING:
    import asyncio

    from trinity_tui.core.paths import InstancePlaces
    from trinity_tui.core.restart import Rules
    from trinity_tui.core.starvation import Look
    from trinity_tui.core.wire.keeper import How
    from trinity_tui.process.identity import Identity
    from trinity_tui.process.sample import Sample

LENT = "lent"
"""What stands in place of a person's wish while an instance runs as somebody's backup."""
_log = logging.getLogger(__name__)
_RESTS = {Actual.PARKED: "parked", Actual.COMPLETED: "completed"}


class Supervised:
    """One instance; the supervisor feeds its lifecycle and does what it asks for."""

    def __init__(self, spec: InstanceSpec, rules: Rules, places: InstancePlaces, workspace_hash: str) -> None:
        self.spec = spec
        self.places = places
        self.marker = f"{spec.id}:{workspace_hash}"
        self.state = Lifecycle(rules=rules_of(spec, rules), phase=zlib.crc32(spec.id.encode()) / 2**32)
        self.override = ""
        self.identity: Identity | None = None
        self.started_at = 0.0
        self.is_kept = False
        """Whether the keeper we speak to is the parent."""
        self.how: How = "exec"
        """How its process began."""
        self.waiting_epoch: int | None = None
        """A run that was asked for and is not sent to a keeper yet."""
        self.is_removed = False
        """Whether it is to be forgotten once it is stopped."""
        self.sample: Sample | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.watch: asyncio.Task[None] | None = None
        self._pidfd: int | None = None
        self._told: object = None
        self._recorded = ProcessRecord()
        self.unrecorded = ""
        """Why what is so could not be written down; tried again until it is."""

    @property
    def id(self) -> str:
        """The instance's name."""
        return self.spec.id

    @property
    def is_live(self) -> bool:
        """Whether there is, or is about to be, a process."""
        return self.state.actual in (Actual.STARTING, Actual.RUNNING, Actual.UNHEALTHY, Actual.STOPPING)

    @property
    def root(self) -> Root:
        """Where the family of the present run begins."""
        who = self.identity
        return Root(who.pid, who.start_time, self.marker) if who else Root(marker=self.marker)

    @property
    def pidfd(self) -> int | None:
        """The descriptor by which the death of the process is seen."""
        return self._pidfd

    def argv(self, epoch: int) -> list[str]:
        """What is run."""
        return [str(epoch) if argument == EPOCH_ARGUMENT else argument for argument in self.spec.argv]

    def env(self, epoch: int) -> dict[str, str]:
        """With which environment."""
        return self.spec.env | {MARKER: self.marker, EPOCH_VARIABLE: str(epoch)}

    def hold(self, identity: Identity, started_at: float) -> None:
        """This is its process now."""
        self.release()
        self.identity = identity
        self.started_at = started_at
        # Open from the beginning, for afterwards the kernel tells nobody how it ended.
        self._pidfd = open_pidfd(identity)

    def release(self) -> None:
        """It has no process any more."""
        self.unwatch()
        if self._pidfd is not None:
            os.close(self._pidfd)
        self._pidfd = None
        self.identity = None
        self.sample = None

    def set_rules(self, rules: Rules) -> None:
        """Other rules, from now on."""
        self.state = replace(self.state, rules=rules)

    def unwatch(self) -> None:
        """Its death is seen by others."""
        if self.watch is not None:
            self.watch.cancel()
            self.watch = None

    def restore(self, record: ProcessRecord, epoch: int) -> None:
        """Take over what was known before."""
        self._recorded = record
        self.override = record.override
        desired = Desired(record.override) if record.override in set(Desired) else Desired.DOWN
        if record.override == LENT or (not record.override and self.spec.enabled):
            desired = Desired.UP
        state = replace(self.state, desired=desired, epoch=epoch, restarts=record.restarts)
        rests = {name: actual for actual, name in _RESTS.items()}
        if desired is Desired.UP and record.rest in rests:
            state = replace(state, actual=rests[record.rest], reason=record.reason)
        elif record.override == Desired.DOWN:
            state = replace(state, reason=record.reason or "stopped by a person")
        self.state = state

    def record(self) -> None:
        """Write down what changed since the last time."""
        who = self.identity
        rest = _RESTS.get(self.state.actual, "")
        record = ProcessRecord(
            epoch=self.state.epoch,
            pid=who.pid if who else None,
            start_time=who.start_time if who else 0,
            boot_id=who.boot_id if who else "",
            started_at=self.started_at if who else 0.0,
            how=self.how if who else "exec",
            restarts=self.state.restarts,
            override=self.override,
            rest=rest,
            reason=self.state.reason if rest or self.state.actual is Actual.STOPPED else "",
        )
        if record != self._recorded:
            is_decision = record.override != self._recorded.override
            before, self.unrecorded = self.unrecorded, save(self.places, record, durable=is_decision)
            if not self.unrecorded:
                self._recorded = record
            elif self.unrecorded != before:
                _log.error("%s", self.unrecorded)

    def look(self, now: float) -> Look | None:
        """Whether its threads get a processor; None where nobody can tell."""
        return look(self.identity, now) if self.identity else None

    def status(self, now: float) -> InstanceStatus:
        """How it stands."""
        state, view, sample = self.state, shown(self.state, now), self.sample
        return InstanceStatus(
            id=self.id,
            desired=state.desired.value,
            state=view.state,
            reason=view.reason,
            source=view.source,
            pid=state.pid,
            epoch=state.epoch,
            restarts=state.restarts,
            started_at=self.started_at if self.identity else None,
            adopted=state.adopted,
            last_exit=state.last_exit or "",
            kept=self.is_kept and self.identity is not None,
            how=self.how,
            cpu_percent=sample.cpu_percent if sample else 0.0,
            rss_bytes=sample.rss_bytes if sample else 0,
        )

    def has_news(self, now: float) -> bool:
        """Whether it stands otherwise than when this was last asked; seconds that pass are no news."""
        state = self.state
        news = (
            shown(state, now).state, state.reason, state.source, state.desired, state.pid, state.epoch,
            state.restarts, state.adopted, self.recent_until(now) is not None,
        )  # fmt: skip
        changed = news != self._told
        self._told = news
        return changed

    def recent_until(self, now: float) -> float | None:
        """Until when its restart is the reason shown; None when it is not."""
        at = self.state.restarted_at
        return at + RECENT_SECONDS if at is not None and now - at < RECENT_SECONDS else None


def rules_of(spec: InstanceSpec, rules: Rules) -> Rules:
    """The fleet's rules with what this instance has of its own."""
    return replace(
        rules,
        restart=spec.restart,
        grace_seconds=spec.grace_seconds,
        start_seconds=rules.start_seconds if spec.start_seconds is None else spec.start_seconds,
        final_codes=rules.final_codes if spec.final_codes is None else spec.final_codes,
        max_memory_bytes=spec.max_memory_bytes,
        max_age_seconds=spec.max_age_seconds,
    )
