"""Two letters lead to every pane, tab and node, and cover no state."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tui_demo import FakeConnection, app_of, crowd, screen_text, until

from trinity_tui.tui.jump_labels import MOST, Kind, label
from trinity_tui.tui.widgets.jump import Jump

kinds: list[Kind] = ["node", "pane", "tab"]
places = st.sampled_from(kinds).flatmap(lambda kind: st.tuples(st.just(kind), st.integers(0, MOST[kind] - 1)))


@given(st.lists(places, unique=True, max_size=40))
def test_no_label_is_another_or_its_beginning(found: list[tuple[Kind, int]]) -> None:
    labels = [label(*place) for place in found]
    assert all(len(text) == 2 for text in labels)
    assert not any(one.startswith(other) or other.startswith(one) for one, other in combinations(labels, 2))


def test_there_are_enough_and_beyond_them_none() -> None:
    assert MOST["node"] > 600
    assert label("pane", MOST["pane"]) == ""


@pytest.mark.parametrize("width", [40, 80, 120])
async def test_one_jumps_to_a_node_a_pane_and_a_tab(link: FakeConnection, width: int) -> None:
    crowd(16, link.mirror)
    app = app_of(link)
    async with app.run_test(size=(width, 32)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.pause()
        before = screen_text(app)
        await pilot.press("g")
        assert isinstance(app.screen, Jump)
        marked = screen_text(app)
        for glyph in "●◐◍○✖":
            assert marked.count(glyph) == before.count(glyph)
        beyond = app.room.seats.by_digit(9) and app.room.seats.names[11]
        await pilot.press(*label("node", 2))
        assert app.room.chosen == beyond
        await pilot.press("g", "z", "escape")
        assert app.screen is app.room
        if width == 120:
            await pilot.press("g", *label("pane", 1))
            await until(lambda: app.focused is app.room.flow)
        await pilot.press("g", *label("tab", 1))
        await until(lambda: app.stage is not app.room)
