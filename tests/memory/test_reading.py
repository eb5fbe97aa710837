"""What faces are told of the memory: marks in lists, one record in full, and what changed since a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_lines import DAY, START, line
from trinity_tui.core.errors import ClientError
from trinity_tui.memory import reading
from trinity_tui.memory.index import Index
from trinity_tui.memory.uses import Counts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = START + DAY
PORT = {"subject": "the server", "predicate": "port"}


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """Two who do not agree, something that was replaced and something that was taken back."""
    index = Index.open(tmp_path / "memory.db")
    index.apply([
        line("a", 1, text="It listens on 8001", value="8001", **PORT),
        line("b", 20, "smith", text="It listens on 8080", value="8080", **PORT),
        line("old", 2, text="Deploy by hand"),
        line("new", 30, text="Deploy with make", supersedes=("old",), sources=("a",)),
        line("wrong", 3, text="The moon is cheese"), line("no", 40, op="retract", target="wrong"),
    ])  # fmt: skip
    yield index
    index.close()


def test_news_are_what_came_was_replaced_taken_back_and_contradicted_since_then(index: Index) -> None:
    told = reading.news(index, START + 10, NOW, 50)
    assert [row["id"] for row in told["records"]] == ["new", "b"]
    assert [row["id"] for row in told["superseded"]] == ["old"]
    assert [row["id"] for row in told["retracted"]] == ["wrong"]
    assert told["counts"] == {"added": 2, "superseded": 1, "retracted": 1, "contradicted": 1}
    later = reading.news(index, START + 50, NOW, 50)
    assert set(later["counts"].values()) == {0}
    assert len(later["contradictions"]) == 1
    assert reading.news(index, START + 10, NOW, 1)["counts"]["added"] == 2


def test_a_list_says_what_is_contradicted_and_how_often_each_was_used(index: Index) -> None:
    rows = reading.named(index, ["b", "nowhere", "new", "old"], NOW)
    assert [(row["id"], row["state"]) for row in rows] == [("b", "stands"), ("new", "stands"), ("old", "superseded")]
    uses = {"new": Counts(shown=3, by=["lead-1"]), "old": Counts(shown=2), "a": Counts(cited=9)}
    marked = reading.marked(index, rows, uses, NOW)
    assert marked[1]["use"]["cited"] == 0, "what it rests on is used for itself"
    assert [(row["is_contradicted"], row["use"]["shown"]) for row in marked] == [(True, 0), (False, 3), (False, 2)]


def test_who_states_something_else_of_the_same_thing_replaces_what_they_stated_before(index: Index) -> None:
    index.apply([line("c", 31, "smith", text="It listens on 9090", value="9090", **PORT)])
    assert [one["text"] for one in reading.shown(index, "c", {}, NOW)["replaced"]] == ["It listens on 8080"]
    assert reading.shown(index, "b", {}, NOW)["ended_by_text"] == "It listens on 9090"
    assert reading.shown(index, "a", {}, NOW)["replaced"] == []


def test_a_record_is_told_with_what_it_replaced_what_replaced_it_and_the_other_side(index: Index) -> None:
    new, old, port = (reading.shown(index, name, {}, NOW) for name in ("new", "old", "a"))
    assert [one["text"] for one in new["replaced"]] == ["Deploy by hand"]
    assert old["related"]["new"]["text"] == old["ended_by_text"] == "Deploy with make"
    assert {one["text"] for one in port["related"].values()} == {"It listens on 8001", "It listens on 8080"}
    assert [(one["id"], one["author"]) for one in port["statements"]] == [("a", "scout")]
    with pytest.raises(ClientError, match="nothing of the id 'zebra'"):
        reading.shown(index, "zebra", {}, NOW)
