"""``trinity trace``: what an instance's model and tools did, read from its file, with or without a coordinator."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from trinity_tui.core.conversation import Usage
from trinity_tui.core.trace import Exchange, TraceLine, Use
from trinity_tui.store.journal import Journal

if TYPE_CHECKING:
    from fleet import Fleet


def exchange(at: str, text: str = "Forty-two.") -> Exchange:
    """An exchange of an answer."""
    return Exchange(at, "m1", "ollama:test", 1.25, 100, ("news: all of it",), text, end="stop", usage=Usage(7, 9))


def use(at: str) -> Use:
    """A call the person allowed."""
    said = "shell make\x1b[2J"
    return Use(at, "m1", "c1", "shell", {"command": "make"}, said, "ask", "role", "human", "done", "all\nwell", 0.5)


def journal(fleet: Fleet, name: str) -> Journal[TraceLine]:
    """The trace of an instance."""
    places = fleet.workspace.instance(name)
    places.folder.mkdir(parents=True, exist_ok=True)
    return Journal(places.trace, TraceLine, limit_bytes=1_000)


def test_it_is_shown_in_its_order_with_who_let_it_happen(fleet: Fleet) -> None:
    journal(fleet, "builder-1").append(use("2026-01-02T10:00:02Z"))
    journal(fleet, "explorer-1").append(exchange("2026-01-02T10:00:01Z"))
    shown = fleet.trinity("trace", "all").stdout
    assert "10:00:01 explorer-1     ollama:test  1.2 s  7 in, 9 out  stop" in shown
    assert "left out: news: all of it" in shown
    assert "10:00:02 builder-1      shell make·[2J  done in 0.5 s  (ask: you)" in shown
    assert shown.index("explorer-1") < shown.index("builder-1")
    assert [line["instance"] for line in fleet.lines("trace", "all")] == ["explorer-1", "builder-1"]
    assert fleet.lines("trace", "builder-1")[0]["arguments"] == {"command": "make"}


def test_what_was_put_aside_is_shown_too_up_to_the_limit(fleet: Fleet) -> None:
    for number in range(9):
        journal(fleet, "builder-1").append(exchange(f"2026-01-02T10:00:0{number}Z", f"answer {number}"))
    assert journal(fleet, "builder-1").put_aside.exists()
    assert [line["text"] for line in fleet.lines("trace", "builder-1", "--limit", "3")] == [
        "answer 6", "answer 7", "answer 8",
    ]  # fmt: skip


def test_an_instance_that_is_not_there_is_said(fleet: Fleet) -> None:
    done = fleet.trinity("trace", "nobody")
    assert (done.returncode, done.stdout) == (4, "")
    assert "no instance 'nobody'" in done.stderr


def test_where_nothing_is_on_record_that_is_said(fleet: Fleet) -> None:
    fleet.workspace.instance("builder-1").folder.mkdir(parents=True)
    assert fleet.trinity("trace", "builder-1").stdout == "No model was asked yet, and no tool called.\n"
    assert fleet.lines("trace", "builder-1") == []


def test_what_comes_is_followed_also_over_a_rotation(fleet: Fleet) -> None:
    journal(fleet, "builder-1").append(exchange("2026-01-02T10:00:00Z", "answer 0"))
    command = [sys.executable, "-m", "trinity_tui", "-C", str(fleet.root), "trace", "builder-1", "--follow", "--json"]
    follower = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert follower.stdout is not None
    try:
        assert json.loads(follower.stdout.readline())["text"] == "answer 0"
        journal(fleet, "builder-1").append(exchange("2026-01-02T10:00:01Z", "answer 1"))
        assert json.loads(follower.stdout.readline())["text"] == "answer 1"
        for number in range(2, 6):
            journal(fleet, "builder-1").append(exchange("2026-01-02T10:00:02Z", f"answer {number}"))
        assert journal(fleet, "builder-1").put_aside.exists()
        seen = [json.loads(follower.stdout.readline())["text"] for _ in range(4)]
        assert seen == [f"answer {number}" for number in range(2, 6)]
    finally:
        follower.kill()
        follower.wait()
        follower.stdout.close()
