"""The line of keys: what only this place has stays longest, help stays always."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import inbox
from trinity_tui.tui import actions
from trinity_tui.tui.widgets.hints import Hint, fitting, ranked

HINTS = st.lists(st.builds(Hint, st.text("ab", min_size=1, max_size=4), st.text("cd", max_size=9), st.integers(0, 3)))


@given(HINTS, st.integers(1, 120))
def test_what_is_left_fits_and_went_by_rank(hints: list[Hint], width: int) -> None:
    left = fitting(hints, width)
    assert len(left) <= 1 or 1 + sum(hint.width for hint in left) <= width
    assert bool(left) == bool(hints)
    gone = list(hints)
    for hint in left:
        gone.remove(hint)
    assert not gone or max(hint.rank for hint in left) <= max(hint.rank for hint in gone)
    rest = iter(hints)
    assert all(hint in rest for hint in left), "the order is another one"


DEEDS = frozenset(f"inbox.{deed}" for deeds in inbox.DEEDS.values() for deed in deeds)
"""Of these only those of the chosen thing are offered."""


@pytest.mark.parametrize("place", ["swarm", "board", "talk", "log", "known", "tiers", "waiting", "timeline", "found"])
def test_at_forty_and_at_sixty_columns_a_place_offers_its_own_keys_and_help(place: str) -> None:
    offered = {action.title: action for action in actions.hints(place) if action.id not in DEEDS}
    hints = [Hint(action.key_label, action.title, ranked(action)) for action in offered.values()]
    narrow, wide = ([offered[hint.title] for hint in fitting(hints, width)] for width in (40, 60))
    assert narrow[-1].id == "help.show"
    assert [action for action in narrow if action.is_of_here]
    own = [action for action in offered.values() if action.is_of_here]
    assert all(action in wide for action in own) or not [action for action in wide[:-1] if action not in own]
