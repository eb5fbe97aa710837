"""The board in columns: they have all the room there is, and those in which something is have most of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.board import Task
from trinity_tui.tui.glyphs import UNICODE
from trinity_tui.tui.tasks.cards import SIX_CELLS, Look, about, columns

STATES = ("QUEUED", "BLOCKED", "ASSIGNED", "IN_PROGRESS", "COMPLETED", "FAILED", "CANCELLED")


def task(position: int, state: str, who: str = "") -> Task:
    return Task(f"m{position:08d}", "Mend it", "human", "broadcast", "normal", "", position, state, assignee=who)


@given(st.lists(st.sampled_from(STATES), max_size=9), st.integers(0, 8), st.integers(SIX_CELLS, 240))
def test_columns_fill_the_board_and_an_empty_one_has_room_for_its_head_only(
    states: list[str], chosen: int, width: int
) -> None:
    tasks = [task(position, state) for position, state in enumerate(states)]
    name = tasks[chosen].id if chosen < len(tasks) else ""
    found = columns(tasks, Look(width, 0.0, UNICODE, name))
    assert [column.x for column in found] == [sum(one.width for one in found[:at]) for at in range(6)]
    assert sum(column.width for column in found) == width
    assert all(len(column.title) <= column.width - 1 for column in found), "no head is cut"
    empty = [column.width for column in found if not column.lines]
    held = {column.width for column in found if column.lines and name not in {item.key for item in column.lines}}
    here = next((column.width for column in found if name and name in {item.key for item in column.lines}), 0)
    assert not held or max(held) - min(held) <= max(held) // 2 + 6
    assert not (held and here) or here >= max(held)
    assert not (held and empty) or max(empty) <= min(held)


def test_where_there_is_little_room_the_name_is_cut_and_not_the_age() -> None:
    look = Look(120, 1_000.0, UNICODE)
    held = task(1, "IN_PROGRESS", "observatory-of-the-north")
    held.since = "1970-01-01T00:00:40.000000Z"
    assert about(held, look, 14) == "observa… · 16m"
    assert about(held, look, 40) == "observatory-of-the-north · 16m · 000001"
