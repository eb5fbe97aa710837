"""Everything one coordinator process owns, put together: bus, authority, supervision, lanes, hub, gate.

The composition root. Faces and requests reach what they need through it; it decides nothing itself. It is started, run
and closed by ``running``.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from typing import TYPE_CHECKING

from trinity_tui.coordinator.archive import Archive
from trinity_tui.coordinator.coordinator import Coordinator
from trinity_tui.coordinator.retention import Retention, retention_rules
from trinity_tui.coordinator.standing import Standing
from trinity_tui.core.restart import fleet_rules
from trinity_tui.core.wire import face
from trinity_tui.daemon import consequences, deciders, figures, trust
from trinity_tui.daemon.away import Away
from trinity_tui.daemon.bulletin import bulletin
from trinity_tui.daemon.ceilings import Ceilings
from trinity_tui.daemon.choices import Choices
from trinity_tui.daemon.doors import Doors
from trinity_tui.daemon.equipment import Equipment
from trinity_tui.daemon.fitting import Fitting
from trinity_tui.daemon.handoffs import Handoffs
from trinity_tui.daemon.hearing import Hearing
from trinity_tui.daemon.history import History
from trinity_tui.daemon.hub import Hub
from trinity_tui.daemon.lanes import Lanes
from trinity_tui.daemon.notices import Notices
from trinity_tui.daemon.notifying import Notifier
from trinity_tui.daemon.outputs import Outputs
from trinity_tui.daemon.pauses import Pauses
from trinity_tui.daemon.processes import Processes
from trinity_tui.daemon.reload import Reload
from trinity_tui.daemon.remembering import Remembering
from trinity_tui.daemon.replay import Replay
from trinity_tui.daemon.requests import Requests
from trinity_tui.daemon.rights import Gate
from trinity_tui.daemon.root_watch import RootWatch
from trinity_tui.daemon.settings import Settings
from trinity_tui.daemon.shown import Shown
from trinity_tui.daemon.vigil import Vigil
from trinity_tui.daemon.voices import Voices
from trinity_tui.daemon.words import Words
from trinity_tui.store import secret
from trinity_tui.supervision.supervisor import Supervisor

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.bus import Bus
    from trinity_tui.core.config import Config
    from trinity_tui.core.paths import Workspace


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
        self._notices = Notices(lambda sentences: self.hub.broadcast(face.Notices(sentences)))
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
            self.bus, self.standing, grants.granted_at, grants.grant, self._decided, self.archive,
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
        self.processes = Processes(self.supervisor, self.hub)
        self.shown = Shown(self.coordinator.folding, self.standing, self.hub.renew)
        self.voices = Voices()
        token = secret.token(workspace.token)
        self.gate = Gate(token, self.processes.pids, self.processes.is_without_keeper)
        self.words = Words(token, grants.is_granted, grants.grant, self.coordinator.approvals.ask)
        ceilings = Ceilings(grants.ceiling, grants.set_ceiling)
        self.equipment = Equipment(workspace, lambda: self.config, self.words, ceilings, self.standing)
        self.fitting = Fitting(self)
        self.coordinator.approvals.on_verdict(self.fitting.decided)
        self.reload = self._reload(settings)
        self.choices = Choices(settings, self.reload, self.unread)
        self.requests = Requests(self)
        self.away, self.vigil = Away(workspace, lambda: self.coordinator.room), Vigil(workspace.vigil)
        self.notifier = Notifier(self)
        self.down = asyncio.Event()
        self.bulletin = bulletin(self)
        self.stops_instances = self.is_lost = False
        self.doors = self._doors()
        self.budgets = deciders.appoint(self, config)
        self.history = History(self.bus, lambda: self.coordinator.room)
        self.outputs = Outputs(workspace, self.processes.epoch)
        self.coordinator.folding.listen(lambda records: consequences.follow(self, records))
        bus.watch(lambda sentence: self.notice("carrier", sentence))

    def _decided(self, trouble: str) -> None:
        self.notice("log", trouble)
        self.shown.decided(is_said=not trouble)

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
            rules=fleet_rules(config.restart), output_bytes=config.workspace.output_bytes,
            may_start=self.handoffs.succession.may_start,
        )  # fmt: skip

    def _reload(self, settings: Settings) -> Reload:
        return Reload(
            self.workspace, self.root_watch, settings, self.supervisor, self.standing,
            brief=self.equipment.brief, spec=self.equipment.spec, use_brain=self.fitting.use_brain,
            is_busy=self.processes.is_busy, notice=self.notice,
        )  # fmt: skip

    def _doors(self) -> Doors:
        doors = Doors(
            self.workspace, self.root_watch, self.bus, self.coordinator.folding, lambda: figures.known(self),
            self.notice,
        )  # fmt: skip
        self.coordinator.person.outsiders = doors.outsiders
        return doors

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
        return self._notices.sentences()

    def notice(self, about: str, sentence: str) -> None:
        """Say something about this machine or configuration; an empty sentence takes it back."""
        self._notices.say(about, sentence)

    def unread(self, instance: str) -> int:
        """How many messages to it wait to be read."""
        known = self.coordinator.room.deliveries.by_id.values()
        return sum(one.to == instance and one.stage in ("written", "received") for one in known)

    async def next_batch(self) -> None:
        """Wait until more was folded."""
        await self.coordinator.folding.moved()

    # Its end

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
