"""Look-ups lead to places that exist and show what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trinity_tui.brains.builtin.index import Index, first_sentence
from trinity_tui.brains.builtin.survey import Survey

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def index(own_planted: Path, now: float) -> Index:
    return Index(own_planted, Survey(own_planted).run(now).stamps)


@pytest.mark.parametrize("name", ["Stock.remove", "remove", "stock.REMOVE"])
def test_a_definition_is_found_by_its_name(name: str, index: Index) -> None:
    found = [(place.path, place.definition.symbol) for place in index.definitions(name)]
    assert found == [("src/shop/stock.py", "Stock.remove")]


def test_part_of_a_name_is_another_name(index: Index) -> None:
    assert index.definitions("move") == []


def test_a_definition_that_moved_away_is_not_shown(index: Index, own_planted: Path) -> None:
    stock = own_planted / "src/shop/stock.py"
    stock.write_text("\n" + stock.read_text())
    assert index.definitions("remove") == []


def test_related_names_share_words(index: Index) -> None:
    assert [place.definition.symbol for place in index.related(["discount"])] == ["discounted"]
    assert index.related(["zebra"]) == []


def test_files_are_named_in_three_ways(index: Index) -> None:
    for name in ("src/shop/ids.py", "shop/ids.py", "ids.py", "ids"):
        assert index.files_named(name) == ["src/shop/ids.py"]
    assert index.files_named("ds.py") == []


def test_search_is_literal(index: Index) -> None:
    assert {hit.path for hit in index.search("items=[]")} == {"src/shop/orders.py"}
    assert index.search("items=.*") == []
    assert {hit.path for hit in index.search("class ledger")} == {"src/shop/ledger.py"}
    assert index.search("CLASS ledger") == []


def test_docstrings_are_told_by_symbol(index: Index) -> None:
    told = index.describe("src/shop/ledger.py")
    assert told[""] == "The book of all payments."
    assert told["Ledger.record_payment"] == "Add a payment."


def test_what_was_not_listed_is_not_read(index: Index, own_planted: Path) -> None:
    (own_planted / "later.txt").write_text("text\n")
    assert index.lines("later.txt") == []
    assert not index.has("later.txt", 1)


def test_the_first_sentence_ends_at_its_stop() -> None:
    assert first_sentence("One\n  line. And\nmore.\n\nRest.") == "One line."
