"""A whole fleet whose log is in a NATS server: the same work, and the same promises, as over files."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from fleet import CONFIG, Fleet, plant, wait_until
from nats_server import NatsServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    """A server of this test's own: it is killed."""
    server = NatsServer(tmp_path / "nats")
    yield server
    server.close()


@pytest.fixture
def fleet(tmp_path: Path, server: NatsServer) -> Iterator[Fleet]:
    """Four instances on one small project."""
    root = tmp_path / "work"
    root.mkdir()
    fleet = Fleet(root)
    plant(root)
    fleet.write_config(CONFIG + f'\n[bus]\ncarrier = "{server.url}"\nstream = "shop"\n')
    yield fleet
    fleet.close()


def test_four_instances_work_over_a_server_and_through_its_death_and_the_coordinators(
    fleet: Fleet, server: NatsServer
) -> None:
    coordinator = fleet.serve()
    assert fleet.status()["coordinator"]["carrier"] == server.url
    wait_until(
        lambda: any("mutable" in one["content"] or "seen" in one["content"] for one in fleet.messages(kind="finding")),
        "what is wrong with the file",
    )
    answer = fleet.trinity("send", "explorer-1", "what do you see?", "--type", "question", "--wait", "answer")
    assert answer.returncode == 0, answer.stderr

    pids = {name: one["pid"] for name, one in fleet.instances().items()}
    os.kill(coordinator.pid, signal.SIGKILL)
    coordinator.wait()
    fleet.serve()
    assert {name: one["pid"] for name, one in fleet.instances().items()} == pids

    server.kill()
    wait_until(lambda: any("does not answer" in notice for notice in fleet.status()["notices"]), "a notice of the loss")
    server.start()
    wait_until(lambda: not fleet.status()["notices"], "the notice gone")
    answer = fleet.trinity("send", "explorer-1", "and now?", "--type", "question", "--wait", "answer")
    assert answer.returncode == 0, answer.stderr
    messages = fleet.messages(limit=1000)
    ids = [one["id"] for one in messages]
    assert len(ids) == len(set(ids))
    assert {name: one["pid"] for name, one in fleet.instances().items()} == pids


@pytest.fixture
def second(tmp_path: Path, server: NatsServer) -> Iterator[Fleet]:
    """Another computer on the same stream: three instances of the same names, on a project without faults."""
    root = tmp_path / "elsewhere"
    root.mkdir()
    fleet = Fleet(root)
    config = CONFIG + f'computer = "C2"\n\n[bus]\ncarrier = "{server.url}"\nstream = "shop"\n'
    fleet.write_config(config, {"explorer-1": "explorer", "builder-1": "builder", "lead-1": "lead"})
    yield fleet
    fleet.close()


def test_two_computers_work_on_one_stream_and_each_decides_about_its_own(fleet: Fleet, second: Fleet) -> None:
    fleet.serve()
    unknown = fleet.trinity("send", "C2/explorer-1", "are you there?")
    assert unknown.returncode == 4
    assert "no other computer is linked" in unknown.stderr
    second.serve()

    found = wait_until(lambda: second.messages(kind="finding"), "a finding of C1 in C2's messages")
    assert {one["from"] for one in found} <= {"C1/explorer-1", "C1/builder-1", "C1/reflector-1"}

    answer = fleet.json("send", "C2/explorer-1", "what do you see?", "--type", "question", "--wait", "answer")
    assert (answer["to"], answer["stage"]) == ("C2/explorer-1", "answered")
    assert answer["read_at"]
    wrong = fleet.trinity("send", "C2/explorer-7", "and you?")
    assert wrong.returncode == 4
    assert "There are: C2/builder-1, C2/explorer-1, C2/lead-1." in wrong.stderr
    assert "no computer C3" in fleet.trinity("send", "C3/explorer-1", "and you?").stderr

    # One ending, by the one coordinator whose person waits: the recipient does not run.
    assert second.trinity("stop", "builder-1").returncode == 0
    late = fleet.trinity("send", "C2/builder-1", "soon, please", "--ack-by", "1s", "--wait", "read")
    assert late.returncode == 5
    assert "not read by" in late.stderr
    for one, said in ((fleet, 1), (second, 0)):
        alerts = [
            alert
            for alert in one.lines("messages", "--type", "alert")
            if "soon" in str(alert) or "not read" in str(alert)
        ]
        assert len(alerts) == said
    assert {one["state"] for one in fleet.instances().values()} == {"ONLINE"}


def test_a_workspace_moves_to_a_server_and_goes_on_there(tmp_path: Path, server: NatsServer) -> None:
    root = tmp_path / "moving"
    root.mkdir()
    fleet = Fleet(root)
    plant(root)
    fleet.write_config()
    try:
        fleet.serve()
        wait_until(lambda: fleet.messages(kind="finding"), "findings")
        refused = fleet.trinity("bus", "migrate", server.url)
        assert refused.returncode == 1
        assert "trinity down" in refused.stderr
        assert fleet.trinity("down", "--yes").returncode == 0
        moved = fleet.json("bus", "migrate", server.url)
        again = fleet.json("bus", "migrate", server.url)
        assert (again["copied"], again["digest"]) == (0, moved["digest"])
        assert moved["messages"] > 0
        fleet.write_config(CONFIG + f'\n[bus]\ncarrier = "{server.url}"\n')
        assert "answers; stream" in fleet.trinity("doctor").stdout
        fleet.serve()
        assert fleet.status()["coordinator"]["carrier"] == server.url
        answer = fleet.trinity("send", "explorer-1", "what do you see?", "--type", "question", "--wait", "answer")
        assert answer.returncode == 0, answer.stderr
        assert fleet.trinity("down", "--yes").returncode == 0
        back = fleet.json("bus", "migrate", "files")
        assert back["messages"] > moved["messages"]
    finally:
        fleet.close()
