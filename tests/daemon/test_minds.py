"""What a folder asks for and the person has not allowed does not count: brains that tell others, tools left unasked."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from fleet import CONFIG, files_below, wait_until
from speakers import serve_speakers, wait_for_heard, write_speakers
from trinity_tui.core import brain_name, brain_needs
from trinity_tui.core.address import COORDINATOR
from trinity_tui.core.brain_name import CLAUDE_MODEL
from trinity_tui.core.budget import Budget, budget_of
from trinity_tui.core.config_text import parse
from trinity_tui.daemon.ceilings import Ceilings
from trinity_tui.daemon.minds import Mind, Minds
from trinity_tui.daemon.words import Words

if TYPE_CHECKING:
    from fleet import Fleet

ROLE = '[instances.b]\nrole = "builder"\n'
PRICED = "claude:claude-haiku-4-5"
REMOTE = "openai:http://gpu.example:8000/v1#m"


class Person:
    """Who is asked, and what was granted."""

    def __init__(self) -> None:
        self.asked: dict[str, str] = {}
        self.granted: set[tuple[str, str]] = set()
        self.config = parse(ROLE)
        self.words = Words("key", self.is_granted, self.grant, self.asked.__setitem__)
        self.kept: dict[str, Budget] = {}
        self.minds = Minds(self.words, Ceilings(self.kept.get, self.kept.__setitem__), lambda: self.config)

    def is_granted(self, who: str, command: str) -> bool:
        return (who, command) in self.granted

    def grant(self, who: str, command: str) -> None:
        self.granted.add((who, command))

    def of(self, text: str) -> Mind:
        self.config = parse(text)
        return self.minds.of("b", self.config.instances["b"])

    def says(self, verdict: str) -> None:
        ((command, _),) = self.asked.items()
        self.asked.clear()
        if verdict == "always":
            self.grant(COORDINATOR, command)
        self.words.decided(command, verdict)

    def budget(self) -> Budget:
        return self.minds.budget("b", self.config.instances["b"])

    def after_restart(self) -> Person:
        """The next coordinator's: with what was allowed for good."""
        other = Person()
        other.granted |= self.granted
        other.kept |= self.kept
        return other


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.mark.parametrize(
    "brain", ["builtin", "auto", "ollama:mistral", "openai:http://127.0.0.1:1#m", "openai:http://[::1]:1#m"]
)
def test_a_brain_on_this_machine_needs_no_word_and_gets_no_key(person: Person, brain: str) -> None:
    mind = person.of(f'{ROLE}brain = "{brain}"\n')
    assert (mind.brain, mind.lacks, person.asked) == (brain, "", {})
    assert not [name for name in mind.variables if name.endswith("KEY")]


def test_auto_has_loaded_beforehand_what_it_will_open_and_nothing_where_there_is_no_server(person: Person) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        text = f'[brains]\nollama = "http://127.0.0.1:{server.getsockname()[1]}"\n{ROLE}'
        assert person.of(text).modules == ("ollama",)
    assert person.of(text).modules == ()


LEAVES = "what it is shown leaves this machine"
OWN = "counted at 0 and 0.5 dollars a million tokens in and out"
ASSUMED = "counted by the highest price that is known, for its own is not"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'{ROLE}brain = "{PRICED}"\n', f"use {PRICED}: {LEAVES}, at most 2.00 dollars a day."),
        (f'{ROLE}brain = "claude:x"\n', f"use claude:x: {LEAVES}, at most 2.00 dollars a day, {ASSUMED}."),
        (
            f'{ROLE}brain = "{REMOTE}"\ntokens_per_day = 9\n',
            f"use {REMOTE}: {LEAVES}, at most 2.00 dollars and 9 tokens a day, {ASSUMED}.",
        ),
        (
            f'{ROLE}brain = "{PRICED}"\n[brains.prices]\n"claude-haiku-4-5" = {{input = 0, output = 0.5}}\n',
            f"use {PRICED}: {LEAVES}, at most 2.00 dollars a day, {OWN}.",
        ),
        (
            f'[limits]\ndollars_per_day = 0.0\n{ROLE}brain = "{PRICED}"\n',
            f"use {PRICED}: {LEAVES}, and what it costs has no limit.",
        ),
        (
            f'[brains]\nollama = "http://gpu.example:1"\n{ROLE}',
            f"use auto at http://gpu.example:1: {LEAVES}, and what it costs has no limit.",
        ),
        (
            f'[brains]\nclaude_key = "~/.ssh/id"\n{ROLE}brain = "{PRICED}"\n',
            f"use {PRICED}, with the key in ~/.ssh/id: {LEAVES}, at most 2.00 dollars a day.",
        ),
    ],
)
def test_what_leaves_the_machine_waits_and_says_where_it_goes(person: Person, text: str, said: str) -> None:
    mind = person.of(text)
    assert mind.brain == "builtin"
    assert mind.variables == ()
    assert mind.lacks.startswith("waits for your word to use ")
    assert list(person.asked.values()) == [f"instances.toml wants b to {said}"]
    person.says("once")
    mind = person.of(text)
    assert mind.brain != "builtin"
    assert mind.lacks == ""
    assert person.asked == {}


