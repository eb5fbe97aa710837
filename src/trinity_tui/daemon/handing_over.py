"""One instance takes over from another: the one is ready before the other stops, and gets its tasks and its session."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from trinity_tui.bus import new_message
from trinity_tui.coordinator.coordinator import ABLE_STATES
from trinity_tui.core.address import HUMAN
from trinity_tui.core.errors import ClientError
from trinity_tui.core.handoff.lives import HANDOVER

if TYPE_CHECKING:
    from trinity_tui.daemon.house import House

READY_SECONDS = 60.0
"""How long the successor may take to be ready; else nothing is handed over."""


async def hand_over(house: House, who: str, to: str) -> dict[str, Any]:
    """Have one instance stop and another go on with its work.

    Args:
        house: Whose.
        who: Who stops. What was sent to it by name waits for it.
        to: Who goes on; started where it does not run.

    Raises:
        ClientError: They are one and the same (2), or the successor does not become ready (5); nobody stopped then.
    """
    if who == to:
        raise ClientError(f"{who} cannot take over from itself", 2, f"`trinity restart {who}` begins it anew.")
    if not _is_able(house, to):
        house.start_instance(to)
    try:
        async with asyncio.timeout(READY_SECONDS):
            while not _is_able(house, to):
                await house.next_batch()
    except TimeoutError:
        raise ClientError(f"{to} is not ready after {READY_SECONDS:g} s; {who} goes on", 5) from None
    metadata = {"op": HANDOVER, "instance": who, "to": to}
    await house.bus.publish(
        new_message(HUMAN, to, "session", f"{who} hands over to {to}", origin="human", metadata=metadata)
    )
    house.stop_instances([who])
    return {"instance": who, "to": to}


def _is_able(house: House, name: str) -> bool:
    view = house.coordinator.room.instances.get(name)
    return view is not None and view.state in ABLE_STATES
