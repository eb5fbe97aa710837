"""Any process may be killed at any instant: instances come back, the fleet lives on, nothing is twice."""

from __future__ import annotations

import os
import shutil
import signal
from typing import TYPE_CHECKING, Any

from fleet import LOOKS_OFTEN, wait_until
from patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from fleet import Fleet


def pids(fleet: Fleet) -> dict[str, int]:
    return {name: one["pid"] for name, one in fleet.instances().items()}


def test_a_killed_instance_is_back_and_what_was_sent_to_it_is_handled_once(fleet: Fleet) -> None:
    fleet.serve()
    before = fleet.instances()["explorer-1"]
    os.kill(before["pid"], signal.SIGKILL)
    chain = fleet.ask("explorer-1", "search: refresh")
    assert chain["stage"] == "answered"

    def is_back() -> dict[str, Any] | None:
        one = fleet.instances()["explorer-1"]
        return one if one["state"] == "ONLINE" and one["pid"] != before["pid"] else None

    after = wait_until(is_back, "explorer-1 back")
    assert after["restarts"] == before["restarts"] + 1
    rows = fleet.messages()
    assert sum(row.get("reply_to") == chain["id"] for row in rows) == 1
    crashes = [row for row in rows if row["type"] == "status" and row["metadata"].get("crash")]
    assert [row["metadata"]["instance"] for row in crashes] == ["explorer-1"]
    assert "signal 9" in crashes[0]["metadata"]["crash"]


def test_the_fleet_outlives_its_coordinator_and_is_taken_over(fleet: Fleet) -> None:
    fleet.write_config(LOOKS_OFTEN)
    first = fleet.serve()
    before = pids(fleet)
    first.kill()
    first.wait()
    assert set(before.values()) < set(fleet.processes())
    # Nobody is there to see it, and yet it is on record: instances write to the bus themselves.
    (fleet.root / "shop" / "late.py").write_text("def late(seen=[]):\n    return seen\n")
    segments = fleet.root / ".trinity" / "bus" / "log"
    wait_until(lambda: any(b"late.py" in path.read_bytes() for path in segments.glob("*.jsonl")), "it being on record")
    fleet.serve()
    assert pids(fleet) == before
    assert sorted(pid for pid in fleet.processes() if pid in before.values()) == sorted(before.values())
    found = [row["content"] for row in fleet.messages(kind="finding")]
    assert any("shop/late.py" in text for text in found)


def test_supervisord_600_after_its_kill_every_instance_is_there_once(fleet: Fleet) -> None:
    """supervisord, killed and started again, knows nothing of what it left running, and starts all of it once more."""

    def of_each() -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for pid, words in fleet.commands().items():
            if b"--instance" in words:
                found.setdefault(words[words.index(b"--instance") + 1].decode(), []).append(pid)
        return found

    child = fleet.serve()
    before = pids(fleet)
    once = {name: [pid] for name, pid in before.items()}
    for _ in range(3):
        child.kill()
        child.wait()
        # What an instance starts looks like itself until it has become something else.
        wait_until(lambda: of_each() == once, "each is there once")
        child = fleet.serve()
        assert pids(fleet) == before
        wait_until(lambda: of_each() == once, "each is there once")


def test_the_fleet_outlives_its_keeper(fleet: Fleet) -> None:
    first = fleet.serve()
    before = pids(fleet)
    hows = {name: one["how"] for name, one in fleet.instances().items()}
    keeper = fleet.status()["coordinator"]["keeper"]
    os.kill(keeper, signal.SIGKILL)
    wait_until(lambda: fleet.status()["coordinator"]["keeper"] not in (None, keeper), "another keeper")
    assert pids(fleet) == before
    os.kill(before["lead-1"], signal.SIGKILL)
    wait_until(lambda: pids(fleet)["lead-1"] not in (0, None, before["lead-1"]), "lead-1 back under the new keeper")
    fleet.wait_for_states()
    first.kill()
    first.wait()
    fleet.serve()
    assert {name: pid for name, pid in pids(fleet).items() if name != "lead-1"} == {
        name: pid for name, pid in before.items() if name != "lead-1"
    }
    assert {name: one["how"] for name, one in fleet.instances().items()} == hows


