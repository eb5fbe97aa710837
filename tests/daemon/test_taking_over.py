"""What is said over the death of a coordinator, or its standstill: how they stand, who is paused, and who ended."""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from fleet import CONFIG, wait_until
from trinity_tui.cli.lifecycle import tell_stopped
from trinity_tui.client import api
from trinity_tui.core.errors import ClientError
from trinity_tui.core.wire.live import SILENT_SECONDS
from trinity_tui.supervision.records import living, load

if TYPE_CHECKING:
    from collections.abc import Generator

    from fleet import Fleet


def states_of(fleet: Fleet, name: str) -> list[str]:
    """Every state that is on record of an instance, oldest first."""
    told = [row["metadata"] for row in fleet.messages(kind="status", limit=500)]
    return [data["state"] for data in told if data.get("instance") == name]


def test_states_keep_their_age_over_the_death_of_a_coordinator(fleet: Fleet) -> None:
    fleet.write_config(CONFIG, {"lead-1": "lead", "builder-1": "builder"})
    with (fleet.root / "instances.toml").open("a") as config:
        config.write('brain = "ollama:none"\n')
    first = fleet.serve(ready=False)
    wait_until(lambda: states_of_now(fleet) == {"lead-1": "ONLINE", "builder-1": "DEGRADED"}, "a DEGRADED builder")
    silent = fleet.instances()["lead-1"]["pid"]
    os.kill(silent, signal.SIGSTOP)
    try:
        wait_until(lambda: states_of_now(fleet)["lead-1"] != "ONLINE", "a silent lead")
        before = {name: len(states_of(fleet, name)) for name in ("lead-1", "builder-1")}
        first.kill()
        first.wait()
        fleet.serve(ready=False)
        wait_until(fleet.status, "the next one")
        wait_until(lambda: len(states_of(fleet, "builder-1")) > before["builder-1"], "its word")
        wait_until(lambda: fleet.instances()["builder-1"]["brain"] == "builtin", "builder-1 on its lane")
        for name, known in before.items():
            since = states_of(fleet, name)[known:]
            assert since
            assert "ONLINE" not in since, name
    finally:
        os.kill(silent, signal.SIGCONT)
    wait_until(lambda: states_of_now(fleet)["lead-1"] == "ONLINE", "lead-1 heard again")


def states_of_now(fleet: Fleet) -> dict[str, str]:
    return {name: one["state"] for name, one in fleet.instances().items()}


def test_who_lived_while_the_coordinator_stood_still_is_not_called_silent(fleet: Fleet) -> None:
    fleet.write_config(CONFIG, {"lead-1": "lead", "builder-1": "builder"})
    coordinator = fleet.serve()
    killed = fleet.instances()["lead-1"]["pid"]
    before = {name: len(states_of(fleet, name)) for name in ("lead-1", "builder-1")}
    os.kill(coordinator.pid, signal.SIGSTOP)
    try:
        os.kill(killed, signal.SIGKILL)
        until = time.monotonic() + SILENT_SECONDS + 2.0
        wait_until(lambda: time.monotonic() > until, "a time after which who is not heard of is silent")
    finally:
        os.kill(coordinator.pid, signal.SIGCONT)
    wait_until(lambda: fleet.instances().get("lead-1", {}).get("pid", 0) not in (0, killed), "another lead-1")
    fleet.wait_for_states()
    assert states_of(fleet, "builder-1")[before["builder-1"] :] == []
    since = states_of(fleet, "lead-1")[before["lead-1"] :]
    assert (since[-1], "UNKNOWN" in since) == ("ONLINE", False)


@contextmanager
def log_held(fleet: Fleet) -> Generator[None]:
    """Nothing can be appended to the log meanwhile."""
    with (fleet.root / ".trinity/bus/LOCK").open("r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def answering(fleet: Fleet) -> int:
    """The pid of the coordinator that answers; 0 where none does."""
    with suppress(ClientError):
        return api.call(fleet.workspace, "GET", "/health")["pid"]
    return 0


def test_who_died_with_the_coordinator_is_never_shown_alive_by_the_next_one(fleet: Fleet) -> None:
    fleet.write_config(CONFIG, {"lead-1": "lead"})
    first = fleet.serve()
    dead = fleet.instances()["lead-1"]
    first.kill()
    first.wait()
    os.kill(dead["pid"], signal.SIGKILL)
    told: list[dict[str, dict[str, Any]]] = []
    asking = threading.Thread(target=lambda: told.append(fleet.instances()))
    with log_held(fleet):
        second = fleet.serve(ready=False)
        wait_until(lambda: answering(fleet) == second.pid, "one that answers and can say nothing yet")
        asking.start()
        # By the time this is answered, what was asked before it is heard.
        for _ in range(20):
            assert answering(fleet)
    asking.join()
    (instances,) = told
    assert (instances["lead-1"]["state"], instances["lead-1"]["pid"]) != ("ONLINE", dead["pid"])
    fleet.wait_for_states()
    assert fleet.instances()["lead-1"]["pid"] != dead["pid"]


def test_a_pause_is_confirmed_once_it_is_on_record(fleet: Fleet) -> None:
    fleet.write_config(CONFIG, {"lead-1": "lead"})
    first = fleet.serve()
    told: list[dict[str, Any]] = []
    asking = threading.Thread(target=lambda: told.append(api.call(fleet.workspace, "POST", "/pause", {"who": "all"})))
    with log_held(fleet):
        asking.start()
        for _ in range(5):
            assert answering(fleet)
        assert told == []
    asking.join()
    first.kill()
    first.wait()
    assert told == [{"instances": ["lead-1"]}]
    fleet.serve(ready=False)
    wait_until(lambda: states_of_now(fleet) == {"lead-1": "PAUSED"}, "what was confirmed")


def test_everything_is_stopped_only_where_nobody_lives(fleet: Fleet) -> None:
    fleet.write_config(CONFIG, {"lead-1": "lead"})
    coordinator = fleet.serve()
    lead = fleet.instances()["lead-1"]["pid"]
    # As where it is killed over it: who waited for its end finds the others alive.
    coordinator.kill()
    coordinator.wait()
    with pytest.raises(ClientError, match=rf"not everything is stopped: the keeper \(pid \d+\), lead-1 \(pid {lead}\)"):
        tell_stopped(fleet.workspace, as_json=False)
    done = fleet.trinity("down", "--yes")
    assert (done.returncode, done.stdout) == (0, "Everything is stopped.\n")
    assert living(fleet.workspace) == {}


def test_a_stop_that_cannot_be_written_down_is_said_and_written_as_soon_as_it_can(fleet: Fleet) -> None:
    fleet.write_config(CONFIG, {"lead-1": "lead"})
    fleet.serve()
    record = fleet.workspace.instance("lead-1").process
    record.unlink()
    record.mkdir()
    done = fleet.trinity("stop", "lead-1")
    assert done.returncode == 1
    assert "done, but the next coordinator would not know" in done.stderr
    wait_until(lambda: states_of_now(fleet) == {"lead-1": "OFFLINE"}, "lead-1 stopped all the same")
    record.rmdir()
    wait_until(record.exists, "what was wanted, written down")
    assert load(fleet.workspace.instance("lead-1")).override == "down"
