"""What one instance learns another is shown, whoever is killed between, until the person says it is not so."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from fakes.running import running
from fakes.scripted import Reply, Script, ScriptedCall
from fleet import CONFIG, files_below, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes.running import Running
    from fleet import Fleet

SECRET = "hunter2hunter2"
LEARNED = "The legacy importer takes three columns."
KNOWN = f"{LEARNED} Its password={SECRET}"
NOTHING = "That I do not know."
ASKED = "What is known about «legacy importer»?"


@pytest.fixture
def ollama(tmp_path: Path) -> Iterator[Running]:
    """A model that remembers what it is told to, and else only recites its prompt."""
    said = [
        Reply(when="Tell everybody", calls=(ScriptedCall("remember", {"text": KNOWN}),)),
        Reply(when="everybody knows", text="It is told."),
        Reply(when="What is known", recites=True, stays=True),
    ]
    with running("fakes.ollama", tmp_path, Script(parallel=4, replies=said)) as made:
        yield made


def answer(fleet: Fleet, who: str) -> str:
    """What an instance says is known."""
    asked = fleet.ask(who, ASKED)["id"]
    return next(row["content"] for row in fleet.messages(kind="answer", limit=1000) if row.get("reply_to") == asked)


def test_what_one_learns_another_is_shown_until_it_is_taken_back(fleet: Fleet, ollama: Running) -> None:
    roles = {"explorer-1": "explorer", "oracle-1": "oracle", "oracle-2": "oracle"}
    config = f'{CONFIG}\n[brains]\nollama = "{ollama.url}"\nparallel = 4\n'
    tables = [f'\n[instances.{name}]\nrole = "{role}"\nbrain = "ollama:qwen2.5:7b"\n' for name, role in roles.items()]
    (fleet.root / "instances.toml").write_text(config + "".join(tables))
    served = fleet.serve()
    wait_until(lambda: all(one["brain"] != "builtin" for one in fleet.instances().values()), "the model is in use")
    fleet.ask("explorer-1", "Tell everybody about the importer")
    os.kill(fleet.instances()["oracle-1"]["pid"], signal.SIGKILL)
    served.kill()
    served.wait()
    fleet.serve()
    (record,) = wait_until(lambda: fleet.lines("memory", "search", LEARNED, "--limit", "1"), "it is remembered")
    assert (record["author"], record["text"]) == ("explorer-1", f"{LEARNED} Its password=[hidden]")
    first = answer(fleet, "oracle-1")
    assert f"[{record['id']}] fact of explorer-1" in first
    assert LEARNED in first
    use = wait_until(
        lambda: (used := fleet.json("memory", "show", record["id"])["use"])["cited"] and used, "its use is noted"
    )
    assert (use["shown"], use["by"]) == (1, ["oracle-1"])
    # Its session tells what it found.
    os.kill(fleet.instances()["explorer-1"]["pid"], signal.SIGKILL)
    sessions = fleet.root / "coordination" / "sessions"
    wait_until(lambda: any(LEARNED in path.read_text() for path in sessions.glob("C1-explorer-1*")), "its session")
    fleet.json("memory", "retract", record["id"])
    # One that has not said it itself: what it said stands in its conversation.
    assert answer(fleet, "oracle-2") == NOTHING
    kept = files_below(fleet.root / "coordination")
    assert kept
    assert not [path for path, content in kept.items() if SECRET.encode() in content]
