"""``trinity pause all`` over a whole fleet: what runs is cut, what is asked meanwhile waits."""

from __future__ import annotations

import os
import select
from typing import TYPE_CHECKING

from fleet import CONFIG, PATIENCE_SECONDS, wait_until

if TYPE_CHECKING:
    from fleet import Fleet

CHECK_SECONDS = 600
"""Far beyond every patience here: only a cut ends it."""


def test_pausing_all_cuts_a_running_check_and_leaves_every_process(fleet: Fleet) -> None:
    told = fleet.root / "check.pid"
    (fleet.root / "check.sh").write_text(f"echo $$ > {told}.new && mv {told}.new {told}\nexec sleep {CHECK_SECONDS}\n")
    fleet.write_config(CONFIG.replace("checks = []", 'checks = ["sh check.sh"]'))
    fleet.serve()
    before = {name: one["pid"] for name, one in fleet.instances().items()}
    (request,) = wait_until(lambda: fleet.messages(kind="approval"), "a request")
    assert fleet.trinity("approve", request["id"]).returncode == 0
    wait_until(told.exists, "the check runs")
    check = os.pidfd_open(int(told.read_text()))
    try:
        assert fleet.json("pause", "all")["instances"] == list(before)
        is_gone, _, _ = select.select([check], [], [], PATIENCE_SECONDS)
    finally:
        os.close(check)
    assert is_gone, "the check outlived the pause"
    paused = fleet.wait_for_states("PAUSED")
    assert {name: one["pid"] for name, one in paused.items()} == before
    sent = fleet.json("send", "explorer-1", "are you there?")
    assert fleet.json("resume", "all")["instances"] == list(before)
    wait_until(lambda: _answers(fleet, sent["id"]), "what was asked meanwhile is answered")
    assert {name: one["pid"] for name, one in fleet.instances().items()} == before


def _answers(fleet: Fleet, to: str) -> bool:
    return any(row.get("reply_to") == to for row in fleet.messages(kind="answer"))
