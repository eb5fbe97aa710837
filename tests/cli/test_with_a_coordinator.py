"""The commands on a running coordinator: looking, starting, stopping, and text where no terminal is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from fleet import wait_until
from patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from fleet import Fleet


def test_looking_starting_and_stopping(fleet: Fleet) -> None:
    fleet.serve()
    status = fleet.json("status")
    keys = {"id", "role", "state", "activity", "reason", "source", "pid", "restarts", "uptime_s", "cpu_percent",
            "rss_bytes", "inbox_depth"}  # fmt: skip
    assert keys <= set(status["instances"][0])
    assert "explorer-1" in fleet.trinity("status").stdout
    lines = fleet.json("log", "lead-1")["lines"]
    assert any("works on" in line for line in lines)
    assert fleet.trinity("log", "led-1").returncode == 4
    assert fleet.json("stop", "role:lead")["instances"] == ["lead-1"]
    wait_until(lambda: fleet.instances()["lead-1"]["state"] == "OFFLINE", "lead-1 OFFLINE")
    assert fleet.json("start", "lead-1")["instances"] == ["lead-1"]
    fleet.wait_for_states()
    before = fleet.instances()["builder-1"]["pid"]
    fleet.json("restart", "builder-1")
    wait_until(lambda: fleet.instances()["builder-1"]["pid"] not in (None, before), "builder-1 restarted")
    assert len(fleet.json("pause", "all")["instances"]) == 4
    fleet.wait_for_states("PAUSED")
    fleet.json("resume", "all")
    fleet.wait_for_states()


def test_a_terminal_of_another_encoding_gets_what_it_has(running_fleet: Fleet) -> None:
    env = os.environ | {"PYTHONIOENCODING": "latin-1"}
    command = [sys.executable, "-m", "trinity_tui", "-C", str(running_fleet.root)]
    shown = subprocess.run(
        [*command, "status"], capture_output=True, timeout=PATIENCE_SECONDS, check=True, env=env
    ).stdout
    assert b"\no explorer-1 " in shown
    running_fleet.trinity("send", "all", "\u770b \x1b[2J")
    said = subprocess.run(
        [*command, "messages"], capture_output=True, timeout=PATIENCE_SECONDS, check=True, env=env
    ).stdout
    assert "? \u00b7[2J".encode("latin-1") in said


def test_messages_are_listed_and_followed(running_fleet: Fleet) -> None:
    follower = subprocess.Popen(
        [sys.executable, "-m", "trinity_tui", "-C", str(running_fleet.root), "messages", "--follow", "--to", "lead-1"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        sent = running_fleet.json("send", "lead-1", "search: refresh", "--wait", "answer")
        assert follower.stdout is not None
        # What others sent there comes first.
        assert any(sent["id"] in line for line in follower.stdout)
        rows = running_fleet.lines("messages", "--from", str(sent["position"]), "--limit", "1")
        assert [row["id"] for row in rows] == [sent["id"]]
    finally:
        follower.send_signal(signal.SIGINT)
        assert follower.wait(PATIENCE_SECONDS) == 130
        follower.stdout.close() if follower.stdout else None


def test_without_a_terminal_the_room_is_text(fleet: Fleet) -> None:
    shown = subprocess.Popen(
        [sys.executable, "-m", "trinity_tui", "-C", str(fleet.root)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert shown.stdout is not None
        assert shown.stderr is not None
        assert "No terminal here" in shown.stderr.readline()
        told = shown.stdout.readline()
        while "lead-1" not in told or "online" not in told:
            told = shown.stdout.readline()
    finally:
        shown.send_signal(signal.SIGINT)
        assert shown.wait(PATIENCE_SECONDS) == 130
        for pipe in (shown.stdout, shown.stderr):
            pipe.close() if pipe else None
    # Leaving stopped nothing.
    assert all(one["state"] == "ONLINE" for one in fleet.instances().values())


def test_states_and_what_waits_are_followed_over_the_end_of_the_coordinator(fleet: Fleet) -> None:
    fleet.serve()
    fleet.wait_for_states()
    command = [sys.executable, "-m", "trinity_tui", "-C", str(fleet.root), "status", "--follow", "--json", "role:lead"]
    shown = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert shown.stdout is not None

    def until(**wanted: str) -> None:
        assert shown.stdout is not None
        told: dict[str, str] = {}
        while {key: told.get(key) for key in wanted} != wanted:
            told = json.loads(shown.stdout.readline())
            assert told["id"] in ("lead-1", "coordinator")

    try:
        until(kind="state", id="lead-1", state="ONLINE")
        fleet.json("pause", "lead-1")
        until(kind="state", id="lead-1", state="PAUSED")
        fleet.json("resume", "lead-1")
        until(kind="state", id="lead-1", state="ONLINE")
        fleet.trinity("down", "--yes")
        until(kind="link", state="lost")
        fleet.serve()
        until(kind="link", state="up")
    finally:
        shown.send_signal(signal.SIGINT)
        assert shown.wait(PATIENCE_SECONDS) == 130
        shown.stdout.close()


def test_what_nobody_would_take_is_refused(running_fleet: Fleet) -> None:
    for words, code in (
        (("human", "hello"), 2),
        (("coordinator", "hello"), 2),
        (("C2", "hello"), 4),
        (("lead-1", "   "), 2),
        (("lead-1", "x", "--type", "receipt"), 2),
        (("lead-1", "x", "--type", "dance"), 2),
    ):
        assert running_fleet.trinity("send", *words).returncode == code, words
    assert running_fleet.status()["forbidden"] == 0
    assert running_fleet.trinity("send", "lead-1", os.fsdecode(b"bad \xff bytes")).returncode == 0


def test_a_fleet_that_runs_is_reached_while_its_configuration_is_gone(fleet: Fleet) -> None:
    fleet.serve()
    (fleet.root / "instances.toml").unlink()
    assert [one["id"] for one in fleet.json("status")["instances"]] == list(fleet.instances())
    assert fleet.trinity("down", "--yes").returncode == 0
    assert fleet.processes() == []
    gone = fleet.trinity("status")
    assert gone.returncode == 2
    assert "trinity init" in gone.stderr


def test_a_fleet_that_runs_is_shown_while_its_configuration_is_broken(fleet: Fleet) -> None:
    fleet.serve()
    (fleet.root / "instances.toml").write_text("[instances.lead-1]\nrole = 3\n")
    shown = subprocess.Popen(
        [sys.executable, "-m", "trinity_tui", "-C", str(fleet.root)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert shown.stdout is not None
        assert "online" in shown.stdout.readline()
    finally:
        shown.send_signal(signal.SIGINT)
        shown.communicate(timeout=PATIENCE_SECONDS)


def test_numbers_and_words_that_mean_nothing_are_refused_in_a_sentence(fleet: Fleet) -> None:
    for words in (("log", "lead-1", "-n", "-3"), ("messages", "--limit", "0")):
        assert fleet.trinity(*words).returncode == 2
    refused = fleet.trinity("send", "lead-1", "x", "--priority", "huge")
    assert refused.returncode == 2
    assert refused.stderr == "trinity: --priority takes low, normal, high, urgent, not 'huge'\n"


def test_who_reads_no_more_ends_the_following(fleet: Fleet) -> None:
    fleet.serve()
    command = [sys.executable, "-m", "trinity_tui", "-C", str(fleet.root), "status", "--follow"]
    shown = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert shown.stdout is not None
    assert shown.stderr is not None
    shown.stdout.readline()
    shown.stdout.close()
    fleet.json("pause", "lead-1")
    assert shown.wait(PATIENCE_SECONDS) == 0
    assert shown.stderr.read() == ""
    shown.stderr.close()
