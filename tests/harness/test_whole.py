"""Instances as whole programs under a real coordinator: what they answer is true, what they are asked for is done."""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from typing import TYPE_CHECKING, Any

from brains.builtin.conftest import build_planted
from fleet import CONFIG, LOOKS_OFTEN, plant, wait_until
from trinity_tui.process import procfs

if TYPE_CHECKING:
    import pytest

    from fleet import Fleet

RESIDENT_BYTES = 34_000_000
"""30 MB are promised at rest; what this Python or that C library adds is allowed for."""
PLACE = re.compile(r"([\w./-]+):(\d+)")


def planted(fleet: Fleet) -> None:
    """The shop with its defects in place of the small project."""
    for path in (fleet.root / "shop").iterdir():
        path.unlink()
    (fleet.root / "shop").rmdir()
    build_planted(fleet.root)


def cited(fleet: Fleet, text: str) -> list[tuple[str, str]]:
    """Every place in a text, with the line that stands there; each must exist."""
    found: list[tuple[str, str]] = []
    for path, number in PLACE.findall(text):
        lines = (fleet.root / path).read_text().splitlines()
        assert 1 <= int(number) <= max(1, len(lines)), (path, number)
        found.append((path, lines[int(number) - 1] if lines else ""))
    return found


QUESTIONS: list[tuple[str, str, str, int]] = [
    ("explorer-1", "search: import", r"import", 5),
    ("builder-1", "search: def __init__", r"def __init__", 1),
    ("lead-1", "where is total?", r"def total", 2),
    ("reflector-1", "where is Ledger?", r"class Ledger", 1),
    ("explorer-1", "how many classes are there?", r"class ", 4),
    ("builder-1", "how many tests?", r"def test", 8),
    ("lead-1", "what does src/shop/prices.py do?", r"Prices|def rounded|def classify", 3),
    ("explorer-1", "what have you found in mailer.py?", r"except", 2),
    ("explorer-1", "what is untested?", r"def |class ", 2),
    ("reflector-1", "describe next_id", r"def next_id", 1),
]
"""Who is asked, what, what must stand at every place of the answer, and how many places there are at least."""


