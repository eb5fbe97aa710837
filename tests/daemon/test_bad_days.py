"""Bad days: each gets one sentence with the next step, none a traceback, and none loses a message."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fleet import CONFIG, Fleet, plant, wait_until
from patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Generator


def sentence(done: subprocess.CompletedProcess[str], code: int) -> str:
    assert done.returncode == code, done
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("trinity: ")]
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_broken_configuration_names_line_key_and_the_nearest_one(fleet: Fleet) -> None:
    fleet.write_config(CONFIG.replace("survey_seconds", "survey_second"))
    said = sentence(fleet.trinity("serve"), 2)
    assert (
        said == 'trinity: instances.toml:2: [workspace]: unknown key "survey_second" (did you mean "survey_seconds"?)'
    )


def test_no_workspace_is_exit_2_naming_init(fleet: Fleet) -> None:
    (fleet.root / "instances.toml").unlink()
    assert "trinity init" in sentence(fleet.trinity("status"), 2)


def test_what_a_cloned_folder_brings_along_is_not_imported(fleet: Fleet) -> None:
    for name in ("msgspec", "argparse", "uvicorn", "trinity_tui"):
        (fleet.root / f"{name}.py").write_text("open('ran', 'w').close()\nraise SystemExit(9)\n")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "trinity_tui", "-C", ".", "send", "lead-1", "nobody is there"],
        cwd=fleet.root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    fleet.serve()
    assert fleet.ask("lead-1", "search: refresh")["stage"] == "answered"
    assert not (fleet.root / "ran").exists()


def test_a_port_in_use_leaves_the_socket(fleet: Fleet) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        fleet.write_config(CONFIG.replace("port = 0", f"port = {port}"))
        fleet.serve()
        status = fleet.status()
        assert status["coordinator"]["http"] == ""
        assert [notice for notice in status["notices"] if f"Port {port}" in notice]


def test_a_torn_last_line_is_fenced_and_nothing_else_is_lost(fleet: Fleet) -> None:
    first = fleet.serve()
    sent = fleet.ask("lead-1", "before the tear")
    first.kill()
    first.wait()
    segment = max((fleet.root / ".trinity/bus/log").glob("*.jsonl"))
    with segment.open("ab") as log:
        log.write(b'{"v":1,"id":"torn","from":"lead-1","to":"hum')
    fleet.serve()
    after = fleet.ask("lead-1", "after the tear")
    ids = [row["id"] for row in fleet.messages(limit=500)]
    assert sent["id"] in ids
    assert after["id"] in ids
    assert "torn" not in ids


def test_a_very_long_path_has_its_sockets_elsewhere() -> None:
    base = Path(tempfile.mkdtemp(prefix="trinity-test-")).resolve()
    root = base / ("a-long-way-down-" * 6) / ("and-further-still-" * 5)
    root.mkdir(parents=True)
    fleet = Fleet(root)
    try:
        plant(root)
        fleet.write_config()
        fleet.serve()
        place = json.loads((root / ".trinity" / "coordinator.json").read_text())
        assert len(os.fsencode(place["api"])) < 108
        folder = Path(place["api"]).parent
        assert folder.stat().st_mode & 0o777 == 0o700
        assert fleet.ask("lead-1", "hello")["stage"] == "answered"
        assert fleet.trinity("down", "--yes").returncode == 0
        assert list(folder.glob("*.sock")) == []
    finally:
        fleet.close()
        shutil.rmtree(base, ignore_errors=True)


@contextmanager
def mounted(options: str, root: Path) -> Generator[list[str]]:
    """A prefix for commands that sees ``root`` under a mount of its own, in a user namespace where we are not root."""
    user = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
    if shutil.which("unshare") is None:
        pytest.fail("util-linux's unshare is needed to mount for a test")
    yield ["unshare", *user, "--mount", "sh", "-c", f'mount {options} && exec "$@"', "sh"]


def test_a_read_only_folder_is_said_in_a_sentence(fleet: Fleet) -> None:
    with mounted(f"--bind {fleet.root} {fleet.root} && mount -o remount,bind,ro {fleet.root}", fleet.root) as prefix:
        done = subprocess.run(
            [*prefix, sys.executable, "-m", "trinity_tui", "-C", str(fleet.root), "serve"],
            capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
    said = sentence(done, 1)
    assert ".trinity" in said
    assert "ead-only" in said


FULL = """
import json, os, subprocess, sys, time
sys.path.insert(0, {tests!r})
from pathlib import Path
from fleet import Fleet, plant, wait_until
root = Path({root!r})
fleet = Fleet(root)
plant(root)
fleet.write_config()
fleet.serve()
try:
    before = fleet.ask("lead-1", "while there is room")
    pids = {{name: one["pid"] for name, one in fleet.instances().items()}}
    with open(root / "ballast", "wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(b"x" * 4096)
        except OSError:
            pass
        segment = max((root / ".trinity/bus/log").glob("*.jsonl"))
        refused = wait_until(lambda: (lambda done: done if done.returncode else None)(
            fleet.trinity("send", "lead-1", "y" * 8000)), "a refusal")
        wait_until(lambda: fleet.trinity("send", "lead-1", "y").returncode, "no room for a word")
        os.kill(pids["explorer-1"], 9)
        told = ("ONLINE", pids["explorer-1"])
        wait_until(lambda: told != (lambda one: (one["state"], one["pid"]))(fleet.instances()["explorer-1"]),
                   "the truth that is not on record")
        of_disk = wait_until(lambda: [one for one in fleet.status()["notices"] if "full" in one or "No space" in one],
                             "a notice")
    (root / "ballast").unlink()
    again = ("send", "lead-1", "search: refresh", "--wait", "answer", "--json")
    after = wait_until(lambda: (lambda done: json.loads(done.stdout) if done.returncode == 0 else None)(
        fleet.trinity(*again)), "an answer once there is room")
    wait_until(lambda: not [one for one in fleet.status()["notices"] if "full" in one], "it is over")
    ids = [row["id"] for row in fleet.messages(limit=500)]
    del pids["explorer-1"]
    now = fleet.instances()
    print(json.dumps(dict(code=refused.returncode, said=refused.stderr, stage=after["stage"], of_disk=of_disk,
                          kept=before["id"] in ids and after["id"] in ids,
                          alive=pids == {{name: now[name]["pid"] for name in pids}})))
finally:
    fleet.close()
"""


def test_a_full_disk_refuses_in_a_sentence_and_goes_on_when_there_is_room(fleet: Fleet) -> None:
    with mounted(f"-t tmpfs -o size=6m tmpfs {fleet.root}", fleet.root) as prefix:
        script = FULL.format(tests=str(Path(__file__).parents[1]), root=str(fleet.root))
        done = subprocess.run([*prefix, sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["code"] == 1
    assert "Traceback" not in result["said"]
    assert "full" in result["said"] or "No space" in result["said"]
    assert [one[:17] for one in result["of_disk"]] == ["The disk is full:"], "one notice, however many files"
    assert result["stage"] == "answered"
    assert result["kept"]
    assert result["alive"], "whoever could not print lives on"


def test_a_crash_loop_alerts_the_person_once_and_is_given_up(fleet: Fleet) -> None:
    fleet.serve()
    state = fleet.root / ".trinity" / "instances" / "reflector-1" / "brief.json"
    state.write_text("no brief at all")
    os.kill(fleet.instances()["reflector-1"]["pid"], 9)
    wait_until(lambda: fleet.instances()["reflector-1"]["state"] in ("PARKED", "CRASHED"), "reflector-1 given up")
    wait_until(lambda: fleet.messages(kind="alert"), "an alert")
    assert fleet.ask("lead-1", "search: refresh")["stage"] == "answered"


def test_a_configuration_broken_while_it_runs_is_said_and_changes_nothing(fleet: Fleet) -> None:
    fleet.serve()
    good = (fleet.root / "instances.toml").read_text()
    (fleet.root / "instances.toml").write_text(good + "\n[bad")
    wait_until(lambda: [n for n in fleet.status()["notices"] if n.startswith("instances.toml:")], "a notice")
    assert fleet.ask("lead-1", "search: refresh")["stage"] == "answered"
    (fleet.root / "instances.toml").write_text(good + "\n[instances.lead-2]\nrole = 'lead'\n")
    wait_until(lambda: fleet.instances().get("lead-2", {}).get("state") == "ONLINE", "lead-2")
    (fleet.root / "instances.toml").write_text(good)
    wait_until(lambda: "lead-2" not in fleet.instances() and fleet.status()["notices"] == [], "no notice")


def test_a_registry_that_cannot_be_written_is_said_and_stops_nobody(fleet: Fleet) -> None:
    registry = fleet.root / ".trinity" / "registry.json"
    (registry / "in-the-way").mkdir(parents=True)
    fleet.serve()
    wait_until(lambda: [n for n in fleet.status()["notices"] if "registry.json could not be written" in n], "a notice")
    assert fleet.ask("lead-1", "search: refresh")["stage"] == "answered"
    shutil.rmtree(registry)
    fleet.trinity("restart", "lead-1")
    wait_until(lambda: not [n for n in fleet.status()["notices"] if "registry.json" in n], "the notice taken back")
