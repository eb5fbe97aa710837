"""``trinity memory``: what is said is found at once, corrected, taken along, and found without a coordinator too."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import pytest

from fakes.running import running
from fakes.scripted import Script
from fleet import CONFIG, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fleet import Fleet, Served

SECRET = "sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


@pytest.fixture
def quiet(fleet: Fleet) -> Fleet:
    """A coordinator without instances: nobody but the person says anything."""
    fleet.write_config(CONFIG, {})
    served(fleet)
    return fleet


@pytest.fixture
def ollama_url(tmp_path: Path) -> Iterator[str]:
    """A server without models."""
    with running("fakes.ollama", tmp_path, Script(models=[])) as server:
        yield server.url


def served(fleet: Fleet) -> Served:
    """A coordinator that answers; nobody else is waited for."""
    child = fleet.serve(ready=False)
    wait_until(fleet.status, "a coordinator")
    return child


def found(fleet: Fleet, *words: str) -> list[str]:
    return [row["text"] for row in fleet.lines("memory", "search", *words)]


def added(fleet: Fleet, text: str, *words: str) -> str:
    return fleet.json("memory", "add", text, *words)["id"]


def test_what_is_said_is_found_at_once_and_corrected(quiet: Fleet) -> None:
    first = added(quiet, "The server listens on port 8080.", "--kind", "decision", "--tag", "net")
    added(quiet, f"my key is {SECRET}")
    assert found(quiet, "server", "--tag", "net") == ["The server listens on port 8080."]
    assert found(quiet, "--kind", "failure") == []
    assert SECRET not in "".join(path.read_text() for path in quiet.workspace.memory.glob("*"))
    second = added(quiet, "The server listens on port 9090.", "--supersedes", first)
    assert found(quiet, "server port", "--limit", "1") == ["The server listens on port 9090."]
    assert not found(quiet, "8080", "--tag", "net")
    refused = quiet.trinity(
        "memory", "add", "The server listens on no port.", "--supersedes", first, "--supersedes", "zz"
    )
    assert (refused.returncode, "nothing of the id 'zz' is remembered" in refused.stderr) == (4, True)
    assert found(quiet, "no port") == ["The server listens on port 9090."]
    shown = quiet.json("memory", "show", first)
    assert (shown["state"], shown["ended_by"]) == ("superseded", second)
    assert shown["use"]["shown"] == 0
    assert "superseded" in quiet.trinity("memory", "show", first).stdout
    quiet.json("memory", "retract", second, "--word", "it did not")
    assert found(quiet, "server port", "--limit", "1") == ["The server listens on port 8080."]
    assert quiet.json("memory", "show", second)["state"] == "retracted"
    again = quiet.trinity("memory", "retract", second)
    assert (again.returncode, "taken back already" in again.stderr) == (1, True)


def test_what_was_said_twice_is_taken_back_wholly(quiet: Fleet) -> None:
    first = added(quiet, "The build needs a network.")
    second = added(quiet, "the build  needs a network")
    assert quiet.json("memory", "show", second)["id"] == first
    assert quiet.json("memory", "retract", second)["statements"] == 2
    assert found(quiet, "build network") == []


def test_a_contradiction_stands_until_it_is_resolved(quiet: Fleet, tmp_path: Any) -> None:
    lines = [
        {"id": name, "author": name, "text": f"It listens on {port}.", "subject": "it", "predicate": "port"}
        | {"value": port}
        for name, port in (("scout", "80"), ("smith", "90"))
    ]  # fmt: skip
    (tmp_path / "lines.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert quiet.json("memory", "import", str(tmp_path / "lines.jsonl"))["new"] == 2
    (against,) = quiet.json("memory", "news")["contradictions"]
    assert [claim["value"] for claim in against["claims"]] == ["80", "90"]
    quiet.json("memory", "resolve", "smith")
    assert quiet.json("memory", "news")["contradictions"] == []
    assert found(quiet, "listens") == ["It listens on 90."]
    assert quiet.trinity("memory", "resolve", "smith").returncode == 1


def test_news_are_what_came_since_the_person_last_looked(quiet: Fleet) -> None:
    added(quiet, "one")
    assert [row["text"] for row in quiet.json("memory", "news")["records"]] == ["one"]
    added(quiet, "two")
    assert [row["text"] for row in quiet.json("memory", "news", "--since", "1h")["records"]] == ["two", "one"]
    assert [row["text"] for row in quiet.json("memory", "news")["records"]] == ["two"]
    assert quiet.json("memory", "news")["records"] == []


def test_a_file_is_taken_in_once_whoever_takes_it_in_again(quiet: Fleet, tmp_path: Any) -> None:
    path = tmp_path / "lines.jsonl"
    facts = "".join(json.dumps({"text": f"fact number {number}"}) + "\n" for number in range(2_500))
    path.write_bytes(facts.encode() + b"{torn in \xff\xfe")
    done = quiet.trinity("memory", "import", str(path))
    assert (done.returncode, done.stdout) == (1, "2500 records, 2500 of them new; no record: 1 line\n")
    assert f"{path}:2501: " in done.stderr
    assert quiet.trinity("memory", "import", str(path)).stdout.startswith("2500 records, 0 of them new")
    quiet.trinity("memory", "export", str(tmp_path / "out.jsonl"))
    out = [json.loads(line)["text"] for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert out == [f"fact number {number}" for number in range(2_500)]


def test_it_is_searched_shown_and_indexed_without_a_coordinator(quiet: Fleet) -> None:
    name = added(quiet, "The server listens on port 8080.")
    quiet.trinity("down", "--yes")
    theirs = {"id": "c2", "time": "2026-01-02T10:00:00Z", "author": "scout", "computer": "C2", "text": "A server too."}
    (quiet.workspace.memory / "C2.jsonl").write_text(json.dumps(theirs) + "\n")
    assert set(found(quiet, "server")) == {"The server listens on port 8080.", "A server too."}
    assert quiet.json("memory", "show", name)["author"] == "human"
    told = quiet.json("memory", "uses", "--idle", "1d")
    assert (told["standing"], told["used"], [row["id"] for row in told["longest_idle"]]) == (2, 0, ["c2"])
    assert "1 were neither said nor used in the last" in quiet.trinity("memory", "uses", "--idle", "1d").stdout
    quiet.workspace.memory_index.write_text("no database")
    assert quiet.json("memory", "reindex")["lines"] == 2
    refused = quiet.trinity("memory", "add", "more")
    assert (refused.returncode, "no coordinator runs" in refused.stderr) == (3, True)
    assert quiet.trinity("memory", "show", "nothing").returncode == 4
    assert quiet.trinity("memory", "search", "--kind", "rumour").returncode == 2


def test_what_a_killed_coordinator_was_told_the_next_one_knows(fleet: Fleet) -> None:
    fleet.write_config(CONFIG, {})
    said: list[str] = []
    for number in range(3):
        child = served(fleet)
        said.append(fleet.json("memory", "add", f"fact number {number}")["id"])
        child.send_signal(signal.SIGKILL)
        child.wait()
        for path in (fleet.workspace.memory_place, fleet.workspace.memory_index, fleet.workspace.memory / "C1.jsonl"):
            if number:
                path.unlink()
    served(fleet)
    wait_until(lambda: len(found(fleet, "fact number")) == 3, "all of them being known again")
    kept = [json.loads(line)["id"] for line in (fleet.workspace.memory / "C1.jsonl").read_text().splitlines()]
    assert kept == said


def test_a_model_that_gives_no_vectors_is_said(fleet: Fleet, ollama_url: str) -> None:
    fleet.write_config(f'{CONFIG}\n[brains]\nollama = "{ollama_url}"\n', {})
    assert "No model was measured yet" in fleet.trinity("memory", "embeddings").stdout
    done = fleet.trinity("memory", "embeddings", "nothing")
    assert (done.returncode, done.stdout) == (1, "")
    assert "model 'nothing:latest' not found" in done.stderr
    assert "`ollama pull nothing`" in done.stderr
    assert fleet.lines("memory", "embeddings") == []
