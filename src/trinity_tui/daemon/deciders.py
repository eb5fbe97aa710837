"""What the one authority decides besides tasks and states, put together: storms, stand-ins, endings, budgets."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trinity_tui.bus import DeadReader
from trinity_tui.coordinator.budgets import Budgets, Hands
from trinity_tui.coordinator.endings import Endings
from trinity_tui.coordinator.provider_limits import ProviderLimits
from trinity_tui.coordinator.stand_in import Staff, StandIns
from trinity_tui.coordinator.storms import Storms
from trinity_tui.core.wire import live
from trinity_tui.daemon.clocks import moment

if TYPE_CHECKING:
    from trinity_tui.core.budget import Budget
    from trinity_tui.core.config import Config
    from trinity_tui.daemon.house import House


def appoint(house: House, config: Config) -> Budgets:
    """Have the coordinator ask each of them whenever it decides; the budgets, which hear what is spent."""
    coordinator = house.coordinator
    storms = Storms(
        coordinator.folding, house.standing, config.storm, house.pauses.hold, coordinator.nudge, time.time
    )  # fmt: skip
    staff = Staff(house.supervisor.lend, house.supervisor.give_back, house.supervisor.kept_down)
    stand_ins = StandIns(coordinator.folding, house.standing, staff, time.monotonic)
    letters = DeadReader(house.workspace.bus)
    endings = Endings(
        lambda: coordinator.room, house.standing.roles, letters.new, time.time, house.doors.outsiders
    )  # fmt: skip
    budgets = _budgets(house)
    coordinator.also_decide += [storms.decide, stand_ins.decide, endings.decide, budgets.decide]
    coordinator.deputies = lambda: stand_ins.deputies() | house.handoffs.succession.heirs()
    return budgets


def _budgets(house: House) -> Budgets:
    def of_each() -> dict[str, Budget]:
        return {name: house.equipment.minds.budget(name, one) for name, one in house.config.instances.items()}

    return Budgets(
        lambda: house.coordinator.room, house.standing, lambda: house.config.limits, of_each,
        ProviderLimits(house.workspace.provider_limits, house.started_at),
        Hands(house.pauses.hold, house.pauses.release, lambda name, turn: house.lanes.send(name, live.Cut(turn))),
        house.coordinator.nudge, moment,
    )  # fmt: skip
