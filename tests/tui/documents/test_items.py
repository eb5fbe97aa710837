"""The four tiers as rows of a list."""

from __future__ import annotations

from datetime import UTC

import pytest

from trinity_tui.core.handoff.views import (
    Checks,
    DocumentView,
    MissingView,
    Overview,
    Place,
    ProblemView,
    SectionView,
    SessionView,
)
from trinity_tui.tui.clock import Clock
from trinity_tui.tui.documents.items import LOG_KEY, TOLD_KEY, Item, index_of, items

CLOCK = Clock(zone=UTC)
SHOP = DocumentView(
    "shop/PROJECT_CONTEXT.md",
    "project",
    4,
    news="changed",
    sections=(
        SectionView("Shop", "Shop", 1, 1, 4),
        SectionView("Stack", "Stack", 2, 5, 1, "changed"),
        SectionView("Last Updated", "Last Updated", 7, 6, 1),
        SectionView("Store", "Store", 3, 9, 2),
    ),
)
LOG = (
    SessionView("two", "SESSION_LOG.md", 40, 60, "Session: … - builder-1 (crashed: signal 9)", "builder-1", 90_000.0),
    SessionView("one", "SESSION_LOG.md", 5, 30, "A note", by="hand", news="new"),
)
ALL = Overview((SHOP,), LOG, (MissingView("portfolio", "PORTFOLIO_CONTEXT.md", "which projects there are"),))
PROBLEMS = Checks((
    ProblemView(Place("shop/PROJECT_CONTEXT.md"), 10, "broken-link", "warning", ""),
    ProblemView(Place("shop/PROJECT_CONTEXT.md"), 2, "old-date", "note", ""),
    ProblemView(Place("SESSION_LOG.md", session="two"), 41, "reversed-decision", "error", ""),
))  # fmt: skip


def rows(overview: Overview = ALL, folded: tuple[str, ...] = (), wanted: str = "") -> list[Item]:
    """The rows, with one instance."""
    return items(overview, PROBLEMS, ["lead-1"], folded, CLOCK, wanted)


def test_the_rows_stand_in_the_order_of_the_tiers_and_the_log_comes_last() -> None:
    assert [(item.depth, item.label) for item in rows()] == [
        (0, "Portfolio"), (0, "Project shop"), (1, "Stack"), (2, "Store"), (0, "What a fresh one is told"),
        (1, "lead-1"), (0, "Session log"), (1, "builder-1"), (1, "by hand"),
    ]  # fmt: skip


def test_problems_are_counted_where_they_are() -> None:
    counted = {item.label: item.problems for item in rows() if any(item.problems)}
    assert counted == {"Project shop": (0, 1), "Store": (0, 1), "Session log": (1, 0), "builder-1": (1, 0)}


def test_a_session_that_left_nothing_says_how_it_ended_and_a_note_its_first_words() -> None:
    assert [(item.stamp, item.note) for item in rows()[-2:]] == [
        ("02 Jan 01:00", "crashed: signal 9"), ("", "A note"),
    ]  # fmt: skip
    assert rows()[-3].news == "changed"


def test_what_is_folded_is_not_shown_and_found_all_the_same() -> None:
    folded = (SHOP.file, TOLD_KEY, LOG_KEY)
    assert [item.is_open for item in rows(folded=folded)] == [None, False, False, False]
    assert [item.label for item in rows(folded=folded, wanted="STORE")] == ["Store"]


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("session:two", "builder-1"),
        ("session:gone", "Session log"),
        (f"{SHOP.file}#Gone", "Project shop"),
        (f"{TOLD_KEY}gone", "What a fresh one is told"),
        ("missing:project", "Project shop"),
        ("missing:briefing", "Stack"),
        ("archive/PROJECT_CONTEXT.md", "Stack"),
    ],
)
def test_where_a_row_is_gone_the_person_stays_near(key: str, label: str) -> None:
    found = rows()
    assert found[index_of(found, key, 2)].label == label