@pytest.mark.parametrize(
    "change",
    [
        'brain = "claude:y"',
        'brain = "claude:x"\n[brains]\nclaude_key = "/etc/shadow"',
        'brain = "claude:x"\n[brains.prices]\nx = {input = 0, output = 0}',
        f'brain = "{REMOTE}"',
    ],
)  # fmt: skip
def test_what_was_allowed_is_exactly_that(person: Person, change: str) -> None:
    assert person.of(f'{ROLE}brain = "claude:x"\n').brain == "builtin"
    person.says("always")
    assert person.of(f'{ROLE}brain = "claude:x"\n').brain == "claude:x"
    assert person.of(f"{ROLE}{change}\n").brain == "builtin"
    assert person.asked


CLOUD = f'{ROLE}brain = "{PRICED}"\n'


@pytest.mark.parametrize("lower", ["dollars_per_day = 1.5", "tokens_per_day = 5", "tokens_per_day = 9\n"])
def test_a_lower_limit_needs_no_word_and_counts_at_once(person: Person, lower: str) -> None:
    person.of(CLOUD)
    person.says("always")
    person.of(CLOUD)
    person = person.after_restart()
    mind = person.of(f"{CLOUD}{lower}\n")
    assert (mind.brain, person.asked) == (PRICED, {})
    instance = person.config.instances["b"]
    assert person.budget() == budget_of(person.config.limits, instance.tokens_per_day, instance.dollars_per_day)
    assert person.of(CLOUD).brain == PRICED
    assert person.asked == {}, "what was allowed once is not asked again"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "dollars_per_day = 5.0",
            f"instances.toml lets b use 5.00 dollars a day with {PRICED}; you allowed 2.00 dollars",
        ),
        ("[limits]\ndollars_per_day = 0.0", f"instances.toml lets b use what it wants with {PRICED}; you allowed 2.00"),
    ],
)
@pytest.mark.parametrize("verdict", ["once", "always", "reject"])
def test_a_higher_limit_is_asked_once_and_meanwhile_what_was_allowed_holds(
    person: Person, text: str, sentence: str, verdict: str
) -> None:
    person.of(CLOUD)
    person.says("always")
    person.of(CLOUD)
    raised = f"{CLOUD}{text}\n"
    mind = person.of(raised)
    assert (mind.brain, mind.lacks) == (PRICED, ""), "the brain is not taken away"
    assert "ANTHROPIC_API_KEY" in mind.variables
    assert person.budget() == Budget(0, 2_000_000)
    (asked,) = person.asked.values()
    assert asked.startswith(sentence)
    person.says(verdict)
    assert person.of(raised).brain == PRICED
    assert person.asked == {}
    assert (person.budget() == Budget(0, 2_000_000)) == (verdict == "reject")
    later = person.after_restart()
    assert later.of(raised).brain == PRICED
    assert bool(later.asked) == (verdict != "always"), "a word for once is for one coordinator"


def test_who_changes_to_a_brain_of_this_machine_is_not_held_by_what_another_was_allowed(person: Person) -> None:
    person.of(CLOUD)
    person.says("once")
    person.of(CLOUD)
    person.of(f"{CLOUD}dollars_per_day = 9.0\n")
    assert person.budget() == Budget(0, 2_000_000)
    person.of(f'{ROLE}brain = "auto"\ndollars_per_day = 9.0\n')
    assert person.budget() == Budget(0, 9_000_000)


def test_a_no_stands_until_it_is_brought_up(person: Person) -> None:
    text = f'{ROLE}brain = "claude:x"\n'
    person.of(text)
    person.says("reject")
    assert person.of(text) == Mind("builtin", lacks="you did not allow it to use claude:x")
    assert person.asked == {}
    assert person.words.reconsider(person.minds.command("b", person.config.instances["b"]))
    assert person.of(text).lacks.startswith("waits")


def test_naming_it_at_a_command_is_the_word(person: Person) -> None:
    person.of(f'{ROLE}brain = "claude:x"\n')
    person.minds.trust("b", person.config.instances["b"])
    mind = person.of(f'{ROLE}brain = "claude:x"\n')
    assert mind.brain == "claude:x"
    assert "ANTHROPIC_API_KEY" in mind.variables
    assert person.minds.warning("b", person.config.instances["b"])
    granted = set(person.granted)
    person.minds.trust("b", msgspec.structs.replace(person.config.instances["b"], brain="builtin"))
    assert person.granted == granted, "what needs no word leaves none"


