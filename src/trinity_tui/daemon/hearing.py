"""What supervision and the instances' lanes tell the coordinator, and where each thing goes."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.coordinator.standing import Supervised
from trinity_tui.core.brain_name import provider_of
from trinity_tui.core.instance import STANDSTILL_SECONDS
from trinity_tui.core.wire import live
from trinity_tui.daemon.exchanges import tell_verdict
from trinity_tui.supervision import events

if TYPE_CHECKING:
    from trinity_tui.daemon.house import House

SAMPLE_SECONDS = 2.0
LISTEN_SECONDS = STANDSTILL_SECONDS / 4
log = logging.getLogger("house")


class Hearing:
    """Hears them for the house.

    Args:
        house: Where what is heard goes.
    """

    def __init__(self, house: House) -> None:
        self._house = house

    def supervised(self, event: events.SupervisionEvent) -> None:
        """Take what supervision tells."""
        match event:
            case events.StatusChanged():
                self.stand(event.instance, event.status)
            case events.Alerted():
                text = "\n".join([f"{event.instance}: {event.text}", *event.lines])
                self._house.coordinator.alert(text, {"instance": event.instance, "parked": event.parked})
            case events.PingRequested():
                self._house.lanes.send(event.instance, live.Ping(event.nonce))
            case events.KeeperChanged():
                self._keeper_changed(event)
            case events.OutputRotated():
                log.info("%s: the output before byte %d was given back", event.instance, event.first_offset)

    def _keeper_changed(self, event: events.KeeperChanged) -> None:
        house = self._house
        if event.pid is None:
            house.notice("keeper", f"The keeper is gone: {event.reason}.")
        elif event.is_silent:
            house.notice("keeper", f"The keeper (pid {event.pid}) {event.reason}.")
        else:
            house.notice("keeper", "")
        if event.is_replaced:
            text = f"{event.reason}; another one (pid {event.pid}) took its place. The instances went on."
            house.coordinator.alert(text[:1].upper() + text[1:], {"keeper": event.pid})

    def stand(self, name: str, status: events.InstanceStatus) -> None:
        """Take how an instance stands, or that it is none any more."""
        house = self._house
        if name not in house.supervisor.statuses():
            house.standing.forget(name)
            house.hub.forget(name)
            house.voices.forget(name)
            house.coordinator.nudge()
            return
        if status.pid is None:
            # What it said it was at ended with it.
            house.voices.over(name)
            house.hub.tell(msgspec.structs.replace(house.hub.view(name), activity="idle", detail="", since=0.0))
        house.standing.supervised(
            name,
            Supervised(
                status.state, status.reason, status.source, status.pid, status.epoch, status.restarts, status.last_exit
            ),
        )
        house.coordinator.nudge()

    def expects(self, instance: str, epoch: int, pid: int) -> bool:
        """Whether this is the life of the instance that a lane is kept for."""
        status = self._house.supervisor.statuses().get(instance)
        return status is not None and (status.epoch, status.pid) == (epoch, pid)

    def ready(self, hello: live.Hello) -> None:
        """An instance is connected: it gets what holds now."""
        house = self._house
        house.supervisor.ready(hello.instance, hello.epoch)
        house.standing.heard(hello.instance)
        house.lanes.send(hello.instance, self.roster())
        house.pauses.tell(hello.instance)
        if frame := house.equipment.greet(hello.instance):
            house.lanes.send(hello.instance, frame)

    def heard(self, hello: live.Hello, frame: live.FromInstance) -> None:
        """Take what an instance says on its lane."""
        house = self._house
        name, degraded = hello.instance, None
        match frame:
            case live.Activity():
                degraded = frame.degraded
                view = msgspec.structs.replace(
                    house.hub.view(name), activity=frame.activity, detail=frame.detail[:200], since=frame.since,
                    inbox_depth=frame.inbox_depth, brain=frame.brain,
                )  # fmt: skip
                house.hub.tell(view)
                if frame.brain:
                    house.budgets.uses(name, provider_of(frame.brain))
                if frame.activity == "idle":
                    house.voices.over(name)
                house.reload.turns.heard(name)
            case live.Piece() | live.ToolUse():
                house.voices.heard(name, frame)
            case live.Beat():
                house.hub.tell(msgspec.structs.replace(house.hub.view(name), inbox_depth=frame.inbox_depth))
            case live.Pong():
                house.supervisor.pong(name, hello.epoch, frame.nonce)
            case live.Spent():
                house.budgets.heard(name, frame, provider_of(frame.brain))
            case live.Asks():
                # It says so again after a reconnection: the word may have been given while it was away.
                asked = house.coordinator.room.approvals.get(frame.request)
                if asked is not None and asked.from_ == name:
                    tell_verdict(house, asked)
            case live.AsksNoMore():
                house.coordinator.approvals.withdraw(frame.request, name)
            case live.Hello():
                return
        house.standing.heard(name, degraded)

    def roster(self) -> live.Roster:
        """Who is there, for the instances."""
        views = self._house.coordinator.room.instances.values()
        return live.Roster([live.Colleague(view.id, view.role, view.state, view.reason) for view in views])

    async def listen(self) -> None:
        """Tell whether this loop stood still, also while what is decided waits for the log."""
        while True:
            self._house.standing.turn()
            await asyncio.sleep(LISTEN_SECONDS)

    async def sample(self) -> None:
        """Tell the faces what each instance takes, again and again."""
        house = self._house
        while True:
            await asyncio.sleep(SAMPLE_SECONDS)
            for name, status in house.supervisor.statuses().items():
                view = msgspec.structs.replace(
                    house.hub.view(name), cpu_percent=round(status.cpu_percent, 1), rss_bytes=status.rss_bytes,
                    chosen=house.reload.settings.is_chosen(name),
                )  # fmt: skip
                house.hub.tell(view)
