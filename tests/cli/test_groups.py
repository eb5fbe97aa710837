"""Replicas and groups at the command line, in a whole fleet: made, started in their order, named together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fleet import CONFIG, wait_until

if TYPE_CHECKING:
    from fleet import Fleet

TABLES = """
[instances.db]
role = "observer"
grace_seconds = 2.0

[instances.araya]
role = "guide"
replicas = 2
after = ["db"]
grace_seconds = 2.0
"""


def test_replicas_are_made_in_their_order_and_named_by_their_group(fleet: Fleet) -> None:
    (fleet.root / "instances.toml").write_text(CONFIG + TABLES)
    fleet.serve()
    assert list(fleet.instances()) == ["db", "araya-1", "araya-2"]
    said = [row["metadata"] for row in fleet.lines("messages", "--type", "status")]
    came = [(one["instance"], one["state"]) for one in said if one["state"] in ("STARTING", "ONLINE")]
    assert came.index(("db", "ONLINE")) < min(came.index((f"araya-{n}", "STARTING")) for n in (1, 2))
    assert [one["id"] for one in fleet.json("status", "group:araya")["instances"]] == ["araya-1", "araya-2"]
    for command in ("pause", "resume", "restart", "stop"):
        assert fleet.json(command, "group:araya")["instances"] == ["araya-1", "araya-2"]
    wait_until(lambda: fleet.instances()["araya-2"]["state"] == "OFFLINE", "araya-2 OFFLINE")
    assert fleet.instances()["db"]["state"] == "ONLINE"
    fleet.json("stop", "db")
    fleet.json("start", "group:araya")
    wait_until(lambda: fleet.instances()["araya-1"]["reason"] == "waits for db (stopped)", "araya-1 waiting")
    fleet.json("start", "db")
    fleet.wait_for_states()
    missing = fleet.trinity("stop", "group:araja")
    assert missing.returncode == 4
    assert "Did you mean group:araya?" in missing.stderr