def test_rules_that_let_tools_act_wait_and_the_others_count(person: Person) -> None:
    person.config = parse(f'[tools]\nallow = ["shell pytest"]\ndeny = ["shell rm"]\nnetwork = true\n{ROLE}')
    tools = person.minds.tools()
    assert (tools.allow, tools.deny, tools.network) == ((), ("shell rm",), False)
    assert list(person.asked.values()) == [
        "instances.toml wants tools to use without asking: shell pytest, and to reach the network."
    ]
    person.says("always")
    assert person.minds.tools() == person.config.tools
    person.config = parse(f'[tools]\nallow = ["shell pytest", "shell"]\nnetwork = true\n{ROLE}')
    assert person.minds.tools().allow == ()
    assert parse(ROLE).tools == Person().minds.tools()


def test_a_fleet_uses_a_cloud_brain_only_once_it_was_allowed(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    write_speakers(fleet, names=("lead-1",), brain='"claude:x"')
    serve_speakers(fleet, monkeypatch, ready=False)
    wait_for_heard(fleet, "lead-1", "use_brain", brain="builtin")

    def one() -> dict[str, Any]:
        return fleet.instances().get("lead-1", {})

    wait_until(lambda: one().get("reason") == "waits for your word to use claude:x", "the node says so")
    assert one()["state"] == "DEGRADED"
    (row,) = fleet.lines("inbox")
    assert row["text"].startswith("instances.toml wants lead-1 to use claude:x: what it is shown leaves this machine")
    assert fleet.trinity("approve", row["id"]).returncode == 0
    wait_for_heard(fleet, "lead-1", "use_brain", brain="claude:x")
    wait_until(lambda: one()["state"] == "ONLINE", "it has its brain")


def without_variables(patch: pytest.MonkeyPatch) -> None:
    """None of what a model's client reads of the environment is there."""
    for name in ("claude:x", "openai:http://a#x", "ollama:x"):
        for variable in brain_needs.variables_of(brain_name.parse(name)):
            patch.delenv(variable, raising=False)


def test_who_needs_a_key_begins_anew_and_has_it_and_nobody_else_does(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_variables(monkeypatch)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret-of-mine")
    write_speakers(fleet)
    serve_speakers(fleet, monkeypatch)
    before = {name: one["pid"] for name, one in fleet.instances().items()}
    assert fleet.trinity("brain", "lead-1", "claude:x").returncode == 0

    def has_key(name: str) -> bool:
        pid = fleet.instances()[name]["pid"]
        try:
            return b"ANTHROPIC_API_KEY=sk-secret-of-mine" in Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            return False

    wait_until(lambda: fleet.instances()["lead-1"]["pid"] not in (None, before["lead-1"]), "it begins anew")
    wait_until(lambda: has_key("lead-1"), "it has the key")
    assert fleet.instances()["builder-1"]["pid"] == before["builder-1"]
    assert not has_key("builder-1")
    files = files_below(fleet.root / ".trinity")
    assert not [path for path, content in files.items() if b"sk-secret-of-mine" in content]


def test_another_brain_counts_at_once_and_over_the_next_start(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    without_variables(monkeypatch)
    write_speakers(fleet, names=("lead-1", "builder-1"))
    first = serve_speakers(fleet, monkeypatch)
    before = {name: one["pid"] for name, one in fleet.instances().items()}
    done = fleet.trinity("brain", "lead-1", "claude")
    assert done.returncode == 0, done.stderr
    assert "leaves this machine, at most 2.00 dollars a day" in done.stderr
    brain = f"claude:{CLAUDE_MODEL}"
    wait_for_heard(fleet, "lead-1", "use_brain", brain=brain)
    assert fleet.instances()["lead-1"]["asked_brain"] == brain
    assert fleet.trinity("brain", "lead-1", "gpt").returncode == 2
    first.kill()
    first.wait()
    serve_speakers(fleet, monkeypatch)
    assert wait_for_heard(fleet, "lead-1", "use_brain")["brain"] == brain
    assert {name: one["pid"] for name, one in fleet.instances().items()} == before, "nobody began anew"
    assert fleet.lines("inbox") == []
    assert fleet.trinity("brain", "lead-1", "auto").returncode == 0
    wait_for_heard(fleet, "lead-1", "use_brain", brain="auto")
    assert "brains" not in (fleet.root / ".trinity" / "overrides.toml").read_text()
    # And the file itself: another brain there needs no new process either.
    write_speakers(fleet, names=("lead-1", "builder-1"), brain='"ollama:mistral"')
    wait_for_heard(fleet, "builder-1", "use_brain", brain="ollama:mistral")
    assert {name: one["pid"] for name, one in fleet.instances().items()} == before
    assert CONFIG in (fleet.root / "instances.toml").read_text()
