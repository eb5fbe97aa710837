"""The ledger of a shared file: what is new, what was removed, and what its writer only never saw."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.door import DamagedArray, Fields, Ledger, parse, render
from trinity_tui.core.message import format_time

NOW = 1_700_000_000.0


def ours(number: int, **more: Any) -> Fields:
    """An entry as we write it."""
    fields = {"from": "builder-1", "to": "broadcast", "type": "finding", "content": f"ours {number}"}
    return {**fields, "timestamp": format_time(NOW + number), "metadata": {}, "id": f"id-{number}", **more}


def theirs(content: str, **more: Any) -> Fields:
    """An entry as a script writes it."""
    return {"from": "script", "to": "broadcast", "type": "message", "content": content, **more}


def taken(ledger: Ledger) -> list[str]:
    """What would be published now, and is then."""
    found = [fields["content"] for fields in ledger.pending.values()]
    ledger.published(list(ledger.pending))
    return found


def contents(ledger: Ledger) -> list[str]:
    return [one.fields["content"] for one in ledger.kept.values()]


@pytest.fixture
def ledger() -> Ledger:
    return Ledger("door-m-")


# The file


@pytest.mark.parametrize("content", [b"", b"[", b'[{"from": "scr', b"{}", b"7", b"null", b"\xff[]", b"[1] [2]"])
def test_what_is_no_array_is_damaged(content: bytes) -> None:
    with pytest.raises(DamagedArray):
        parse(content)


def test_what_other_programs_write_is_read() -> None:
    assert parse(b'\xef\xbb\xbf["hello", 3, {"content": "x"}]') == [
        {"content": "hello"},
        {"content": 3},
        {"content": "x"},
    ]
    (odd,) = parse(json.dumps([{"a": math.nan, "b": "\ud800", "c": 10**40}]).encode())
    assert odd == {"a": None, "b": "?", "c": 10**40}
    assert parse(b"[[1e999]]") == [{"content": ["1e999"]}]
    assert parse(render([odd, ours(1)])) == [odd, ours(1)]


def test_nested_for_ever_is_damaged() -> None:
    for depth in (69, 900, 100_000):
        with pytest.raises(DamagedArray):
            parse(b"[" * depth + b"]" * depth)
    assert parse(b"[" * 68 + b"]" * 68)


# What is new


def test_an_entry_is_taken_once(ledger: Ledger) -> None:
    ledger.arrived([theirs("one")], NOW)
    assert taken(ledger) == ["one"]
    ledger.arrived([theirs("one"), theirs("two", timestamp="2023-01-01T00:00:00Z")], NOW + 1)
    assert taken(ledger) == ["two"]
    assert not ledger.pending


def test_the_same_words_without_a_time_are_told_by_their_number(ledger: Ledger) -> None:
    ledger.arrived([theirs("done")], NOW)
    ledger.arrived([theirs("done"), theirs("done")], NOW)
    ledger.arrived([theirs("done"), theirs("done"), theirs("done")], NOW)
    assert taken(ledger) == ["done"] * 3
    times = [one.fields["timestamp"] for one in ledger.kept.values()]
    assert len(set(times)) == 3


def test_the_same_words_at_the_same_time_are_one(ledger: Ledger) -> None:
    entry = theirs("done", timestamp="2023-01-01T00:00:00Z")
    ledger.arrived([entry, entry], NOW)
    assert taken(ledger) == ["done"]


def test_an_id_is_of_the_content_whoever_takes_it() -> None:
    items = [theirs("one"), theirs("one"), theirs("two", timestamp="2023-01-01T00:00:00Z")]
    found: list[list[str]] = []
    for second in range(2):
        ledger = Ledger("door-m-")
        ledger.arrived(items, NOW + second)
        found.append(list(ledger.pending))
    assert found[0] == found[1]
    assert len(set(found[0])) == 3
    assert all(name.startswith("door-m-") for name in found[0])


def test_keys_that_were_dropped_make_no_entry_new(ledger: Ledger) -> None:
    for number in range(3):
        ledger.put(ours(number))
    ledger.saw(list(ledger.kept))
    kept = ("from", "to", "type", "content")
    ledger.arrived([{key: ours(number)[key] for key in kept} for number in range(3)] + [theirs("new")], NOW)
    assert taken(ledger) == ["new"]
    assert [one.fields.get("id") for one in ledger.kept.values()][:3] == ["id-0", "id-1", "id-2"]


def test_what_stands_there_no_more_is_still_known_without_its_time() -> None:
    ledger = Ledger("door-m-", newest=2)
    for number in range(5):
        ledger.put(ours(number))
    assert contents(ledger) == ["ours 3", "ours 4"]
    ledger.arrived([{"from": "builder-1", "to": "broadcast", "type": "finding", "content": "ours 0"}], NOW)
    ledger.arrived([ours(1)], NOW)
    assert not ledger.pending


def test_keys_that_were_added_stay(ledger: Ledger) -> None:
    ledger.put(ours(1))
    ledger.arrived([ours(1, read=True)], NOW)
    (one,) = ledger.kept.values()
    assert one.fields["read"] is True


def test_history_is_known_and_not_taken(ledger: Ledger) -> None:
    old, new = theirs("old", timestamp="2023-01-01T00:00:00Z"), theirs("new", timestamp=format_time(NOW))
    ledger.arrived([old, new, theirs("odd", timestamp="yesterday")], NOW, since=NOW - 60)
    assert taken(ledger) == ["new", "odd"]
    assert contents(ledger) == ["old", "new", "odd"]


# What was removed


def test_what_somebody_saw_and_left_out_was_removed(ledger: Ledger) -> None:
    ledger.put(ours(1))
    ledger.put(ours(2))
    ledger.saw(list(ledger.kept))
    ledger.arrived([ours(2)], NOW)
    assert contents(ledger) == ["ours 2"]
    ledger.arrived([ours(1), ours(2)], NOW)
    assert contents(ledger) == ["ours 2"]


def test_what_nobody_saw_is_put_in_again(ledger: Ledger) -> None:
    ledger.put(ours(1))
    ledger.saw(list(ledger.kept))
    ledger.put(ours(2))
    ledger.arrived([ours(1), theirs("new")], NOW)
    assert sorted(contents(ledger)) == ["new", "ours 1", "ours 2"]
    assert not ledger.is_settled([ours(1), theirs("new")])


def test_what_was_left_out_in_a_file_we_took_away_was_removed_and_the_rest_was_not(ledger: Ledger) -> None:
    ledger.put(ours(1))
    ledger.put(ours(2))
    ledger.saw(list(ledger.kept))
    stood = set(ledger.kept)
    ledger.put(ours(3))
    ledger.saw(list(ledger.kept))
    ledger.displaced([ours(2), theirs("late")], NOW, stood)
    assert contents(ledger) == ["ours 2", "ours 3", "late"]
    assert taken(ledger) == ["late"]
    ledger.arrived([ours(2), ours(3)], NOW)
    assert contents(ledger) == ["ours 2", "ours 3", "late"]


def test_what_is_the_same_in_another_order_is_settled(ledger: Ledger) -> None:
    ledger.put(ours(1))
    ledger.put(ours(2))
    swapped: Fields = dict(reversed(ours(1).items()))
    assert ledger.is_settled([ours(2), swapped])
    assert not ledger.is_settled([ours(2)])
    assert not ledger.is_settled([ours(1), ours(2), ours(2)])


def test_what_the_log_takes_back_goes(ledger: Ledger) -> None:
    ledger.put(ours(1))
    ledger.put(ours(2))
    ledger.drop(lambda fields: fields["id"] == "id-1")
    assert contents(ledger) == ["ours 2"]


def test_a_ledger_goes_on_where_it_was_left(ledger: Ledger) -> None:
    ledger.put(ours(1))
    ledger.arrived([ours(1), theirs("one")], NOW)
    taken(ledger)
    ledger.drop(lambda fields: fields["content"] == "ours 1")
    again = Ledger("door-m-")
    again.restore(ledger.unsaved, ledger.kept)
    again.arrived([ours(1), theirs("one")], NOW)
    assert not again.pending
    assert contents(again) == ["one"]
    assert msgspec.json.encode(again.unsaved) == b"[]"


# All of it, in any order


class File:
    """What a path leads to at a time."""

    def __init__(self, items: list[Fields], keys: list[str]) -> None:
        self.items = items
        self.keys = keys
        self.is_pristine = True


class World:
    """A path, our ledger, and one outsider that reads, thinks, opens and writes."""

    def __init__(self) -> None:
        self.ledger = Ledger("door-m-", newest=10_000)
        self.file = File([], [])
        self.away: list[tuple[File, set[str]]] = []
        self.keys: set[str] = set()
        self.copy: list[Fields] | None = None
        self.opened: File | None = None
        self.gone: set[str] = set()
        """What it took out of its copy."""
        self.wanted: set[str] = set()
        self.said: list[str] = []
        self.taken: list[str] = []
        self.count = 0

    def ours(self) -> None:
        self.count += 1
        self.ledger.put(ours(self.count))
        self.wanted.add(f"ours {self.count}")

    def read(self) -> None:
        if self.opened is None:
            self.copy = json.loads(json.dumps(self.file.items))
            self.gone.clear()
            if self.file.is_pristine:
                self.ledger.saw(self.file.keys)
                self.file.is_pristine = False

    def open(self) -> None:
        if self.copy is not None:
            self.opened = self.file

    def remove(self) -> None:
        if self.copy and self.opened is None:
            self.gone.add(self.copy.pop(len(self.copy) // 2)["content"])

    def write(self) -> None:
        if self.copy is None:
            return
        self.count += 1
        kept = ("from", "to", "type", "content")
        content = f"theirs {self.count}"
        self.wanted = (self.wanted - self.gone) | {content}
        self.said.append(content)
        into = self.opened or self.file
        into.items = [{key: one[key] for key in kept} for one in self.copy] + [theirs(content)]
        into.is_pristine = False
        self.copy = self.opened = None
        self.gone.clear()

    def look(self) -> None:
        for file, stood in self.away:
            self.ledger.displaced(file.items, NOW, stood)
        self.keys = self.ledger.arrived(self.file.items, NOW) if not self.file.is_pristine else self.keys
        self.taken += taken(self.ledger)

    def renew(self) -> None:
        self.look()
        seen = {key for key in self.keys if key in self.ledger.kept and self.ledger.kept[key].seen}
        self.away.append((self.file, seen))
        self.keys = set(self.ledger.kept)
        self.file = File([one.fields for one in self.ledger.kept.values()], list(self.keys))

    def renew_unseen(self) -> None:
        """As when the outsider writes between our look and our exchange."""
        before = self.keys
        made = File([one.fields for one in self.ledger.kept.values()], list(self.ledger.kept))
        self.write()
        seen = {key for key in before if key in self.ledger.kept and self.ledger.kept[key].seen}
        self.away.append((self.file, seen))
        self.file, self.keys = made, set(made.keys)


OPERATIONS = ["ours", "read", "open", "remove", "write", "look", "renew", "renew_unseen"]


@given(st.lists(st.sampled_from(OPERATIONS), max_size=40))
def test_nothing_is_lost_doubled_or_put_back(operations: list[str]) -> None:
    world = World()
    for name in operations:
        getattr(world, name)()
    world.renew()
    world.look()
    assert max(Counter(world.taken).values(), default=1) == 1
    # What it took out again before anybody looked was never there.
    assert set(world.said) & world.wanted <= set(world.taken) <= set(world.said)
    assert Counter(contents(world.ledger)) == Counter(world.wanted)