def test_answers_are_from_the_files_as_they_are_and_an_instance_is_small(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    planted(fleet)
    fleet.serve()
    wait_until(lambda: "said" in fleet.log_of("explorer-1"), "findings")
    for who, question, expected, least in QUESTIONS:
        chain = fleet.ask(who, question)
        found = cited(fleet, chain["text"])
        assert len(found) >= least, (question, chain["text"])
        for path, line in found:
            assert re.search(expected, line), (question, path, line)
    # The same question again, about a file that is only there now.
    assert cited(fleet, fleet.ask("lead-1", "search: brand_new")["text"]) == []
    (fleet.root / "src" / "shop" / "late.py").write_text("\n\ndef brand_new():\n    return 1\n")
    answer = fleet.ask("lead-1", "search: brand_new")["text"]
    assert cited(fleet, answer) == [("src/shop/late.py", "def brand_new():")]
    status = fleet.ask("builder-1", "who is doing what?")["text"]
    assert all(name in status for name in fleet.instances())
    sizes = {name: resident_bytes(one["pid"]) for name, one in fleet.instances().items()}
    with capsys.disabled():
        print("\n", {name: f"{size / 1e6:.1f} MB" for name, size in sizes.items()})  # noqa: T201
    assert max(sizes.values()) < RESIDENT_BYTES


def resident_bytes(pid: int) -> int:
    with open(f"/proc/{pid}/statm", "rb") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


STUBBORN = """\
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    open(".trinity/new", "w").write(f"{os.getpid()} {child}")
    os.rename(".trinity/new", ".trinity/pids")
else:
    os.setsid()
while not os.path.exists(".trinity/go"):
    time.sleep(0.02)
"""


def living(pids: list[int]) -> list[int]:
    stats = map(procfs.read_stat, pids)
    return [stat.pid for stat in stats if stat is not None and not stat.is_dead]


def open_requests(fleet: Fleet) -> list[dict[str, Any]]:
    rows = fleet.messages(kind="approval", limit=200)
    decided = {row["reply_to"] for row in rows if row["metadata"]["op"] == "decision"}
    return [row for row in rows if row["metadata"]["op"] == "request" and row["id"] not in decided]


def test_a_check_from_the_request_to_the_report_with_a_restart_and_a_pause_between(fleet: Fleet) -> None:
    (fleet.root / "slow.py").write_text(STUBBORN)
    check = "python3 slow.py ; echo $HOME"
    fleet.write_config(
        CONFIG.replace("checks = []", f'checks = ["{check}"]'), {"builder-1": "builder", "lead-1": "lead"}
    )
    fleet.serve()
    (request,) = wait_until(lambda: open_requests(fleet), "a request")
    assert request["metadata"]["command"] == check
    said = fleet.ask("builder-1", "check now")["text"]
    assert f"trinity approve {request['id']}" in said
    assert not (fleet.root / ".trinity" / "pids").exists()

    os.kill(fleet.instances()["builder-1"]["pid"], signal.SIGKILL)
    wait_until(lambda: fleet.instances()["builder-1"]["restarts"] == 1, "builder-1 restarted")
    fleet.wait_for_states()
    assert fleet.ask("builder-1", "help")["stage"] == "answered"
    assert [row["id"] for row in open_requests(fleet)] == [request["id"]]  # the same one still waits

    fleet.trinity("approve", request["id"])
    pids = [int(pid) for pid in wait_until(lambda: read(fleet, "pids"), "the check runs").split()]
    asked = fleet.json("send", "builder-1", "run the checks")
    fleet.trinity("pause", "builder-1")
    wait_until(lambda: not living(pids), "the check is cut")
    fleet.trinity("send", "builder-1", "run the checks")
    assert not [row for row in fleet.messages() if row.get("reply_to") == asked["id"]]

    (fleet.root / ".trinity" / "pids").unlink()
    (fleet.root / ".trinity" / "go").touch()
    fleet.trinity("resume", "builder-1")
    found = wait_until(lambda: fleet.messages(kind="finding"), "a report")
    wait_until(lambda: [row for row in fleet.messages() if row.get("reply_to") == asked["id"]], "its answer")
    assert (found[0]["metadata"]["kind"], found[0]["metadata"]["exit_code"]) == ("check", 0)
    wait_until(lambda: fleet.ask("builder-1", "check now")["text"] == f"{check} → 0", "run")
    assert fleet.status()["waiting"] == 0

    fleet.trinity("send", "lead-1", "please mend the cart", "--wait", "answer")
    over = wait_until(
        lambda: [task for task in fleet.status()["tasks"] if task["state"] == "FAILED"], "what came of it"
    )
    assert (over[0]["title"], over[0]["assignee"], over[0]["attempts"]) == ("mend the cart", "builder-1", 1)
    assert over[0]["reason"].startswith("needs a language model")
    assert fleet.status()["forbidden"] == 0


def read(fleet: Fleet, name: str) -> str:
    path = fleet.root / ".trinity" / name
    return path.read_text() if path.exists() else ""


def test_alone_for_too_long_everyone_stops_and_the_next_coordinator_starts_them(fleet: Fleet) -> None:
    fleet.write_config(CONFIG.replace("orphan_ttl_seconds = 20.0", "orphan_ttl_seconds = 1.0"), {"oracle-1": "oracle"})
    first = fleet.serve()
    before = fleet.instances()["oracle-1"]["pid"]
    time.sleep(1.5)  # longer than it may be alone: with a coordinator it stays
    assert fleet.instances()["oracle-1"]["pid"] == before
    first.kill()
    first.wait()
    wait_until(lambda: not living([before]), "the instance stopped")
    assert "no coordinator for 1 s: stopping" in fleet.log_of("oracle-1")
    wait_until(lambda: fleet.processes() == [], "the keeper went too")
    fleet.serve()
    wait_until(lambda: fleet.instances()["oracle-1"]["pid"] not in (before, None, 0), "it was started anew")


def test_in_an_empty_folder_without_git(fleet: Fleet) -> None:
    shutil.rmtree(fleet.root / "shop")
    shutil.rmtree(fleet.root / ".git")
    fleet.write_config(LOOKS_OFTEN, {"explorer-1": "explorer"})
    fleet.serve()
    assert "Nothing found" in fleet.ask("explorer-1", "what have you found?")["text"]
    plant(fleet.root)
    wait_until(lambda: fleet.messages(kind="finding"), "findings once there is something")
