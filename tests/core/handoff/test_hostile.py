"""Texts that others made to keep us busy: each is read in a moment, or the test's own limit ends it."""

from __future__ import annotations

import pytest

from trinity_tui.core.handoff import blocks, checks, log_parts, repeats
from trinity_tui.core.handoff.briefing import OPENING, News, renew
from trinity_tui.core.handoff.document import Entry, Handoff
from trinity_tui.handoff.documents import parse

MANY = 100_000
TEXTS = {
    "dashes": "## Blockers\n" + "-" * MANY + "x",
    "title": "## session" + " - a (" * MANY,
    "stars": "**" * MANY,
    "quotes": ">" * MANY + " x",
    "brackets": "[" * MANY,
    "links": "[a](" * MANY,
    "fences": "```\n~~~\n" * (MANY // 4),
    "comments": "<!--" * MANY,
    "codes": "## Stack\n`" + "a/." * MANY + "`",
    "choices": "## Recent Decisions\n- " + "use a over b instead of " * (MANY // 8),
    "dates": "Updated " + "Jan " * 40 + " " * MANY,
    "headings": "## a\n" * 5_000,
    "sessions": "## Session\n" * 2_000,
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", TEXTS)
def test_it_is_read_in_a_moment(name: str) -> None:
    text = TEXTS[name]
    documents = tuple(parse(f"{tier}.md", tier, text) for tier in ("portfolio", "project", "briefing"))
    found = checks.check(Handoff(documents, (Entry("x", parse("log.md", "log", text)),)))
    assert {one.file for one in found} <= {"portfolio.md", "project.md", "briefing.md", "log.md"}
    pieces = log_parts.parse_log(text).pieces
    assert len(pieces) == max(1, text.count("## Session\n"))
    assert {one.text for one in blocks.additions(pieces, [])} == {one.text for one in pieces}
    assert renew(f"{text}\n{OPENING}", News(), 0.0).text.startswith(text)
    assert repeats.signature(text) == repeats.signature(text.upper())
