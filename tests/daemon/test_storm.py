"""A storm in a running fleet: paused with the loop drawn, still so after a kill, over with the person's word."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from fleet import wait_until
from trinity_tui.bus import new_message, open_bus

if TYPE_CHECKING:
    from pathlib import Path

    from fleet import Fleet


async def storm(root: Path, *names: str, times: int) -> None:
    """Instances that answer one another and say nothing of their hops."""
    bus, cause = open_bus(root / ".trinity" / "bus", "test"), None
    for number in range(times):
        sender, to = names[number % len(names)], names[(number + 1) % len(names)]
        message = new_message(sender, to, "message", f"{number}", origin="peer", reply_to=cause)
        cause = message.id
        await bus.publish(message)
    await bus.aclose()


def test_a_loop_of_three_is_paused_until_the_person_lets_it_go_on(fleet: Fleet) -> None:
    fleet.write_config()
    child = fleet.serve()
    asyncio.run(storm(fleet.root, "lead-1", "explorer-1", "builder-1", times=18))
    members = ("lead-1", "explorer-1", "builder-1")

    def paused() -> bool:
        there = fleet.instances()
        return all(there.get(name, {}).get("state") == "PAUSED" for name in members)

    wait_until(paused, "all three paused")
    one = fleet.instances()["lead-1"]
    assert one["source"] == "storm guard"
    assert one["reason"].startswith("storm guard: explorer-1 → builder-1 → lead-1 → explorer-1, 17 messages in ")
    assert fleet.instances()["reflector-1"]["state"] == "ONLINE"
    assert [row["kind"] for row in fleet.lines("inbox")].count("storm") == 3
    child.send_signal(signal.SIGKILL)
    child.wait()
    fleet.serve(ready=False)
    wait_until(paused, "all three still paused")
    alerts = [one["content"] for one in fleet.messages(kind="alert") if "torm guard" in one["content"]]
    assert len(alerts) == 1
    assert fleet.trinity("resume", "all").returncode == 0
    fleet.wait_for_states("ONLINE")
    assert "storm" not in [row["kind"] for row in fleet.lines("inbox")]
