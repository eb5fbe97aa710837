"""The person's word on tasks in a whole fleet: what is cancelled stops, is done anew, and goes to another."""

from __future__ import annotations

import os
import select
import signal
from typing import TYPE_CHECKING, Any

from fleet import CONFIG, PATIENCE_SECONDS, wait_until

if TYPE_CHECKING:
    from fleet import Fleet

CHECK_SECONDS = 600
"""Far beyond every patience here: only a cut ends it."""
BUILDERS = {"builder-1": "builder", "builder-2": "builder"}


class Checks:
    """The workspace's one check, which from now on takes for ever where it is not let go."""

    def __init__(self, fleet: Fleet) -> None:
        runtime = fleet.root / ".trinity"
        self.told, self.slow = runtime / "check.pid", runtime / "slow"
        script = f"test -e {self.slow} || exit 0\necho $$ > {self.told}.new && mv {self.told}.new {self.told}\n"
        (fleet.root / "check.sh").write_text(f"{script}exec sleep {CHECK_SECONDS}\n")

    def runs(self) -> int:
        """Wait until it runs; a descriptor of its process."""
        wait_until(self.told.exists, "the check runs")
        pid = int(self.told.read_text())
        self.told.unlink()
        return os.pidfd_open(pid)


def gone(process: int) -> bool:
    """Whether a process came to its end."""
    try:
        return bool(select.select([process], [], [], PATIENCE_SECONDS)[0])
    finally:
        os.close(process)


def task(fleet: Fleet, name: str) -> dict[str, Any]:
    """A task as ``trinity task show`` says it."""
    return fleet.json("task", "show", name)


def allowed(fleet: Fleet) -> Checks:
    """A fleet in which each builder ran the check once, and may run it again."""
    checks = Checks(fleet)
    fleet.write_config(CONFIG.replace("checks = []", 'checks = ["sh check.sh"]'), BUILDERS)
    fleet.serve()
    for request in wait_until(lambda: len(found := fleet.messages(kind="approval")) == 2 and found, "two requests"):
        assert fleet.trinity("approve", request["id"], "--always").returncode == 0
    wait_until(lambda: len(fleet.messages(kind="finding")) == 2, "both said how it went")
    checks.slow.touch()
    return checks


def test_a_task_is_cancelled_while_it_runs_done_anew_and_given_to_another(fleet: Fleet) -> None:
    checks = allowed(fleet)
    added = fleet.json("task", "add", "run the checks", "--to", "role:builder", "--priority", "high")["id"]
    last = fleet.json("task", "add", "run the checks again", "--to", "builder-1", "--after", added[-8:])["id"]
    check = checks.runs()
    held = task(fleet, added)
    assert (held["state"], held["reason"]) == ("IN_PROGRESS", "begun")
    assert (task(fleet, last)["state"], task(fleet, last)["reason"]) == ("BLOCKED", "waits for: run the checks")

    cancelled = fleet.json("task", "cancel", added[-8:], "--word", "not now")
    assert (cancelled["state"], cancelled["reason"]) == ("CANCELLED", "cancelled by you: not now")
    assert gone(check), "the check outlived its task"
    assert fleet.trinity("task", "cancel", added).returncode == 1, "it is over"
    assert fleet.trinity("task", "show", "zzzz").returncode == 4
    fleet.ask(held["assignee"], "are you there?")
    assert task(fleet, last)["reason"] == "waits for: run the checks, which is CANCELLED"

    again = fleet.json("task", "retry", added)
    assert (again["state"], again["attempts"], again["reason"]) == ("QUEUED", 0, "you want it again: it was CANCELLED")
    check = checks.runs()
    holder = task(fleet, added)["assignee"]
    (other,) = set(BUILDERS) - {holder}
    checks.slow.unlink()
    os.kill(fleet.instances()[holder]["pid"], signal.SIGKILL)
    said = fleet.trinity("task", "assign", added, other)
    assert said.returncode == 0 or "has that task already" in said.stderr, "the coordinator was faster"
    assert gone(check), "the check outlived its instance"
    done = wait_until(lambda: (now := task(fleet, added))["state"] == "COMPLETED" and now, "it is done")
    assert (done["assignee"], done["reason"]) == (other, f"{other} says ok")
    completed = [row for row in done["history"] if row["type"] == "task_complete"]
    assert [row["from"] for row in completed] == [other], "who lost it said nothing of it"
    wait_until(lambda: task(fleet, last)["state"] == "COMPLETED", "what waited for it is done")
    assert fleet.lines("task", "list") == []
    assert {row["id"] for row in fleet.lines("task", "list", "--all")} == {added, last}
