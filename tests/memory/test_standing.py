"""What holds now, read from an index that another process writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_lines import DAY, START, line, lines
from trinity_tui.core.errors import StoreError
from trinity_tui.core.memory import encode
from trinity_tui.core.memory_fold import fold
from trinity_tui.memory import standing
from trinity_tui.memory.index import Index
from trinity_tui.memory.synthesis import synthesise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trinity_tui.core.memory import Operation

NOW = START + DAY


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.db"


@pytest.fixture
def index(path: Path) -> Iterator[Index]:
    made = Index.open(path)
    yield made
    made.close()


@settings(max_examples=30, deadline=None)
@given(said=lines(), at=st.integers(0, 14))
def test_it_is_what_a_fold_of_all_lines_says_of_the_moment(
    tmp_path_factory: pytest.TempPathFactory, said: list[Operation], at: int
) -> None:
    folder, now = tmp_path_factory.mktemp("index"), START + at
    (folder / "C1.jsonl").write_bytes(b"".join(encode(one) + b"\n" for one in said))
    writer = Index.open(folder / "memory.db")
    assert standing.look(folder / "memory.db", now) is None
    writer.catch_up([folder / "C1.jsonl"])
    found = standing.look(folder / "memory.db", now)
    writer.close()
    assert found is not None
    holding = [record for record in fold(said) if record.holds(now)]
    assert sorted(one.id for one in found.records) == sorted(one.id for one in holding)
    assert found.synthesis == synthesise(holding, now)


def test_the_newest_are_told_and_what_of_others_is_over(path: Path, index: Index, tmp_path: Path) -> None:
    assert standing.newest(path, NOW, 2, ()) is None
    (tmp_path / "C1.jsonl").write_bytes(b"")
    index.catch_up([tmp_path / "C1.jsonl"])
    index.apply([line("a", 1, text="one"), line("b", 2, text="two"), line("c", 3, text="three", supersedes=("a",))])
    index.apply([line("d", 4, text="four")])
    found = standing.newest(path, NOW, 2, ("a", "b", "nobody"))
    assert found is not None
    assert [one.text for one in found.records] == ["three", "four"]
    assert found.over == ["a"]


def test_what_was_so_once_is_told_from_what_is_so_again(path: Path, index: Index) -> None:
    index.apply([line("a", 1, text="The port is 1.", key="k"), line("b", 2, text="the port is 2", key="k")])
    texts = ("the port is 1", "The port is 2.", "nobody said this")
    assert standing.outdated(path, texts, NOW) == {"the port is 1"}
    index.apply([line("c", 3, text="The port is 1.", key="k")])
    assert standing.outdated(path, texts, NOW) == {"The port is 2."}
    index.apply([line("d", 4, op="retract", target="c"), line("e", 5, op="retract", target="a")])
    assert standing.outdated(path, texts, NOW) == {"the port is 1", "The port is 2."}
    assert standing.outdated(path, (), NOW) == frozenset()


def test_the_stamps_differ_once_something_was_written(path: Path, index: Index) -> None:
    before = standing.stamps(path)
    assert standing.stamps(path) == before
    index.apply([line("a", 1, text="one")])
    assert standing.stamps(path) != before


def test_where_there_is_no_index_it_is_said_or_nothing_is_over(path: Path) -> None:
    assert standing.stamps(path) == (None, None)
    with pytest.raises(StoreError, match="no index"):
        standing.look(path, NOW)
    assert standing.outdated(path, ("one",), NOW) == frozenset()
