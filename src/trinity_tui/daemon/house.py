"""Everything one coordinator process owns, put together: bus, authority, supervision, lanes, hub, gate.

The composition root. Faces and requests reach what they need through it; it decides nothing itself.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import DeadReader
from trinity_tui.coordinator.archive import Archive
from trinity_tui.coordinator.budgets import Budgets, Hands
from trinity_tui.coordinator.coordinator import Coordinator
from trinity_tui.coordinator.endings import Endings
from trinity_tui.coordinator.provider_limits import ProviderLimits
from trinity_tui.coordinator.retention import Retention, retention_rules
from trinity_tui.coordinator.stand_in import Staff, StandIns
from trinity_tui.coordinator.standing import Standing
from trinity_tui.coordinator.storms import Storms
from trinity_tui.core.errors import LogDeletedError, StoreError, TrinityError
from trinity_tui.core.restart import Rules
from trinity_tui.core.wire import face, live
from trinity_tui.daemon import figures, trust
from trinity_tui.daemon.ceilings import Ceilings
from trinity_tui.daemon.choices import Choices
from trinity_tui.daemon.doors import Doors
from trinity_tui.daemon.embeddings import Embeddings
from trinity_tui.daemon.equipment import Equipment
from trinity_tui.daemon.exchanges import tell_verdicts
from trinity_tui.daemon.fitting import Fitting
from trinity_tui.daemon.handoffs import Handoffs
from trinity_tui.daemon.hearing import Hearing
from trinity_tui.daemon.history import History
from trinity_tui.daemon.hub import Hub
from trinity_tui.daemon.lanes import Lanes
from trinity_tui.daemon.outputs import Outputs
from trinity_tui.daemon.pauses import Pauses
from trinity_tui.daemon.reload import Reload
from trinity_tui.daemon.remembering import Remembering
from trinity_tui.daemon.replay import Replay
from trinity_tui.daemon.requests import Requests
from trinity_tui.daemon.rights import Gate
from trinity_tui.daemon.root_watch import RootWatch
from trinity_tui.daemon.settings import Settings
from trinity_tui.daemon.voices import Voices
from trinity_tui.daemon.words import Words
from trinity_tui.store import document, secret
from trinity_tui.supervision.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trinity_tui.bus import Bus
    from trinity_tui.core.budget import Budget
    from trinity_tui.core.config import Config, RestartConfig
    from trinity_tui.core.paths import Workspace
    from trinity_tui.core.record import Record

log = logging.getLogger("house")


class House:
    """One workspace's coordinator.

    Args:
        workspace: Whose.
        config: As read when it started.
        sockets: The folder of its sockets.
        bus: The log, opened.
    """

    def __init__(self, workspace: Workspace, config: Config, sockets: Path, bus: Bus) -> None:
        self.workspace = workspace
        self._notices: dict[str, str] = {}
        self.hearing = Hearing(self)
        settings = Settings(workspace, config)
        config = settings.wanted
        self.pid = os.getpid()
        self.name = config.workspace.name or workspace.root.name
        self.started_at = time.time()
        self.http = ""
        self.bus = bus
        self.standing = Standing(config.instances, time.monotonic)
        grants = trust.Grants(workspace, trust.user_state(), time.time)
        self.archive = Archive(self.bus, workspace.snapshots)
        self.coordinator = Coordinator(
            self.bus, self.standing, grants.granted_at, grants.grant, lambda sentence: self.notice("log", sentence),
            self.archive,
        )  # fmt: skip
        self.replay = Replay(self.bus, self.archive)
        self.retention = self._retention(config)
        self.memory = self._remembering(config)
        self.handoffs = self._handoffs(config)
        self.supervisor = self._supervisor(sockets, config)
        self.root_watch = RootWatch(workspace.root)
        self.lanes = Lanes(self.hearing.expects, self.hearing.ready, self.hearing.heard)
        self.pauses = Pauses(self.standing, self.lanes.send, self.coordinator.nudge)
        self.hub = Hub(lambda: self.coordinator.room.position)
        self.voices = Voices()
        token = secret.token(workspace.token)
        self.gate = Gate(token, self._own_pids, self._is_without_keeper)
        self.words = Words(token, grants.is_granted, grants.grant, self.coordinator.ask)
        ceilings = Ceilings(grants.ceiling, grants.set_ceiling)
        self.equipment = Equipment(workspace, lambda: self.config, self.words, ceilings, self.standing)
        self.fitting = Fitting(self)
        self.coordinator.on_verdict(self.fitting.decided)
        self.reload = self._reload(settings)
        self.choices = Choices(settings, self.reload, self.unread)
        self.requests = Requests(self)
        self.down = asyncio.Event()
        self.stops_instances = False
        self.is_lost = False
        self.doors = Doors(
            workspace, self.root_watch, bus, self.coordinator.folding, lambda: figures.known(self), self.notice
        )
        self.storms, self.stand_ins, self.budgets = self._deciders(config)
        self.history = History(self.bus, lambda: self.coordinator.room)
        self.outputs = Outputs(workspace, self._epoch_of)
        self.coordinator.folding.listen(self._folded)
        bus.watch(lambda sentence: self.notice("carrier", sentence))

    def _retention(self, config: Config) -> Retention:
        return Retention(
            self.bus, self.archive, retention_rules(config.bus), self.coordinator.alert,
            lambda sentence: self.notice("retention", sentence),
        )  # fmt: skip

    def _remembering(self, config: Config) -> Remembering:
        memory = Remembering(
            self.workspace,
            self.bus,
            config.serve.computer,
            lambda sentence: self.notice("memory", sentence),
            lambda: self.hub.changed("memory"),
        )
        self.coordinator.folding.listen(memory.hear)
        return memory

    def _embeddings(self) -> Embeddings:
        return Embeddings(
            self.workspace.memory_index, lambda: (figures.ollama(self), self.config.memory.embeddings),
            lambda sentence: self.notice("embeddings", sentence),
        )  # fmt: skip

    def _handoffs(self, config: Config) -> Handoffs:
        handoffs = Handoffs(
            self.workspace, self.bus, config.serve.computer, lambda: self.config.handoff, lambda: self.coordinator.room,
            self.notice, self.coordinator.nudge, lambda: self.hub.changed("documents"),
        )  # fmt: skip
        self.coordinator.may_inherit = handoffs.succession.may_inherit
        return handoffs

    def _supervisor(self, sockets: Path, config: Config) -> Supervisor:
        return Supervisor(
            self.workspace, sockets, self.hearing.supervised,
            clock=time.monotonic, random=random.random, orphan_ttl_seconds=config.workspace.orphan_ttl_seconds,
            is_idle=lambda name: self.hub.view(name).activity == "idle",
            rules=rules_of(config.restart), output_bytes=config.workspace.output_bytes,
            may_start=self.handoffs.succession.may_start,
        )  # fmt: skip

    def _reload(self, settings: Settings) -> Reload:
        return Reload(
            self.workspace, self.root_watch, settings, self.supervisor, self.standing,
            brief=self.equipment.brief, spec=self.equipment.spec, use_brain=self.fitting.use_brain,
            is_busy=self._is_busy, notice=self.notice,
        )  # fmt: skip

    def _deciders(self, config: Config) -> tuple[Storms, StandIns, Budgets]:
        """What the one authority decides besides tasks and states."""
        folding = self.coordinator.folding
        storms = Storms(folding, self.standing, config.storm, self.pauses.hold, self.coordinator.nudge, time.time)
        staff = Staff(self.supervisor.lend, self.supervisor.give_back, self.supervisor.kept_down)
        stand_ins = StandIns(folding, self.standing, staff, time.monotonic)
        letters = DeadReader(self.workspace.bus)
        endings = Endings(
            lambda: self.coordinator.room, self.standing.roles, letters.new, time.time, self.doors.outsiders
        )
        budgets = Budgets(
            lambda: self.coordinator.room, self.standing, lambda: self.config.limits, self._budgets,
            ProviderLimits(self.workspace.provider_limits, self.started_at),
            Hands(self.pauses.hold, self.pauses.release, lambda name, turn: self.lanes.send(name, live.Cut(turn))),
            self.coordinator.nudge, time.time,
        )  # fmt: skip
        self.coordinator.also_decide += [storms.decide, stand_ins.decide, endings.decide, budgets.decide]
        self.coordinator.deputies = lambda: stand_ins.deputies() | self.handoffs.succession.heirs()
        self.coordinator.outsiders = self.doors.outsiders
        return storms, stand_ins, budgets

    def _budgets(self) -> dict[str, Budget]:
        return {name: self.equipment.minds.budget(name, one) for name, one in self.config.instances.items()}

    # What it is and how it stands

    @property
    def config(self) -> Config:
        """What holds now."""
        return self.reload.running

    @property
    def generation(self) -> int:
        """The log's generation: positions of another one mean nothing here."""
        return self.bus.generation

    def notices(self) -> list[str]:
        """Sentences the person should see."""
        return list(self._notices.values())

    def notice(self, about: str, sentence: str) -> None:
        """Say something about this machine or configuration; an empty sentence takes it back."""
        if self._notices.get(about, "") == sentence:
            return
        if sentence:
            self._notices[about] = sentence
            log.warning("%s", sentence)
        else:
            del self._notices[about]
        self.hub.broadcast(face.Notices(self.notices()))

    # Running

    async def start(self) -> None:
        """Take over what lives and start what should; returns when supervision is up."""
        await self.handoffs.begin()
        await self.supervisor.start(self.reload.specs())
        self._finish_handing_over()
        for name, status in self.supervisor.statuses().items():
            self.hearing.stand(name, status)

    def _finish_handing_over(self) -> None:
        """Stop who handed over and was not stopped: the coordinator before died in between."""
        there = self.supervisor.statuses()
        for name in self.handoffs.succession.unfinished():
            if name in there:
                self.supervisor.want_down(name, "person")

    async def run(self) -> None:
        """Fold, decide, sample and tell, until it is told to go down."""
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self._fold(), name="fold"),
                group.create_task(self.coordinator.run(), name="decide"),
                group.create_task(self.hearing.sample(), name="sample"),
                group.create_task(self.root_watch.run(), name="watch the folder"),
                group.create_task(self.reload.follow(), name="follow instances.toml"),
                group.create_task(self.memory.run(), name="remember"),
                group.create_task(self._embeddings().run(), name="embed what is remembered"),
                group.create_task(self._retain(), name="retain"),
                group.create_task(self._hand_off(), name="hand off"),
            ]
            if self.config.bridge.shared_files:
                tasks.append(group.create_task(self.doors.run(), name="keep the files for outsiders"))
            await self.down.wait()
            for task in tasks:
                task.cancel()

    async def aclose(self, *, stop_instances: bool) -> list[str]:
        """Let go of everything; the instances live on unless they are to stop. Returns what could not be stopped."""
        survivors = await self.supervisor.stop_all() if stop_instances else []
        if not self.is_lost:
            await self._sign_off()
        await self.supervisor.aclose(leave_running=not stop_instances)
        await self.lanes.aclose()
        self.reload.close()
        self.hub.close()
        self.voices.close()
        self.outputs.close()
        await self.memory.aclose()
        await self.doors.aclose(stopped=stop_instances)
        await self.archive.settle()
        await self.bus.aclose()
        return survivors

    def go_down(self) -> None:
        """Stop everything soon: the instances, the keeper, and this process."""
        self.stops_instances = True
        asyncio.get_running_loop().call_soon(self.down.set)

    def lose(self) -> None:
        """The workspace's runtime folder is gone: tell everyone, and stop everything."""
        if self.is_lost:
            return
        self.is_lost = True
        self.notice(
            "lost",
            f"{self.workspace.runtime} was deleted while running: the log, what waited in it and the instances' states "
            "went with it. Everything stops now.",
        )
        self.go_down()

    async def _fold(self) -> None:
        try:
            await self.coordinator.folding.run()
        except LogDeletedError as error:
            log.info("%s", error)
            self.lose()

    async def _hand_off(self) -> None:
        await self.coordinator.folding.caught_up.wait()
        await self.handoffs.run()

    async def _sign_off(self) -> None:
        """Put on record how the instances stand at the end, and write down the sessions that are over."""
        try:
            await self.coordinator.sign_off()
            await self.handoffs.finish()
        except (TrinityError, TimeoutError) as error:
            log.warning("the last sessions are written down by the next coordinator: %s", error)

    async def _retain(self) -> None:
        # What is kept is told by snapshots, and these by the fold; the first turn is not in the way of the start.
        await self.coordinator.folding.caught_up.wait()
        # What is to be remembered of the log's beginning must be kept before that may go.
        await self.memory.tried.wait()
        await self.retention.run()

    def _is_busy(self, instance: str) -> bool:
        status = self.supervisor.statuses().get(instance)
        return status is not None and status.pid is not None and self.hub.view(instance).activity != "idle"

    def unread(self, instance: str) -> int:
        """How many messages to it wait to be read."""
        known = self.coordinator.room.deliveries.by_id.values()
        return sum(one.to == instance and one.stage in ("written", "received") for one in known)

    def _epoch_of(self, instance: str) -> int:
        status = self.supervisor.statuses().get(instance)
        return status.epoch if status is not None else 0

    def _own_pids(self) -> set[int]:
        pids = {status.pid for status in self.supervisor.statuses().values() if status.pid}
        return pids | ({self.supervisor.keeper_pid} if self.supervisor.keeper_pid else set())

    def _is_without_keeper(self) -> bool:
        return any(status.pid and not status.kept for status in self.supervisor.statuses().values())

    # What was folded

    def _folded(self, records: Sequence[Record]) -> None:
        self.hub.records(records)
        self.handoffs.folded(records)
        if self.coordinator.folding.caught_up.is_set():
            tell_verdicts(self, records)
        for message in (record.message for record in records):
            if message.type == "answer" and message.reply_to:
                self.voices.over(message.from_, message.reply_to)
        if any(record.message.type == "status" for record in records):
            self.lanes.send_all(self.hearing.roster())
            self._write_registry()

    def _write_registry(self) -> None:
        statuses = [msgspec.to_builtins(status) for status in self.standing.now().values()]
        try:
            document.write(self.workspace.registry, statuses, durable=False)
        except StoreError as error:
            # Others read it, we do not: it is written again with the next change.
            self.notice("registry", f"{error}. It shows how things stood before.")
        else:
            self.notice("registry", "")

    async def next_batch(self) -> None:
        """Wait until more was folded."""
        await self.coordinator.folding.moved()

    # Lifecycles, for the person

    def start_instance(self, name: str) -> None:
        """Have it run; what was refused to it is asked again."""
        config = self.config.instances.get(name)
        if config is not None and self.equipment.reconsider(name, config):
            self.supervisor.change(self.equipment.spec(name, config))
        self.supervisor.want_up(name, "person")

    def stop_instances(self, names: list[str]) -> None:
        """Have them stop, those that others came after last."""
        self.supervisor.want_down_all(names, "person")

    def restart_instance(self, name: str) -> None:
        """Stop and start it."""
        self.supervisor.restart(name, "person")


def rules_of(config: RestartConfig) -> Rules:
    """The fleet's restart policy as it is configured."""
    return Rules(
        first_delay_seconds=config.first_delay_seconds,
        longest_delay_seconds=config.longest_delay_seconds,
        park_failures=config.park_failures,
        window_restarts=config.window_restarts,
    )
