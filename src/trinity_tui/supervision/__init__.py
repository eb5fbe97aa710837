"""Lifecycles made real: ``core.lifecycle`` decides, the keeper starts and stops, this room carries one to the other.

It is given an argv and knows nothing of roles, brains or the bus; what happens it tells as events.
"""

from __future__ import annotations

from trinity_tui.supervision.events import (
    EPOCH_ARGUMENT,
    Alerted,
    InstanceSpec,
    InstanceStatus,
    KeeperChanged,
    OutputRotated,
    PingRequested,
    StatusChanged,
    SupervisionEvent,
)
from trinity_tui.supervision.lane import workspace_hash
from trinity_tui.supervision.supervisor import Supervisor

__all__ = [
    "EPOCH_ARGUMENT",
    "Alerted",
    "InstanceSpec",
    "InstanceStatus",
    "KeeperChanged",
    "OutputRotated",
    "PingRequested",
    "StatusChanged",
    "SupervisionEvent",
    "Supervisor",
    "workspace_hash",
]
