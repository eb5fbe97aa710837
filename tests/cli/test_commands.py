"""The commands as a person meets them without a coordinator: what they write, say and end with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fleet import Fleet
from trinity_tui.cli.new_workspace import make_here
from trinity_tui.core.config_text import parse

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def empty() -> Iterator[Fleet]:
    with tempfile.TemporaryDirectory(prefix="trinity-test-") as folder:
        yield Fleet(Path(folder).resolve())


def git_status(root: Path) -> str:
    return subprocess.run(["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True, check=True).stdout


def test_init_writes_a_workspace_that_parses_and_says_what_it_wrote(empty: Fleet) -> None:
    subprocess.run(["git", "init", "-q"], cwd=empty.root, check=True)
    written = empty.json("init")["written"]
    assert written == ["instances.toml", "coordination/README.md", "coordination/.gitattributes"]
    assert list(parse((empty.root / "instances.toml").read_text()).instances) == [
        "explorer-1", "builder-1", "reflector-1", "lead-1",
    ]  # fmt: skip
    (empty.root / "instances.toml").write_text("# mine\n")
    assert empty.json("init")["written"] == []
    assert (empty.root / "instances.toml").read_text() == "# mine\n"
    (empty.root / ".trinity").mkdir()
    (empty.root / ".trinity" / "anything").write_text("x")
    assert ".trinity" not in git_status(empty.root)


def test_init_takes_over_what_a_harness_left_and_does_so_once(empty: Fleet) -> None:
    subprocess.run(["git", "init", "-q"], cwd=empty.root, check=True)
    said = [
        {"from": "Agus", "content": "look at the cache", "timestamp": "2025-11-01T10:00:00", "read": True},
        {"content": "and at the cart", "timestamp": "2025-11-02T10:00:00"},
    ]
    (empty.root / ".harness_messages.json").write_text(json.dumps(said))
    (empty.root / ".harness_state.json").write_text('{"iteration": 41, "task": "the cache"}')
    found = empty.json("init")["taken_over"]
    assert found == ["2 messages of .harness_messages.json", "the state in .harness_state.json"]
    assert empty.json("init")["taken_over"] == []
    log = b"".join(path.read_bytes() for path in (empty.root / ".trinity/bus/log").iterdir())
    lines = [json.loads(line) for line in log.splitlines()]
    assert [(one["from"], one["to"], one["type"], one["origin"]) for one in lines] == [
        ("harness", "broadcast", "finding", "tool"), ("agus", "coordinator", "message", "tool"),
        ("harness", "role:lead", "message", "tool"),
    ]  # fmt: skip
    assert '"iteration": 41' in lines[0]["content"]
    assert lines[1]["timestamp"] == "2025-11-01T10:00:00.000000Z"
    assert json.loads((empty.root / ".harness_messages.json").read_text()) == said
    assert "harness" not in git_status(empty.root)


async def test_what_cannot_be_taken_over_is_told_in_a_sentence(empty: Fleet) -> None:
    (empty.root / ".harness_messages.json").write_text('[{"content": "look at the cache"}]')
    ignore = empty.workspace.runtime / ".gitignore"
    ignore.parent.mkdir(mode=0o700)
    ignore.symlink_to("gone/away")
    assert await make_here(empty.workspace) == f"{ignore} could not be written: No such file or directory"


async def test_the_welcome_takes_over_too_and_says_what(empty: Fleet) -> None:
    assert await make_here(empty.workspace) == ""
    (empty.root / ".harness_messages.json").write_text('[{"content": "look at the cache"}]')
    (empty.root / ".harness_state.json").write_text('{"iteration": 41}')
    assert await make_here(empty.workspace) == (
        "Took over 1 message of .harness_messages.json and the state in .harness_state.json."
    )
    assert await make_here(empty.workspace) == "", "once"
    (empty.root / ".harness_messages.json").write_text('{"messages": 3}')
    assert (await make_here(empty.workspace)).startswith(".harness_messages.json holds no JSON array")
    assert (empty.root / "instances.toml").exists()


def test_what_no_harness_wrote_is_not_taken_over(empty: Fleet) -> None:
    (empty.root / ".harness_messages.json").write_text('{"messages": 3}')
    done = empty.trinity("init")
    assert done.returncode == 1
    assert done.stderr.startswith("trinity: .harness_messages.json holds no JSON array")
    assert "wrote instances.toml" in done.stdout


def test_a_command_finds_the_workspace_upwards_and_by_the_environment(empty: Fleet) -> None:
    empty.trinity("init")
    below = empty.root / "a" / "b"
    below.mkdir(parents=True)
    plain = [sys.executable, "-m", "trinity_tui", "status"]
    found = subprocess.run(plain, cwd=below, capture_output=True, text=True, check=False)
    assert found.returncode == 3
    assert str(empty.root) in found.stderr
    named = {**os.environ, "TRINITY_WORKSPACE": str(empty.root)}
    elsewhere = subprocess.run(plain, cwd="/", capture_output=True, text=True, check=False, env=named)
    assert elsewhere.returncode == 3
    lost = subprocess.run(plain, cwd="/", capture_output=True, text=True, check=False)
    assert lost.returncode == 2
    assert "trinity init" in lost.stderr


@pytest.mark.parametrize(
    "words",
    [["status"], ["messages"], ["log", "lead-1"], ["start", "all"], ["approve", "x"], ["down", "--yes"], ["attach"]],
)
def test_without_a_coordinator_every_command_says_how_to_start_one(empty: Fleet, words: list[str]) -> None:
    empty.trinity("init")
    done = empty.trinity(*words)
    assert done.returncode == 3
    assert done.stderr.startswith("trinity: no coordinator runs for ")
    assert "`trinity`" in done.stderr


def test_words_that_are_none_are_exit_2_without_a_traceback(empty: Fleet) -> None:
    for words in (["dance"], ["send"], ["send", "x", "y", "--priority"], ["status", "--colour"]):
        done = empty.trinity(*words)
        assert done.returncode == 2, words
        assert "Traceback" not in done.stderr


def test_an_error_that_quotes_others_moves_no_terminal(empty: Fleet) -> None:
    done = empty.trinity("search", "type:\x1b[2Jx\x1b]0;own\x07")
    assert done.returncode == 2
    assert "there is no type" in done.stderr
    assert done.stderr.rstrip("\n").isprintable()


def test_doctor_names_what_is_wrong_with_the_configuration(empty: Fleet) -> None:
    empty.trinity("init")
    good = {check["what"]: check for check in empty.json("doctor")}
    assert good["workspace"]["is_ok"]
    (empty.root / "instances.toml").write_text("[instances.scout]\nrole = 'explorer'\n")
    assert f"{empty.root}, 1 instance\n" in empty.trinity("doctor").stdout
    (empty.root / "instances.toml").write_text("[instances.scout]\nrole = 'explorr'\n")
    done = empty.trinity("doctor", "--json")
    assert done.returncode == 1
    found = {check["what"]: check for check in json.loads(done.stdout)}
    assert 'did you mean "explorer"' in found["workspace"]["says"]
    assert empty.trinity("doctor").returncode == 1


def test_doctor_names_a_token_that_others_can_read(empty: Fleet) -> None:
    empty.trinity("init")
    token = empty.workspace.token
    assert "token" not in {check["what"] for check in empty.json("doctor")}
    token.parent.mkdir(exist_ok=True)
    token.write_text("a-token\n")
    token.chmod(0o644)
    done = empty.trinity("doctor", "--json")
    (found,) = [check for check in json.loads(done.stdout) if check["what"] == "token"]
    assert (done.returncode, found["is_ok"], found["mend"]) == (1, False, f"rm {token}")
    assert "can be read by others" in found["says"]
    token.chmod(0o600)
    assert "token: readable by you alone" in empty.trinity("doctor").stdout


def test_version_and_help(empty: Fleet) -> None:
    assert empty.trinity("--version").stdout.startswith("trinity 0.")
    said = empty.trinity("--help").stdout
    for name in ("attach", "init", "status", "send", "messages", "approve", "reject", "log", "doctor", "bench", "down"):
        assert name in said


def test_output_into_a_closed_pipe_ends_quietly(empty: Fleet) -> None:
    command = f"{sys.executable} -m trinity_tui doctor | true"
    done = subprocess.run(["sh", "-c", command], cwd=empty.root, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
