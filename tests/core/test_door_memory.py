"""The file of what is remembered: what holds stands in it, what outsiders took out or wrote is theirs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory_lines import DAY, START, line, lines
from trinity_tui.core.door import render
from trinity_tui.core.door_files import MEMORY
from trinity_tui.core.door_memory import Records, entry_of_record
from trinity_tui.core.door_words import message_of
from trinity_tui.core.memory_fold import fold
from trinity_tui.core.memory_message import operation_of
from trinity_tui.core.words import normalised

if TYPE_CHECKING:
    from trinity_tui.core.memory import Operation, Record

NOW = START + DAY


def ledger() -> Records:
    made = MEMORY.ledger(MEMORY.mark)
    assert isinstance(made, Records)
    return made


def holding(said: list[Operation]) -> list[Record]:
    return [one for one in fold(said) if one.holds(NOW)]


def texts(kept: Records) -> list[str]:
    return [one.fields["content"] for one in kept.kept.values()]


def written(kept: Records, *more: dict[str, Any], without: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """What an outsider writes who read the file: all of it, without the keys it does not know."""
    read = json.loads(render(one.fields for one in kept.kept.values()))
    return [{key: value for key, value in one.items() if key not in without} for one in [*read, *more]]


@given(lines(), st.lists(st.integers(0, 15), max_size=4))
def test_what_holds_stands_in_it_whatever_stood_before(said: list[Operation], counts: list[int]) -> None:
    kept = ledger()
    for count in counts:
        kept.stand(records := holding(said[:count]), ())
        # Of two that an outsider could not tell apart one stands in it.
        assert {normalised(text) for text in texts(kept)} == {normalised(one.text) for one in records}


@given(lines(), st.integers(0, 15))
def test_who_writes_it_back_says_nothing(said: list[Operation], count: int) -> None:
    kept = ledger()
    kept.stand(holding(said[:count]), ())
    read = written(kept, without=("id", "metadata"))
    kept.stand(holding(said), ())
    kept.arrived(read, NOW)
    kept.displaced(read, NOW, set())
    assert kept.pending == {}


def test_what_is_superseded_goes_and_comes_again_and_what_was_taken_out_stays_out() -> None:
    said = [line("a", 1, text="one"), line("b", 2, text="two"), line("c", 3, text="other")]
    kept = ledger()
    kept.stand(holding(said), ())
    over = [*said, line("d", 4, text="two now", supersedes=("b",))]
    kept.stand(holding(over), ())
    assert texts(kept) == ["one", "other", "two now"]
    kept.saw(list(kept.kept))
    kept.arrived([one for one in written(kept) if one["content"] != "one"], NOW)
    back = [*over, line("e", 5, op="retract", target="d")]
    kept.stand(holding(back), ())
    assert texts(kept) == ["other", "two"]


def test_what_an_outsider_adds_is_a_record_and_stands_until_it_holds_no_longer() -> None:
    kept = ledger()
    kept.stand(holding([line("a", 1, text="one")]), ())
    kept.arrived(written(kept, {"from": "script", "type": "decision", "content": "We stay on 3.11."}), NOW)
    ((name, fields),) = kept.pending.items()
    kept.published([name])
    message = message_of(MEMORY.says(fields), name, (), MEMORY.kind, NOW)
    operation = operation_of(message, "C1")
    assert operation is not None
    assert (operation.kind, operation.author, operation.text) == ("decision", "script", "We stay on 3.11.")
    kept.stand(holding([line("a", 1, text="one")]), ())
    assert texts(kept) == ["one", "We stay on 3.11."]
    kept.stand(holding([line("a", 1, text="one"), operation]), ())
    assert texts(kept) == ["one", "We stay on 3.11."]
    kept.stand(holding([line("a", 1, text="one")]), (name,))
    assert texts(kept) == ["one"]


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ({}, "finding"), ({"type": "finding"}, "finding"), ({"type": "question"}, "question"),
        ({"type": "memory", "metadata": {"kind": "howto"}}, "howto"), ({"type": "proposal"}, "finding"),
        ({"type": ["x"]}, "finding"),
    ],
)  # fmt: skip
def test_every_entry_is_a_record_of_the_kind_it_says(entry: dict[str, Any], kind: str) -> None:
    message = message_of(MEMORY.says({"content": "so it is", **entry}), "door-k-1", (), MEMORY.kind, NOW)
    operation = operation_of(message, "C1")
    assert operation is not None
    assert (message.type, operation.kind) == ("finding", kind)
    assert ("claimed_type" in message.metadata) == (entry.get("type") in ("proposal", ["x"]))


def test_an_entry_has_the_keys_of_a_message_and_no_secret() -> None:
    (record,) = holding(
        [line("a", 1, text="password: hunter2hunter2", kind="fact", subject="db", tags=("net",), path="a.py", line=3)]
    )
    entry = entry_of_record(record)
    assert list(entry) == ["from", "to", "type", "timestamp", "content", "metadata", "id"]
    assert "hunter2" not in entry["content"]
    assert entry["metadata"] == {
        "kind": "fact", "subject": "db", "tags": ("net",), "authors": ("scout",), "confidence": 1.0, "path": "a.py",
        "line": 3, "computer": "C1",
    }  # fmt: skip


def test_the_newest_stand_in_it() -> None:
    kept = ledger()
    every = holding([line(f"m{number}", number, text=f"fact {number}") for number in range(kept.newest + 5)])
    kept.stand(every[: kept.newest], ())
    kept.stand(every[-kept.newest :], ())
    assert texts(kept) == [f"fact {number}" for number in range(5, kept.newest + 5)]