def test_a_second_coordinator_is_refused_in_a_sentence(running_fleet: Fleet) -> None:
    before = pids(running_fleet)
    done = running_fleet.trinity("serve")
    assert done.returncode == 1
    assert done.stderr == f"trinity: another coordinator already runs for {running_fleet.root}\n"
    assert pids(running_fleet) == before


def test_a_frozen_instance_is_unknown_and_freezes_nobody(running_fleet: Fleet) -> None:
    frozen = running_fleet.instances()["builder-1"]["pid"]
    os.kill(frozen, signal.SIGSTOP)
    try:
        chain = running_fleet.ask("explorer-1", "search: total")
        assert chain["stage"] == "answered"
        wait_until(lambda: running_fleet.instances()["builder-1"]["state"] == "UNKNOWN", "builder-1 UNKNOWN")
    finally:
        os.kill(frozen, signal.SIGCONT)
    running_fleet.wait_for_states()


def test_down_leaves_no_process_and_no_socket(fleet: Fleet) -> None:
    fleet.serve()
    assert len(fleet.processes()) >= 6
    assert fleet.trinity("down", "--yes").returncode == 0
    assert fleet.processes() == []
    assert list((fleet.root / ".trinity" / "run").glob("*.sock")) == []
    assert fleet.trinity("status").returncode == 3


def test_down_also_ends_a_fleet_whose_coordinator_died(fleet: Fleet) -> None:
    first = fleet.serve()
    first.kill()
    first.wait()
    assert fleet.trinity("down", "--yes").returncode == 0
    assert fleet.processes() == []


def test_a_stop_and_a_pause_hold_over_a_coordinators_life(fleet: Fleet) -> None:
    def states() -> dict[str, str]:
        return {name: one["state"] for name, one in fleet.instances().items()}

    fleet.write_config(instances={"explorer-1": "explorer", "builder-1": "builder", "lead-1": "lead"})
    first = fleet.serve()
    fleet.trinity("stop", "lead-1")
    fleet.trinity("pause", "builder-1")
    held = {"explorer-1": "ONLINE", "builder-1": "PAUSED", "lead-1": "OFFLINE"}
    wait_until(lambda: states() == held, "one OFFLINE, one PAUSED")
    first.kill()
    first.wait()
    fleet.serve(ready=False)
    wait_until(lambda: states() == held, "the next coordinator holds them so")
    fleet.trinity("start", "lead-1")
    fleet.trinity("resume", "builder-1")
    fleet.wait_for_states()


def test_the_runtime_folder_deleted_stops_everything_and_says_what_went(fleet: Fleet) -> None:
    child = fleet.serve()
    os.kill(child.pid, signal.SIGSTOP)
    shutil.rmtree(fleet.root / ".trinity", ignore_errors=True)
    second = fleet.trinity("serve")
    os.kill(child.pid, signal.SIGCONT)
    assert second.returncode == 1
    assert "another coordinator" in second.stderr
    assert child.wait(PATIENCE_SECONDS) == 1
    wait_until(lambda: fleet.processes() == [], "every process gone")
    log = (fleet.root / "serve.log").read_text()
    assert "was deleted while running" in log
    assert "Traceback" not in log


def test_the_runtime_folder_deleted_without_a_coordinator_leaves_no_second_fleet(fleet: Fleet) -> None:
    first = fleet.serve()
    before = set(pids(fleet).values())
    first.kill()
    first.wait()
    shutil.rmtree(fleet.root / ".trinity", ignore_errors=True)
    fleet.serve()
    after = set(pids(fleet).values())
    assert before.isdisjoint(after)
    wait_until(lambda: before.isdisjoint(fleet.processes()), "the first fleet gone")
    wait_until(lambda: len(fleet.processes()) == 6, "one fleet")
    assert fleet.ask("lead-1", "search: refresh")["stage"] == "answered"


def test_instances_whose_folder_was_deleted_stop_by_themselves(fleet: Fleet) -> None:
    first = fleet.serve()
    instances = set(pids(fleet).values())
    first.kill()
    first.wait()
    shutil.rmtree(fleet.root / ".trinity", ignore_errors=True)
    wait_until(lambda: instances.isdisjoint(fleet.processes()), "every instance gone")
