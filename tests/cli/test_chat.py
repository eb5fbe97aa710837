"""``trinity chat`` with an instance: its words as they come, the log's answer at the end, a cut one said to be cut."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from fleet import PATIENCE_SECONDS, wait_until
from speakers import frame, heard, serve_speakers, tell, write_speakers

if TYPE_CHECKING:
    from fleet import Fleet


@pytest.fixture
def speakers(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    write_speakers(fleet, names=("lead-1",))
    serve_speakers(fleet, monkeypatch)
    return fleet


def said(text: str, at: int = 0, **more: Any) -> str:
    return frame("piece", turn="$id", at=at, text=text, **more)


def test_the_answer_is_printed_once_with_what_is_about_it_on_stderr(speakers: Fleet) -> None:
    use = {"turn": "$id", "call": "c", "tool": "search", "summary": "refresh"}
    script = "\n".join([
        said("hm, ", is_thinking=True), said("It is "), frame("tool_use", **use, state="runs"),
        frame("tool_use", **use, state="done", seconds=1.5), said("so.", 6), "answer It is so.",
    ])  # fmt: skip
    done = speakers.trinity("chat", "lead-1", script)
    assert (done.returncode, done.stdout) == (0, "It is so.\n"), done.stderr
    assert "search refresh: done in 1.5 s" in done.stderr
    assert "hm, " not in done.stderr
    done = speakers.trinity("chat", "lead-1", script, "--thinking")
    assert "hm, " in done.stderr
    assert done.stdout == "It is so.\n"


def test_an_answer_that_did_not_come_over_the_lane_is_printed_whole(speakers: Fleet) -> None:
    done = speakers.trinity("chat", "lead-1", "answer Quite so.")
    assert (done.returncode, done.stdout) == (0, "Quite so.\n")


def test_a_cut_answer_is_said_to_be_cut(speakers: Fleet) -> None:
    done = speakers.trinity("chat", "lead-1", said("It i") + '\nanswer It i # {"cut": "the server closed"}')
    assert (done.returncode, done.stdout) == (1, "It i\n")
    assert "cut: the server closed" in done.stderr
    assert "--retry" in done.stderr


def test_lines_of_json_for_programs(speakers: Fleet) -> None:
    done = speakers.trinity("chat", "lead-1", said("\x1b[31mred") + "\nanswer \x1b[31mred", "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["event"] for event in events][-1] == "answer"
    assert events[-1]["content"] == "\x1b[31mred"
    plain = speakers.trinity("chat", "lead-1", said("\x1b[31mred") + "\nanswer \x1b[31mred")
    assert "\x1b" not in plain.stdout


def test_who_is_not_there_and_who_does_not_answer(speakers: Fleet) -> None:
    assert speakers.trinity("chat", "led-1", "hello").returncode == 4
    assert speakers.trinity("chat", "lead-1", "hello", "--timeout", "0.5").returncode == 5
    speakers.trinity("down", "--yes")
    assert speakers.trinity("chat", "lead-1", "hello").returncode == 3


def test_lines_are_said_one_after_the_other_in_one_conversation(speakers: Fleet) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "trinity_tui", "-C", str(speakers.root), "chat", "lead-1"],
        input="answer one\n\nanswer two\n", capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "one\ntwo\n"), done.stderr
    asked = speakers.lines("messages", "--type", "chat")
    assert asked[1]["thread"] == asked[0]["id"]


def test_control_c_cuts_the_answer_and_the_second_one_leaves(speakers: Fleet) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "trinity_tui", "-C", str(speakers.root), "chat", "lead-1", said("well, ")],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert child.stdout is not None
        assert os.read(child.stdout.fileno(), 100) == b"well, "
        child.send_signal(signal.SIGINT)
        cut = wait_until(lambda: heard(speakers, "lead-1", "cut"), "the cut reaches the instance")
        (asked,) = speakers.lines("messages", "--type", "chat")
        assert cut[-1]["turn"] == asked["id"]
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=PATIENCE_SECONDS)
        assert child.returncode == 130
    finally:
        child.kill()
        child.communicate()


def test_a_call_that_waits_is_told_with_what_to_do(speakers: Fleet) -> None:
    request = json.dumps({"kind": "tool", "command": "rm x", "tool": "shell", "grant": []})
    done = speakers.trinity("chat", "lead-1", f"request {request}\n{said('well')}", "--timeout", "10")
    assert "rm x" in done.stderr
    assert "trinity approve" in done.stderr
    tell(speakers, "lead-1", "answer ok")
