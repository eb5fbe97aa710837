"""The briefing is renewed between its marks; what a person wrote stays byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers_ground import LOG
from trinity_tui.core.handoff import briefing, log_parts
from trinity_tui.core.handoff.briefing import CLOSING, OPENING, News
from trinity_tui.core.handoff.document import Entry, Handoff
from trinity_tui.core.handoff.measures import Event
from trinity_tui.handoff.documents import parse

NOW = 1_795_000_000.0
NEWS = News(("the roof",), ("roof: tiles (builder-1, 2026-11-18)",), ())
LINES = st.sampled_from(
    ["", "text", "## What's Being Worked On", "- Ü", "```", "~~~", "<!-- -->", "\x0c", "a\u2028b", "x\ry"]
)
ENDS = st.sampled_from(["\n", "\r\n"])


@given(st.lists(LINES), st.lists(LINES), st.lists(LINES), ENDS, st.booleans())
def test_what_a_person_wrote_stays(
    above: list[str], inside: list[str], below: list[str], end: str, is_ended: bool
) -> None:
    text = end.join([*above, OPENING, *inside, CLOSING, *below]) + end * is_ended
    renewed = briefing.renew(text, NEWS, NOW)
    if renewed.problem:
        assert renewed.text == text
        return
    if renewed.text.startswith(text):  # A fence of theirs hides the marks.
        assert renewed.text.count(OPENING) == 2
    else:
        head, _, rest = text.partition(OPENING)
        assert renewed.text.startswith(head + OPENING + end)
        assert renewed.text.endswith(CLOSING + rest.partition(CLOSING)[2])
    assert f"- the roof{end}" in renewed.text
    assert briefing.renew(renewed.text, NEWS, NOW + 60).text == renewed.text


@given(st.lists(LINES).map("\n".join))
def test_where_there_are_no_marks_it_is_added_below(text: str) -> None:
    renewed = briefing.renew(text, NEWS, NOW).text
    assert renewed.startswith(text if text.strip() else briefing.TITLE)
    assert renewed.endswith(f"{CLOSING}\n")
    assert briefing.renew(renewed, NEWS, NOW + 60).text == renewed


@pytest.mark.parametrize(
    "marks",
    [[OPENING], [CLOSING], [CLOSING, OPENING], [OPENING, CLOSING, OPENING, CLOSING], [OPENING, OPENING, CLOSING]],
)
def test_marks_that_cannot_be_understood_are_said(marks: list[str]) -> None:
    text = "\n".join(["mine", *marks, "mine"])
    renewed = briefing.renew(text, NEWS, NOW)
    assert renewed.text == text
    assert renewed.problem.startswith("SESSION_BRIEFING.md is not renewed: it needs one line ")
    assert renewed.problem.endswith(", ".join(f"line {number}" for number in range(2, 2 + len(marks))))


def test_marks_in_a_code_fence_are_text() -> None:
    text = f"```\n{OPENING}\n```\n\n{OPENING}\nold\n{CLOSING}\n"
    renewed = briefing.renew(text, NEWS, NOW)
    assert not renewed.problem
    assert renewed.text.startswith(f"```\n{OPENING}\n```\n\n{OPENING}\nRefreshed 2026-11-18")


def test_what_the_journal_says() -> None:
    pieces = log_parts.parse_log(LOG).pieces
    entries = tuple(
        Entry(str(n), parse("SESSION_LOG.md", "log", piece.text), float(n)) for n, piece in enumerate(pieces)
    )
    events = [
        Event("decision", "0", 5.0, "builder-1", key="storage", value="SQLite"),
        Event("decision", "1", 90_000.0, "builder-2", key="retries", value="5"),
        Event("action", "1", 7.0),
    ]
    news = briefing.news_of(Handoff((), entries), events, ["builder-2: task t1, maps\x1b[2J <!-- x"])
    assert news.worked_on == (
        "builder-2: task t1, maps[2J ‹!-- x",
        "Ask Bremen about humidity (builder-2)",
        "Read `src/gone_since.py` first (builder-1)",
    )
    assert news.decisions == ("retries: 5 (builder-2, 1970-01-02)", "storage: SQLite (builder-1, 1970-01-01)")
    assert news.blockers == ("The station in Bremen sends no humidity (builder-1)",)
