"""What the configuration says about where and with which environment to run, and what needs the person's word."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from fleet import CONFIG, files_below, wait_until
from trinity_tui.core.config import InstanceConfig
from trinity_tui.core.typed import TEXT_CHARACTERS
from trinity_tui.daemon.surroundings import Allowed, Surroundings
from trinity_tui.daemon.words import Words

if TYPE_CHECKING:
    from pathlib import Path

    from fleet import Fleet


class Person:
    """Who is asked, and what was granted."""

    def __init__(self, root: Path) -> None:
        self.asked: dict[str, str] = {}
        self.granted: set[str] = set()
        self.words = Words("key", self.is_granted, self.grant, self.asked.__setitem__)
        self.allowed = Allowed(root, self.words)

    def is_granted(self, who: str, command: str) -> bool:
        return command in self.granted

    def grant(self, who: str, command: str) -> None:
        self.granted.add(command)

    def of(self, name: str = "b", **keys: Any) -> Surroundings:
        return self.allowed.of(name, InstanceConfig("builder", **keys))


@pytest.fixture
def person(tmp_path: Path) -> Person:
    (tmp_path / "shop" / "src").mkdir(parents=True)
    return Person(tmp_path / "shop")


def test_inside_of_the_workspace_nobody_is_asked(person: Person, tmp_path: Path) -> None:
    assert person.of() == Surroundings(str(tmp_path / "shop"), {})
    assert person.of(cwd="src") == Surroundings(str(tmp_path / "shop" / "src"), {})
    assert person.of(cwd=str(tmp_path / "shop" / "src")).hold == ""
    assert person.asked == {}


@pytest.mark.parametrize("cwd", ["..", "/", "~", "src/../../shop2", "out"])
def test_what_leads_out_of_it_waits_for_the_person(person: Person, tmp_path: Path, cwd: str) -> None:
    (tmp_path / "shop" / "out").symlink_to(tmp_path)
    held = person.of(cwd=cwd)
    assert held.hold.startswith("waits for your word to run in /")
    assert (held.cwd, held.env) == (str(tmp_path / "shop"), {})
    ((command, sentence),) = person.asked.items()
    assert command.startswith("b in /")
    assert sentence.startswith("instances.toml wants b to run in /")


def test_a_link_in_a_circle_leads_nowhere(person: Person, tmp_path: Path) -> None:
    (tmp_path / "shop" / "round").symlink_to("round")
    assert person.of(cwd="round").hold == "its cwd leads nowhere"
    assert person.asked == {}


def test_a_variable_waits_and_its_value_is_told_nowhere(person: Person) -> None:
    held = person.of(env={"LD_PRELOAD": "/tmp/evil.so", "A": "hunter2"})
    assert held.hold.endswith(" with env A, LD_PRELOAD")
    assert held.env == {}
    for text in (held.hold, *person.asked, *person.asked.values()):
        assert "evil" not in text
        assert "hunter2" not in text


def test_what_was_allowed_is_exactly_that(person: Person) -> None:
    env = {"A": "1"}
    held = person.of(env=env)
    person.granted |= set(person.asked)
    assert held.hold
    assert person.of(env=env).env == env
    for name, keys in [
        ("c", {"env": env}), ("b", {"env": {"A": "2"}}), ("b", {"env": {"A": "1", "B": ""}}),
        ("b", {"env": env, "cwd": "src"}), ("b", {"env": {"A1": ""}}),
    ]:  # fmt: skip
        assert person.of(name, **keys).hold, (name, keys)


def test_a_word_counts_until_the_end_and_a_no_until_it_is_brought_up(person: Person) -> None:
    config = InstanceConfig("builder", cwd="..")
    command = person.allowed.command("b", config)
    assert person.of(cwd="..").hold
    person.words.decided(command, "reject")
    person.asked.clear()
    assert person.of(cwd="..").hold.startswith("you did not allow it to run in /")
    assert person.asked == {}
    assert person.words.reconsider(command)
    assert not person.words.reconsider(command)
    assert person.of(cwd="..").hold.startswith("waits for your word")
    person.words.decided(command, "once")
    assert person.of(cwd="..").hold == ""


def test_a_command_is_whole_in_every_view_however_long_the_path(person: Person) -> None:
    person.of("b" * 32, cwd="/" + "x" * 3000, env={"E" * 3000: "", "\u202e": ""})
    (command,) = person.asked
    assert len(command) < TEXT_CHARACTERS
    assert command.isprintable()


def test_an_instance_runs_where_it_was_allowed_to_and_not_before(fleet: Fleet, tmp_path: Path) -> None:
    table = f'[instances.b]\nrole = "guide"\ncwd = "{tmp_path}"\nenv = {{ SECRET_WORD = "hunter2" }}\n'
    (fleet.root / "instances.toml").write_text(CONFIG + table)
    fleet.serve(ready=False)

    def request() -> dict[str, Any] | None:
        asked = fleet.messages(kind="approval")
        return asked[-1] if asked else None

    asked = wait_until(lambda: fleet.status() and request(), "the request")
    one = fleet.instances()["b"]
    assert one["state"] == "OFFLINE"
    assert one["reason"] == f"waits for your word to run in {tmp_path} with env SECRET_WORD"
    assert fleet.trinity("approve", asked["id"]).returncode == 0
    pid = fleet.wait_for_states()["b"]["pid"]
    assert os.readlink(f"/proc/{pid}/cwd") == str(tmp_path)
    with open(f"/proc/{pid}/environ", "rb") as file:
        assert b"SECRET_WORD=hunter2" in file.read().split(b"\0")
    fleet.trinity("down", "--yes")
    fleet.serve()
    assert len(fleet.messages(kind="approval")) == 2, "one request and one decision"
    said = files_below(fleet.root / ".trinity")
    assert [path for path, content in said.items() if b"hunter2" in content] == []
