"""A backup takes over in a whole fleet, and goes on doing so under the next coordinator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fleet import CONFIG, wait_until

if TYPE_CHECKING:
    from fleet import Fleet

TABLES = """
[instances.builder-1]
role = "builder"
cwd = "not-there"
backup = "builder-2"

[instances.builder-2]
role = "builder"
enabled = false
grace_seconds = 2.0

[instances.lead-1]
role = "lead"
grace_seconds = 2.0
"""


def test_a_backup_takes_over_and_the_next_coordinator_knows(fleet: Fleet) -> None:
    (fleet.root / "instances.toml").write_text(CONFIG + TABLES)
    first = fleet.serve(ready=False)

    def backup() -> dict[str, Any] | None:
        one = fleet.instances().get("builder-2", {})
        return one if one.get("state") == "ONLINE" else None

    before = wait_until(backup, "builder-2 standing in")

    def is_said() -> bool:
        alerts = [row["content"] for row in fleet.messages(kind="alert")]
        return any(text.startswith("builder-1 is CRASHED: builder-2 stands in for it") for text in alerts)

    wait_until(is_said, "it is said to the person")
    first.kill()
    first.wait()
    fleet.serve(ready=False)
    wait_until(backup, "builder-2 taken over")
    assert fleet.instances()["builder-2"]["pid"] == before["pid"]
    said = [row for row in fleet.messages(kind="status") if row["metadata"].get("instance") == "builder-2"]
    assert said[-1]["metadata"]["stands_for"] == "builder-1"
