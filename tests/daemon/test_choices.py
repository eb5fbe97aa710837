"""Instances are added, removed and scaled while the fleet works; the choice outlives everything, the file stays."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from fleet import wait_until
from trinity_tui.client import api
from trinity_tui.core.errors import ClientError
from trinity_tui.core.paths import Workspace

if TYPE_CHECKING:
    from fleet import Fleet


TEAM = {"lead-1": "lead", "reflector-1": "reflector"}


@pytest.fixture
def fleet(fleet: Fleet) -> Fleet:
    """Two instances: one to choose about, one that it does not concern."""
    fleet.write_config(instances=TEAM)
    return fleet


def pids(fleet: Fleet) -> dict[str, int]:
    return {name: one["pid"] for name, one in fleet.instances().items()}


def wait_for(fleet: Fleet, name: str, state: str = "ONLINE") -> None:
    wait_until(lambda: fleet.instances().get(name, {}).get("state") == state, f"{name} {state}")


def test_an_added_one_works_and_is_there_after_kill_9(fleet: Fleet) -> None:
    first = fleet.serve()
    before, text = pids(fleet), (fleet.root / "instances.toml").read_text()
    done = fleet.json("add", "guide-1", "--role", "guide", "--persona", 'Says "yes".')
    assert done == {"came": ["guide-1"], "waiting": {"guide-1": 0}}
    wait_for(fleet, "guide-1")
    assert fleet.ask("guide-1", "hello")["stage"] == "answered"
    after = pids(fleet)
    assert {name: after[name] for name in before} == before
    first.kill()
    first.wait()
    fleet.serve()
    assert pids(fleet) == after
    assert [one["id"] for one in fleet.instances().values() if one["chosen"]] == ["guide-1"]
    assert (fleet.root / "instances.toml").read_text() == text


def test_what_waits_for_a_removed_one_is_said_and_waits(fleet: Fleet) -> None:
    fleet.serve()
    victim = fleet.instances()["lead-1"]["pid"]
    os.kill(victim, signal.SIGSTOP)
    sent = fleet.json("send", "lead-1", "search: refresh")
    done = fleet.trinity("remove", "lead-1", "--yes")
    assert "removed: lead-1" in done.stdout
    assert "1 message to lead-1 is unread; `trinity add lead-1` goes on there" in done.stdout
    wait_until(lambda: "lead-1" not in fleet.instances(), "lead-1 out of the view")
    assert victim not in fleet.processes()
    assert fleet.trinity("send", "lead-1", "anybody there").returncode == 4
    back = fleet.json("add", "lead-1")
    assert back["came"] == ["lead-1"]
    wait_for(fleet, "lead-1")
    answers = wait_until(lambda: [row for row in fleet.messages() if row.get("reply_to") == sent["id"]], "the answer")
    assert len(answers) == 1
    assert not fleet.instances()["lead-1"]["chosen"]


def test_a_removed_one_stays_away_until_the_file_forgot_it(fleet: Fleet) -> None:
    first = fleet.serve()
    fleet.json("remove", "lead-1", "--yes")
    wait_until(lambda: "lead-1" not in fleet.instances(), "lead-1 out of the view")
    first.kill()
    first.wait()
    fleet.serve()
    assert set(fleet.instances()) == set(TEAM) - {"lead-1"}
    overrides = fleet.root / ".trinity/overrides.toml"
    text = (fleet.root / "instances.toml").read_text()
    fleet.write_config(instances={name: role for name, role in TEAM.items() if name != "lead-1"})
    wait_until(lambda: "lead-1" not in overrides.read_text(), "the choice being forgotten")
    (fleet.root / "instances.toml").write_text(text)
    wait_for(fleet, "lead-1")


def test_one_that_was_stopped_before_it_was_removed_runs_when_it_is_added_again(fleet: Fleet) -> None:
    fleet.serve()
    fleet.trinity("stop", "lead-1")
    wait_for(fleet, "lead-1", "OFFLINE")
    fleet.json("remove", "lead-1", "--yes")
    wait_until(lambda: "lead-1" not in fleet.instances(), "lead-1 out of the view")
    fleet.json("add", "lead-1")
    wait_for(fleet, "lead-1")
    assert fleet.instances()["lead-1"]["pid"]


def refusal(fleet: Fleet, route: str, **body: Any) -> tuple[int, str]:
    with pytest.raises(ClientError) as refused:
        api.call(Workspace(fleet.root), "POST", route, body)
    return refused.value.exit_code, refused.value.sentence()


REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("/add", {"id": "lead-1", "role": "lead"}, 1, "there is an instance lead-1 already"),
    ("/add", {"id": "Lead", "role": "lead"}, 2, "is no id"),
    ("/add", {"id": "guide-1", "role": "gide"}, 2, 'unknown role "gide" (did you mean "guide"?)'),
    ("/add", {"id": "guide-1"}, 2, "missing key `role`"),
    ("/remove", {"id": "led-1"}, 4, "Did you mean lead-1?"),
    ("/scale", {"id": "lead-1", "replicas": 3}, 2, "it has no replicas"),
]


def test_what_cannot_be_is_refused_in_a_sentence_and_changes_nothing(fleet: Fleet) -> None:
    fleet.write_config(instances={"lead-1": "lead"})
    fleet.serve()
    for route, body, code, says in REFUSED:
        exit_code, sentence = refusal(fleet, route, **body)
        assert (exit_code, says in sentence) == (code, True), f"{route} {body}: {sentence}"
        assert not (fleet.root / ".trinity/overrides.toml").exists(), f"{route} {body}"
        assert set(fleet.instances()) == {"lead-1"}, f"{route} {body}"


def test_a_damaged_file_of_choices_is_said_and_not_overwritten(fleet: Fleet) -> None:
    runtime = fleet.root / ".trinity"
    runtime.mkdir(mode=0o700)
    (runtime / "overrides.toml").write_text("removed = [")
    fleet.serve()
    assert any("overrides.toml: is damaged" in notice for notice in fleet.status()["notices"])
    done = fleet.trinity("add", "guide-1", "--role", "guide")
    assert done.returncode == 2
    assert "overrides.toml" in done.stderr
    assert (runtime / "overrides.toml").read_text() == "removed = ["


def test_choices_of_a_newer_version_are_refused_and_left_alone(fleet: Fleet) -> None:
    runtime = fleet.root / ".trinity"
    runtime.mkdir(mode=0o700)
    (runtime / "overrides.toml").write_text("format = 9\n")
    done = fleet.trinity("serve")
    assert done.returncode == 1
    assert "overrides.toml has format 9, written by a newer Trinity; this one reads up to 2" in done.stderr
    assert (runtime / "overrides.toml").read_text() == "format = 9\n"
    assert fleet.processes() == []


def test_replicas_come_and_go_by_number_and_the_others_are_not_touched(fleet: Fleet) -> None:
    fleet.write_config(instances={"lead-1": "lead"})
    config = fleet.root / "instances.toml"
    config.write_text(config.read_text() + '\n[instances.araya]\nrole = "guide"\nreplicas = 2\n')
    first = fleet.serve()
    before = pids(fleet)
    assert set(before) == {"lead-1", "araya-1", "araya-2"}
    done = fleet.json("scale", "araya", "4")
    assert (done["came"], done["went"]) == (["araya-3", "araya-4"], [])
    wait_for(fleet, "araya-4")
    fleet.wait_for_states()
    four = pids(fleet)
    assert {name: four[name] for name in before} == before
    first.kill()
    first.wait()
    fleet.serve()
    assert pids(fleet) == four
    done = fleet.json("scale", "araya", "1")
    assert (done["came"], done["went"]) == ([], ["araya-2", "araya-3", "araya-4"])
    wait_until(lambda: set(fleet.instances()) == {"lead-1", "araya-1"}, "the highest numbers gone")
    assert pids(fleet) == {name: before[name] for name in ("lead-1", "araya-1")}
    assert fleet.trinity("remove", "araya-1", "--yes").returncode == 2
    assert fleet.json("remove", "araya", "--yes")["went"] == ["araya-1"]
    wait_until(lambda: set(fleet.instances()) == {"lead-1"}, "araya gone")


def test_what_others_wait_for_is_not_removed_from_under_them(fleet: Fleet) -> None:
    fleet.serve()
    assert fleet.json("add", "guide-1", "--role", "guide", "--after", "lead-1")["came"] == ["guide-1"]
    wait_for(fleet, "guide-1")
    done = fleet.trinity("remove", "lead-1", "--yes")
    assert done.returncode == 2
    assert 'lead-1 cannot be removed: instance "guide-1": key "after": unknown instance "lead-1"' in done.stderr
    assert "lead-1" in fleet.instances()


def test_a_file_that_an_addition_does_not_fit_is_told_so(fleet: Fleet) -> None:
    fleet.serve()
    fleet.json("add", "guide-1", "--role", "guide", "--after", "lead-1")
    wait_for(fleet, "guide-1")
    fleet.write_config(instances={name: role for name, role in TEAM.items() if name != "lead-1"})
    words = 'overrides.toml: instance "guide-1": key "after": unknown instance "lead-1"'
    wait_until(lambda: any(words in notice for notice in fleet.status()["notices"]), "the notice")
    assert "lead-1" in fleet.instances()
