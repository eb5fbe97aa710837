"""instances.toml is edited while a fleet works: what changed is applied, what did not is not touched."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from fleet import CONFIG, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from fleet import Fleet

TEAM = {"builder-1": "builder", "lead-1": "lead"}


@pytest.fixture
def fleet(fleet: Fleet) -> Fleet:
    """Two instances: enough for one that something befalls, and one that it does not."""
    fleet.write_config(instances=TEAM)
    return fleet


def pids(fleet: Fleet) -> dict[str, int]:
    return {name: one["pid"] for name, one in fleet.instances().items()}


def edit(fleet: Fleet, change: Callable[[str], str]) -> None:
    """As an editor saves: a file beside it, renamed over it."""
    path = fleet.root / "instances.toml"
    beside = fleet.root / ".instances.toml.swp"
    beside.write_text(change(path.read_text()))
    os.replace(beside, path)


def said(fleet: Fleet) -> str:
    return "\n".join(fleet.status()["notices"])


def test_a_new_persona_restarts_one_and_touches_no_other(fleet: Fleet) -> None:
    fleet.serve()
    before = fleet.instances()
    edit(fleet, lambda text: text.replace('role = "builder"', 'role = "builder"\npersona = "Wild."'))
    wait_until(lambda: fleet.instances()["builder-1"]["epoch"] > before["builder-1"]["epoch"], "builder-1 restarted")
    after = fleet.wait_for_states()
    same = set(TEAM) - {"builder-1"}
    assert {name: after[name]["pid"] for name in same} == {name: before[name]["pid"] for name in same}
    assert after["builder-1"]["epoch"] == before["builder-1"]["epoch"] + 1
    assert after["builder-1"]["restarts"] == before["builder-1"]["restarts"]
    assert "Wild." in (fleet.root / ".trinity/instances/builder-1/brief.json").read_text()
    assert "instances.toml: builder-1 restarts with its new persona" in (fleet.root / "serve.log").read_text()
    edit(fleet, lambda text: text.replace('persona = "Wild."', 'persona = "Wild."\ncwd = "/"'))
    waits = "instances.toml: builder-1 has a new cwd: waits for your word to run in /"
    wait_until(lambda: waits in (fleet.root / "serve.log").read_text(), "who waits being said to wait")


def test_who_is_written_comes_and_who_is_struck_out_leaves(fleet: Fleet) -> None:
    fleet.serve()
    before = pids(fleet)
    edit(fleet, lambda text: text.replace("[instances.lead-1]", "[instances.lead-2]"))
    wait_until(lambda: "lead-1" not in fleet.instances(), "lead-1 out of the view")
    wait_until(lambda: fleet.instances().get("lead-2", {}).get("state") == "ONLINE", "lead-2 at work")
    after = pids(fleet)
    assert before.pop("lead-1") not in fleet.processes()
    assert after.pop("lead-2")
    assert after == before
    assert fleet.ask("lead-2", "hello")["stage"] == "answered"


def test_an_error_keeps_what_holds_and_says_where_it_is(fleet: Fleet) -> None:
    fleet.serve()
    before = pids(fleet)
    edit(fleet, lambda text: text.replace('role = "lead"', 'role = "leed"'))
    line = (fleet.root / "instances.toml").read_text().splitlines().index('role = "leed"') + 1
    problem = f'instances.toml:{line}: instance "lead-1": unknown role "leed" (did you mean "lead"?)'
    wait_until(lambda: problem in said(fleet), "the problem being said")
    assert pids(fleet) == before
    shown = fleet.trinity("status").stdout
    assert f"! {problem}. What held before holds on." in shown
    edit(fleet, lambda text: text.replace("leed", "lead"))
    wait_until(lambda: not said(fleet), "the problem being taken back")
    assert pids(fleet) == before


def test_a_file_that_vanishes_or_is_empty_stops_nobody(fleet: Fleet) -> None:
    fleet.serve()
    before = pids(fleet)
    path = fleet.root / "instances.toml"
    text = path.read_text()
    path.unlink()
    wait_until(lambda: "cannot be read" in said(fleet), "that it is gone")
    path.touch()
    wait_until(lambda: "is empty" in said(fleet), "that it is empty")
    path.write_text(text + '\n[instances.guide-1]\nrole = "guide"\n')
    wait_until(lambda: fleet.instances().get("guide-1", {}).get("state") == "ONLINE", "guide-1")
    assert {name: pid for name, pid in pids(fleet).items() if name != "guide-1"} == before
    wait_until(lambda: "instances.toml is" not in said(fleet) and "cannot" not in said(fleet), "the notice being gone")


def test_of_two_saves_at_once_the_last_one_holds(fleet: Fleet) -> None:
    fleet.serve()
    before = pids(fleet)
    path = fleet.root / "instances.toml"
    text = path.read_text()
    path.write_text(text + '\n[instances.guide-1]\nrole = "guide"\n')
    path.write_text(text + '\n[instances.guide-2]\nrole = "guide"\n')
    wait_until(lambda: fleet.instances().get("guide-2", {}).get("state") == "ONLINE", "guide-2")
    assert {name: pid for name, pid in pids(fleet).items() if name != "guide-2"} == before


def test_a_file_that_is_being_written_counts_when_it_is_whole(fleet: Fleet) -> None:
    fleet.serve()
    before = pids(fleet)
    path = fleet.root / "instances.toml"
    text = path.read_text() + '\n[instances.guide-1]\nrole = "guide"\n'
    with path.open("w") as file:
        for start in range(0, len(text), 40):
            file.write(text[start : start + 40])
            file.flush()
    wait_until(lambda: fleet.instances().get("guide-1", {}).get("state") == "ONLINE", "guide-1")
    assert {name: pid for name, pid in pids(fleet).items() if name != "guide-1"} == before
    assert "leaves" not in (fleet.root / "serve.log").read_text()


def test_a_save_during_a_restart_is_applied_once(fleet: Fleet) -> None:
    fleet.serve()
    before = fleet.instances()
    fleet.trinity("restart", "builder-1")
    edit(fleet, lambda text: text.replace('role = "builder"', 'role = "builder"\npersona = "Wild."'))
    brief = fleet.root / ".trinity/instances/builder-1/brief.json"
    wait_until(lambda: "Wild." in brief.read_text(), "the new persona")

    def is_at_work() -> bool:
        one = fleet.instances()["builder-1"]
        return one["state"] == "ONLINE" and one["epoch"] > before["builder-1"]["epoch"]

    def is_one() -> bool:
        there = [pid for pid, words in fleet.commands().items() if b"builder-1" in words]
        return there == [fleet.instances()["builder-1"]["pid"]]

    wait_until(is_at_work, "builder-1 at work")
    # The save may follow the restart with one of its own.
    wait_until(is_one, "one process of builder-1, the one that is shown")
    after = fleet.instances()
    same = set(TEAM) - {"builder-1"}
    assert {name: after[name]["pid"] for name in same} == {name: before[name]["pid"] for name in same}


def test_where_it_listens_waits_for_the_next_coordinator_and_says_so(fleet: Fleet) -> None:
    fleet.serve()
    before = pids(fleet)
    edit(fleet, lambda text: text.replace("port = 0", 'port = 0\ncomputer = "C7"'))
    wait_until(lambda: "[serve] computer counts from `trinity restart --coordinator` on" in said(fleet), "the notice")
    edit(fleet, lambda text: text.replace('computer = "C7"\n', ""))
    wait_until(lambda: not said(fleet), "the notice being gone")
    assert pids(fleet) == before


def test_a_stopped_one_stays_stopped_whatever_its_new_persona(fleet: Fleet) -> None:
    fleet.serve()
    fleet.trinity("stop", "builder-1")
    wait_until(lambda: fleet.instances()["builder-1"]["state"] == "OFFLINE", "builder-1 stopped")
    edit(fleet, lambda text: text.replace('role = "builder"', 'role = "builder"\npersona = "Wild."'))
    brief = fleet.root / ".trinity/instances/builder-1/brief.json"
    wait_until(lambda: "Wild." in brief.read_text(), "the new persona")
    assert fleet.instances()["builder-1"]["state"] == "OFFLINE"
    fleet.trinity("start", "builder-1")
    fleet.wait_for_states()


def test_a_fleet_without_a_table_for_anyone_empties(fleet: Fleet) -> None:
    fleet.serve()
    edit(fleet, lambda _: CONFIG)
    wait_until(lambda: fleet.status().get("instances") == [], "nobody left")
