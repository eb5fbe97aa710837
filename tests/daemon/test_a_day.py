"""A day of a fleet: three instances work, one is killed, one hands over, a new one is asked what they left."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from fakes.running import running
from fakes.scripted import Reply, Script, ScriptedCall
from fleet import CONFIG, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes.running import Running
    from fleet import Fleet

SAID = {
    "builder-1": (
        ("Which port does the relay use?", "The relay port is 4711."),
        ("Which format do the exports have?", "The export format is Parquet, for columns are read one by one."),
        ("Who may rotate the keys?", "Key rotation is done by the night shift alone."),
    ),
    "builder-2": (
        ("How often does it try again?", "The retry limit is 5, as the sixth never helped."),
        ("Where are the backups?", "The backup folder is /srv/keep, mounted by hand."),
    ),
    "explorer-1": (("Which file is the oldest?", "The oldest file is legacy/bill.py."),),
}
TASKS = (
    ("Make the cart round", "Done: the rounding rule is half to even, in cart.py."),
    ("Reach the staging server", "FAILED: the staging certificate is from last year."),
)
KNOWN = {
    "relay port": "4711", "export format": "Parquet", "Key rotation": "night shift", "retry limit": "5",
    "backup folder": "/srv/keep", "rounding rule": "half to even", "staging certificate": "last year",
    "legacy importer": "three columns", "archive rotates": "Not answered", "oldest file": "legacy/bill.py",
}  # fmt: skip
"""What is asked in the evening, and what an answer has that was found. Who has told the last one is still at work: what
it said stands in no session yet."""
FOUND_AT_LEAST = 8
FINDING = "The legacy importer takes three columns, not four."


@pytest.fixture
def ollama(tmp_path: Path) -> Iterator[Running]:
    """A model that says what the day's script has, and in the evening knows nothing but its prompt."""
    said = [Reply(when=asked[:-1], text=text) for pairs in SAID.values() for asked, text in pairs]
    said += [Reply(when=title, text=text) for title, text in TASKS]
    said += [
        Reply(when="Tell everybody", calls=(ScriptedCall("remember", {"text": FINDING}),)),
        Reply(when="everybody knows", text="It is told."),
        Reply(when="archive rotates", system="You are builder-1,", text="word ", repeat=5000, piece_seconds=0.05),
        Reply(when="What is known", recites=True, stays=True),
    ]
    with running("fakes.ollama", tmp_path, Script(parallel=4, replies=said)) as made:
        yield made


def begin(fleet: Fleet, ollama: Running) -> None:
    """Start the fleet: two builders and an explorer; two more for the evening, who do not run yet."""
    config = f'{CONFIG}\n[brains]\nollama = "{ollama.url}"\nparallel = 4\n'
    roles = {"builder-1": "builder", "builder-2": "builder", "explorer-1": "explorer"}
    evening = {"builder-3": "builder", "builder-4": "builder"}
    tables = [
        f'\n[instances.{name}]\nrole = "{role}"\nbrain = "ollama:qwen2.5:7b"\ngrace_seconds = 2.0\nrestart = "never"\n'
        f"enabled = {'false' if name in evening else 'true'}\n"
        for name, role in (roles | evening).items()
    ]
    (fleet.root / "instances.toml").write_text(config + "".join(tables))
    fleet.serve(ready=False)
    wait_until(lambda: all(brain_of(fleet, name) for name in roles), "the model is in use")


def brain_of(fleet: Fleet, name: str) -> bool:
    """Whether an instance is there and thinks with the model."""
    one = fleet.instances().get(name)
    return one is not None and one["state"] == "ONLINE" and one["brain"] != "builtin"


def sessions(fleet: Fleet) -> dict[str, str]:
    """What each session says, by the name of its file."""
    return {path.name: path.read_text() for path in (fleet.root / "coordination/sessions").glob("*.md")}


def session_of(fleet: Fleet, name: str) -> str:
    """The session an instance left."""
    return wait_until(lambda: next((text for text in sessions(fleet).values() if f"- {name} on" in text), ""), name)


def done(fleet: Fleet, text: str) -> bool:
    """Whether somebody said of a task how it went."""
    return any(text in row["content"] for row in fleet.messages(kind="task_complete"))


def found(fleet: Fleet, who: str) -> dict[str, str]:
    """What a new instance answers, of what it is asked about."""
    fleet.trinity("start", who)
    wait_until(lambda: brain_of(fleet, who), f"{who} is there")
    answers: dict[str, str] = {}
    for subject in KNOWN:
        chain = fleet.ask(who, f"What is known about «{subject}»?")
        answers[subject] = next(
            row["content"] for row in fleet.messages(kind="answer") if row.get("reply_to") == chain["id"]
        )
    return {subject: text for subject, text in answers.items() if KNOWN[subject] in text}


def test_a_new_instance_knows_what_the_others_left(fleet: Fleet, ollama: Running) -> None:
    begin(fleet, ollama)
    for name, pairs in SAID.items():
        for asked, _ in pairs:
            fleet.ask(name, asked)
    fleet.ask("explorer-1", "Tell everybody about the importer")
    for title, text in TASKS:
        fleet.json("send", "builder-2", title, "--type", "task")
        wait_until(lambda text=text: done(fleet, text), title)
    fleet.json("send", "builder-1", "Do you think the archive rotates weekly?", "--type", "question")
    one = wait_until(lambda: _writing(fleet, "builder-1"), "it is at it")
    os.kill(one["pid"], signal.SIGKILL)
    passed = fleet.json("handoff", "pass", "builder-2", "--to", "builder-3")
    assert passed == {"instance": "builder-2", "to": "builder-3"}
    crashed, handed = session_of(fleet, "builder-1"), session_of(fleet, "builder-2")
    assert "(crashed: signal 9" in crashed
    assert "told from the log)" in crashed
    assert "Not answered: The person asked: Do you think the archive rotates weekly?" in crashed
    assert "(handed over to builder-3)" in handed
    told = fleet.trinity("handoff", "brief", "builder-3").stdout
    assert told.index("What the last session left:") < told.index("(handed over to builder-3)")

    with_handoff = found(fleet, "builder-3")
    aside = fleet.root / ".trinity" / "aside"
    (fleet.root / "coordination" / "sessions").rename(aside)
    without = found(fleet, "builder-4")
    print(f"found of {len(KNOWN)}: {len(with_handoff)} with the handoff, {len(without)} without")  # noqa: T201 - the figure
    assert len(with_handoff) >= FOUND_AT_LEAST, with_handoff
    assert len(without) <= 2, without
    assert set(without) <= set(with_handoff)


def _writing(fleet: Fleet, name: str) -> dict[str, Any] | None:
    one = fleet.instances()[name]
    return one if one["activity"] in ("thinking", "writing") else None
