"""One shared file: when it is renewed, what is read of those it replaced, and what survives a death in between."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from trinity_tui.core.door import Ledger
from trinity_tui.core.message import format_time
from trinity_tui.daemon import door as module
from trinity_tui.daemon.door import Door
from trinity_tui.daemon.sightings import Sightings
from trinity_tui.store import document
from trinity_tui.store.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = 1_700_000_000.0


class Desk:
    """A shared file, its door, and a clock that is set by hand."""

    def __init__(self, root: Path) -> None:
        self.path = root / ".shared_messages.json"
        self.folder = root / "door"
        self.seconds = 100.0
        self.taken: dict[str, str] = {}
        self.sightings = Sightings()
        self.door = self.open()

    def open(self) -> Door:
        """As a process that begins."""
        return Door(
            self.path, self.folder, Ledger("door-m-"), self.sightings, lambda: self.seconds, lambda: NOW + self.seconds
        )

    def turn(self, after_seconds: float = 1.0, *, at_once: bool = False) -> None:
        self.seconds += after_seconds
        self.door.look()
        pending = self.door.ledger.pending
        self.taken |= {name: fields["content"] for name, fields in pending.items()}
        self.door.ledger.published(list(pending))
        self.door.save()
        if self.door.is_due(at_once=at_once):
            self.door.renew()

    def say(self, content: str) -> None:
        self.door.ledger.put(
            {"from": "a", "to": "b", "type": "chat", "content": content, "timestamp": format_time(NOW)}
        )

    def read(self) -> list[Any]:
        return json.loads(self.path.read_text())

    def contents(self) -> list[str]:
        return [entry["content"] for entry in self.read()]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.sightings.close()


def entry(content: str) -> dict[str, str]:
    return {"from": "script", "content": content}


def test_the_file_stands_from_the_first_turn_and_is_only_written_when_it_changes(desk: Desk) -> None:
    desk.turn()
    assert desk.read() == []
    assert desk.path.stat().st_mode & 0o777 == 0o600
    inode = desk.path.stat().st_ino
    desk.turn()
    assert desk.path.stat().st_ino == inode
    desk.say("one")
    desk.turn()
    assert desk.contents() == ["one"]


def test_it_is_renewed_at_most_once_a_period(desk: Desk) -> None:
    desk.turn()
    desk.say("one")
    desk.turn(0.5)
    assert desk.contents() == []
    desk.turn(0.5)
    assert desk.contents() == ["one"]


def test_its_mode_is_its_owners(desk: Desk) -> None:
    desk.turn()
    desk.path.chmod(0o644)
    desk.say("one")
    desk.turn()
    assert desk.contents() == ["one"]
    assert desk.path.stat().st_mode & 0o777 == 0o644


def test_who_had_the_file_open_is_still_heard(desk: Desk) -> None:
    desk.turn()
    with desk.path.open("w") as file:
        file.write('[{"from": "script", ')
        file.flush()
        desk.say("one")
        desk.turn(0.5)
        assert desk.path.read_text() == '[{"from": "script", '
        file.write('"content": "first"}]')
    desk.turn(0.4)
    assert list(desk.taken.values()) == ["first"]
    with desk.path.open("r+") as file:
        desk.turn()
        assert desk.contents() == ["one", "first"]
        json.dump([entry("first"), entry("late")], file)
        file.truncate()
    desk.turn(1.5)
    assert list(desk.taken.values()) == ["first", "late"]
    desk.turn(3.0)
    desk.turn(1.0)
    assert not list(desk.folder.glob("*.old"))
    assert desk.contents() == ["one", "first", "late"]


def test_what_was_never_read_is_put_in_again_and_what_was_is_not(desk: Desk) -> None:
    desk.turn()
    desk.say("one")
    desk.turn()
    desk.path.write_text(json.dumps([entry("from an older file")]))
    desk.turn()
    assert desk.contents() == ["one", "from an older file"]
    desk.path.write_text(json.dumps([entry("from this one")]))
    desk.turn()
    assert desk.contents() == ["from this one"]


def test_what_replaces_a_file_that_was_read_counts_too(desk: Desk) -> None:
    desk.turn()
    desk.say("one")
    desk.turn()
    assert desk.contents() == ["one"]
    beside = desk.folder / "beside"
    beside.write_text("[]")
    os.replace(beside, desk.path)
    desk.turn()
    assert desk.contents() == []


def test_it_is_damaged_after_a_second_and_then_left_as_it_is(desk: Desk) -> None:
    desk.turn()
    desk.path.write_text("{")
    desk.say("one")
    desk.turn(1.0)
    assert desk.door.trouble == ""
    desk.turn(0.9)
    assert desk.door.trouble == ""
    desk.turn(0.1)
    assert desk.door.trouble.startswith(".shared_messages.json is damaged and left as it is (")
    desk.turn(60.0)
    assert desk.path.read_text() == "{"
    desk.path.write_text("[]")
    desk.turn()
    assert desk.door.trouble == ""
    assert desk.contents() == ["one"]


@pytest.mark.parametrize("is_link", [True, False])
def test_what_is_no_plain_file_is_not_followed(desk: Desk, is_link: bool) -> None:
    elsewhere = desk.path.parent / "elsewhere"
    elsewhere.write_text("[]")
    desk.path.symlink_to("elsewhere") if is_link else desk.path.mkdir()
    desk.say("one")
    desk.turn()
    desk.turn()
    assert "it is no plain file" in desk.door.trouble
    assert elsewhere.read_text() == "[]"


def test_a_file_that_was_removed_comes_back_without_what_was_in_it(desk: Desk) -> None:
    desk.say("one")
    desk.turn()
    assert desk.contents() == ["one"]
    desk.path.unlink()
    desk.say("two")
    desk.turn(1.0)
    assert not desk.path.exists()
    desk.turn(1.0)
    assert desk.contents() == ["two"]


def test_what_stood_there_long_before_is_not_taken(desk: Desk) -> None:
    desk.path.write_text(json.dumps([entry("old"), entry("new") | {"timestamp": format_time(NOW)}]))
    os.utime(desk.path, (NOW - 7200, NOW - 7200))
    desk.turn()
    assert list(desk.taken.values()) == ["new"]
    assert desk.contents() == ["new", "old"]


def test_the_next_process_goes_on(desk: Desk) -> None:
    desk.turn()
    desk.path.write_text(json.dumps([entry("one")]))
    desk.turn()
    desk.say("two")
    desk.door.position, desk.door.generation = 70, 3
    desk.turn()
    desk.door = desk.open()
    assert (desk.door.position, desk.door.generation) == (70, 3)
    desk.path.write_text(json.dumps([entry("one"), entry("three")]))
    desk.turn()
    assert list(desk.taken.values()) == ["one", "three"]
    # Nobody knows whether "two" was read: what is missing counts as removed.
    assert desk.contents() == ["one", "three"]


@pytest.mark.parametrize("style", ["at-once", "slowly", "beside"])
def test_200_rewrites_against_an_exchange_at_every_turn_lose_and_double_nothing_of_either_side(
    desk: Desk, style: str
) -> None:
    desk.door.ledger.newest = 2_000
    desk.turn()
    program = Path(__file__).parents[1] / "fakes" / "foreign.py"
    command = [sys.executable, program, desk.path, "script", "200", "0.002", style, "from,to,type,content"]
    ours = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as foreign:
        while foreign.poll() is None:
            desk.say(f"we say {ours}")
            ours += 1
            desk.turn(0.02, at_once=True)
            time.sleep(0.005)
        assert foreign.stdout is not None
        said = foreign.stdout.read().splitlines()
    for _ in range(10):
        desk.turn()
    assert len(said) == 200
    assert Counter(desk.taken.values()) == Counter(said)
    assert Counter(desk.contents()) == Counter([*said, *(f"we say {number}" for number in range(ours))])


class Death(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", range(8))
def test_a_death_between_any_two_steps_loses_and_doubles_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, step: int, when: str
) -> None:
    desk.turn()
    desk.path.write_text(json.dumps([entry("theirs 1")]))
    desk.turn()
    left = [step]

    def deadly(do: Callable[..., Any]) -> Callable[..., Any]:
        def done(*words: Any, **more: Any) -> Any:
            left[0] -= 1
            if left[0] == -1 and when == "before":
                raise Death
            result = do(*words, **more)
            if left[0] == -1:
                raise Death
            return result

        return done

    with monkeypatch.context() as patch:
        for place, name in ((module, "exchange"), (document, "write_bytes"), (os, "replace"), (os, "utime")):
            patch.setattr(place, name, deadly(getattr(place, name)))
        patch.setattr("trinity_tui.store.journal.Journal.append", deadly(getattr(Journal, "append")))  # noqa: B009 - generic
        desk.say("ours")
        desk.path.write_text(json.dumps([*desk.read(), entry("theirs 2")]))
        try:
            desk.turn()
        except Death:
            desk.door = desk.open()
            desk.say("ours")
    desk.path.write_text(json.dumps([*desk.read(), entry("theirs 3")]))
    for _ in range(5):
        desk.turn()
    assert sorted(desk.taken.values()) == ["theirs 1", "theirs 2", "theirs 3"]
    assert sorted(desk.contents()) == ["ours", "theirs 1", "theirs 2", "theirs 3"]
    assert not list(desk.folder.glob("*.old"))
