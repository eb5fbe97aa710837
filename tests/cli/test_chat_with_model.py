"""``trinity chat`` with an instance that thinks with a model: streamed, asked for the person's word, cut, accounted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from fakes.running import Running, running
from fakes.scripted import Reply, Script, ScriptedCall
from fleet import CONFIG, PATIENCE_SECONDS, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fleet import Fleet


@pytest.fixture
def ollama(tmp_path: Path) -> Iterator[Running]:
    """A server with the model that is asked for."""
    with running("fakes.ollama", tmp_path, Script(parallel=4)) as made:
        yield made


@pytest.fixture
def thinking(fleet: Fleet, ollama: Running) -> Fleet:
    """An instance that uses it."""
    config = f'{CONFIG}\n[brains]\nollama = "{ollama.url}"\n\n[instances.builder-1]\nrole = "builder"\n'
    (fleet.root / "instances.toml").write_text(config + 'brain = "ollama:qwen2.5:7b"\ngrace_seconds = 2.0\n')
    fleet.serve()
    wait_until(lambda: fleet.instances()["builder-1"]["brain"] == "ollama:qwen2.5:7b", "the model is in use")
    return fleet


def chatting(fleet: Fleet, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "trinity_tui", "-C", str(fleet.root), "chat", "builder-1", *words],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_a_call_waits_is_allowed_and_the_answer_and_its_cost_are_told(thinking: Fleet, ollama: Running) -> None:
    call = ScriptedCall("write", {"path": "notes.txt", "content": "remember\n"})
    ollama.add(Reply(when="note", calls=(call,), input_tokens=100), Reply(text="It is noted.", input_tokens=200))
    (thinking.root / "instances.toml").write_text(
        (thinking.root / "instances.toml").read_text() + '\n[tools]\nask = ["write"]\n'
    )
    wait_until(lambda: (thinking.instances()["builder-1"]["state"]) == "ONLINE", "it begins anew with its rules")
    child = chatting(thinking, "Make a note.")
    try:
        (row,) = wait_until(thinking.inbox, "the call waits")
        assert (row["kind"], row["tool"], row["from"]) == ("approval", "write", "builder-1")
        assert "+remember" in row["diff"]
        assert not (thinking.root / "notes.txt").exists()
        assert thinking.trinity("approve", row["id"], "--word", "go on").returncode == 0
        out, err = child.communicate(timeout=PATIENCE_SECONDS)
    finally:
        child.kill()
        child.communicate()
    assert (child.returncode, out) == (0, b"It is noted.\n"), err
    assert f"trinity approve {row['id']}" in err.decode()
    assert (thinking.root / "notes.txt").read_text() == "remember\n"

    def counted() -> bool:
        rows = thinking.lines("usage")
        return [(one["instance"], one["brain"], one["exchanges"], one["input_tokens"]) for one in rows] == [
            ("builder-1", "ollama:qwen2.5:7b", 2, 300)
        ]

    wait_until(counted, "what was used is told")


def test_control_c_keeps_what_was_said_as_a_cut_answer_and_retry_asks_again(thinking: Fleet, ollama: Running) -> None:
    ollama.add(Reply(text="word ", repeat=10_000, chunk=5, piece_seconds=0.05))
    child = chatting(thinking, "Tell me a story.")
    try:
        assert child.stdout is not None
        assert os.read(child.stdout.fileno(), 5) == b"word "
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=PATIENCE_SECONDS)
    finally:
        child.kill()
        child.communicate()
    assert child.returncode == 1, err
    asked = err.decode().rpartition("--retry ")[2].partition("`")[0]
    ollama.add(Reply(text="Once upon a time."))
    again = thinking.trinity("chat", "builder-1", "--retry", asked)
    assert (again.returncode, again.stdout) == (0, "Once upon a time.\n"), again.stderr


def test_brains_are_listed_with_what_the_server_has_and_pulled_step_by_step(thinking: Fleet, ollama: Running) -> None:
    rows = thinking.lines("brain")
    assert rows == [
        {"kind": "instance", "id": "builder-1", "asked": "ollama:qwen2.5:7b", "brain": "ollama:qwen2.5:7b", "why": ""},
        {"kind": "model", "brain": "ollama:qwen2.5:7b", "is_loaded": False, "url": ollama.url},
    ]
    assert thinking.lines("brain", "builder-1") == rows[:1]
    assert thinking.trinity("brain").stdout.splitlines() == [
        "builder-1        ollama:qwen2.5:7b",
        "Ollama has       ollama:qwen2.5:7b",
    ]
    elsewhere = {**os.environ, "OLLAMA_HOST": "127.0.0.1:1"}
    told = thinking.trinity("brain", env=elsewhere).stdout
    assert "Ollama has" in told, "where the instances look counts, not where this terminal would"
    nobody = thinking.trinity("brain", "nobody")
    assert (nobody.returncode, "nobody" in nobody.stderr) == (4, True)
    ollama.add(Reply(when="pull nonsense", fault="error"))
    refused = thinking.trinity("brain", "builder-1", "ollama:nonsense", "--pull", "nonsense")
    assert (refused.returncode, "file does not exist" in refused.stderr) == (1, True), refused.stderr
    assert "nonsense" not in thinking.trinity("brain").stdout
    assert thinking.trinity("brain", "--pull", "claude:opus").returncode == 2
    ollama.add(Reply(when="pull mistral", stays=True))
    steps = thinking.lines("brain", "--pull", "ollama:mistral")
    assert [(step["status"], step["done_bytes"]) for step in steps] == [
        ("pulling manifest", 0), ("pulling 2bada8a74506", 0), ("pulling 2bada8a74506", 400),
        ("pulling 2bada8a74506", 1000), ("success", 0),
    ]  # fmt: skip
    pulled = thinking.trinity("brain", "builder-1", "ollama:mistral", "--pull", "mistral")
    assert pulled.stderr.splitlines() == ["pulling manifest", "pulling 2bada8a74506", "success"]
    assert pulled.stdout.splitlines()[-1] == "builder-1: ollama:mistral"
    ollama.process.kill()
    ollama.process.wait()
    assert thinking.lines("brain")[-1]["problem"] == "nothing listens there"


def test_a_used_up_budget_pauses_it_and_a_higher_one_lets_it_answer(thinking: Fleet, ollama: Running) -> None:
    config = (thinking.root / "instances.toml").read_text()
    (thinking.root / "instances.toml").write_text(config + "\n[limits]\ntokens_per_day = 1_000\n")
    ollama.add(Reply(text="Yes.", input_tokens=2_000))
    assert thinking.trinity("chat", "builder-1", "Are you there?").stdout == "Yes.\n"
    wait_until(lambda: thinking.instances()["builder-1"]["state"] == "PAUSED", "it is paused")
    ollama.add(Reply(text="Still here."))
    late = thinking.trinity("chat", "builder-1", "And now?", "--timeout", "1")
    assert late.returncode == 5
    assert "1,000 tokens today" in late.stderr
    (thinking.root / "instances.toml").write_text(config + "\n[limits]\ntokens_per_day = 100_000\n")

    def answered() -> bool:
        return any(row["content"] == "Still here." for row in thinking.messages(kind="answer"))

    wait_until(answered, "what was asked meanwhile is answered")
