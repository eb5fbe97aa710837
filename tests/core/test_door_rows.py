"""A shared object of rows: known by their names, ours as we say them, theirs as they do."""

from __future__ import annotations

import pytest

from trinity_tui.core.door import DamagedArray
from trinity_tui.core.door_rows import BY, Rows

NOW = 1_700_000_000.0


def file(rows: Rows) -> dict[str, object]:
    return {one.fields["id"]: one.fields["row"] for one in rows.kept.values()}


@pytest.fixture
def rows() -> Rows:
    made = Rows("door-r-")
    made.stand({"a": {"state": "ONLINE"}, "b": {"state": "ONLINE"}})
    return made


def wrote(rows: Rows, content: bytes) -> list[str]:
    rows.arrived(rows.parse(content), NOW)
    taken = [fields["id"] for fields in rows.pending.values()]
    rows.published(list(rows.pending))
    return taken


def test_there_and_back(rows: Rows) -> None:
    entries = [one.fields for one in rows.kept.values()]
    assert rows.parse(rows.render(entries)) == entries
    assert rows.parse(b"{}") == []
    with pytest.raises(DamagedArray):
        rows.parse(b"[]")


def test_a_row_of_theirs_is_taken_once_and_stays(rows: Rows) -> None:
    assert wrote(rows, b'{"a": {}, "b": {}, "x": {"port": 1}}') == ["x"]
    assert wrote(rows, b'{"a": {}, "b": {}, "x": {"port": 2}, "y": 3}') == ["y"]
    rows.stand({"a": {"state": "BUSY"}, "b": {"state": "ONLINE"}})
    assert file(rows) == {
        "a": {"state": "BUSY", **BY}, "b": {"state": "ONLINE", **BY}, "x": {"port": 2}, "y": 3,
    }  # fmt: skip


def test_in_our_rows_ours_counts_and_the_rest_stays(rows: Rows) -> None:
    wrote(rows, b'{"a": {"state": "DEAD", "note": 1}, "b": 7}')
    assert file(rows) == {"a": {"state": "ONLINE", "note": 1, **BY}, "b": {"state": "ONLINE", **BY}}


def test_a_row_that_was_removed_is_not_put_back(rows: Rows) -> None:
    rows.saw(["a", "b"])
    wrote(rows, b'{"b": {}}')
    rows.stand({"a": {"state": "BUSY"}, "b": {"state": "ONLINE"}})
    assert list(file(rows)) == ["b"]


def test_who_puts_a_row_back_has_it_and_nothing_is_said_again(rows: Rows) -> None:
    wrote(rows, b'{"a": {}, "b": {}, "x": {"port": 1}}')
    wrote(rows, b'{"b": {}}')
    assert list(file(rows)) == ["b"]
    assert wrote(rows, b'{"a": {}, "b": {}, "x": {"port": 2}}') == []
    rows.stand({"a": {"state": "BUSY"}, "b": {"state": "ONLINE"}})
    assert file(rows) == {"b": {"state": "ONLINE", **BY}, "a": {"state": "BUSY", **BY}, "x": {"port": 2}}


def test_who_is_there_no_more_has_no_row_also_after_a_restart(rows: Rows) -> None:
    rows.arrived(rows.parse(b'{"a": {}, "b": {}, "x": {}}'), NOW)
    again = Rows("door-r-")
    again.restore(rows.unsaved, rows.kept)
    again.stand({"b": {"state": "ONLINE"}, "c": {}})
    assert sorted(file(again)) == ["b", "c", "x"]
    again.stand({"a": {}, "b": {}})
    assert sorted(file(again)) == ["a", "b", "x"]
