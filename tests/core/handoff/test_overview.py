"""The list of all there is: what is new, what is missing, whose a session is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiers_ground import DEFECTS, change, clean
from trinity_tui.core.handoff import changes, checks
from trinity_tui.core.handoff.blocks import Version
from trinity_tui.core.handoff.overview import SESSIONS, checks_view, overview, whole
from trinity_tui.core.handoff.session import Session, block_of
from trinity_tui.core.handoff.views import Place
from trinity_tui.handoff import find

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.core.handoff.document import Handoff


def seen_all(handoff: Handoff) -> dict[str, dict[str, str]]:
    """The marks of somebody who saw everything."""
    sessions = {entry.id: changes.mark(whole(entry).lines) for entry in handoff.entries}
    return {one.path: changes.marks(one) for one in handoff.documents} | {SESSIONS: sessions}


def test_who_never_looked_is_told_once_a_document_that_it_is_new(tmp_path: Path) -> None:
    clean(tmp_path)
    found = overview(find.read(tmp_path), {})
    assert [(one.tier, one.file, one.news) for one in found.documents] == [
        ("portfolio", "PORTFOLIO_CONTEXT.md", "new"),
        ("briefing", "SESSION_BRIEFING.md", "new"),
        ("project", "archive/project_context.md", "new"),
        ("project", "weather/PROJECT_CONTEXT.md", "new"),
    ]
    assert {section.news for one in found.documents for section in one.sections} == {""}
    assert [(one.who, one.news, one.left) for one in found.sessions] == [
        ("builder-2", "new", "Ask Bremen about humidity"),
        ("builder-1", "new", "Read `src/gone_since.py` first"),
    ]
    assert found.missing == ()


def test_what_changed_is_named_by_document_section_and_session(tmp_path: Path) -> None:
    clean(tmp_path)
    seen = seen_all(find.read(tmp_path))
    assert {one.news for one in overview(find.read(tmp_path), seen).documents} == {""}
    change(tmp_path, "SESSION_BRIEFING.md", "Retries", "More retries")
    change(tmp_path, "PORTFOLIO_CONTEXT.md", "## How", "## Why\n\nNobody knows.\n\n## How")
    change(tmp_path, "SESSION_LOG.md", "- Added retries", "- Added many retries")
    found = overview(find.read(tmp_path), seen, 7.0)
    assert {one.file: one.news for one in found.documents if one.news} == dict.fromkeys(
        ("PORTFOLIO_CONTEXT.md", "SESSION_BRIEFING.md"), "changed"
    )
    assert [(one.title, one.news) for one in found.documents[0].sections if one.news] == [("Why", "new")]
    assert [one.title for one in found.documents[1].sections if one.news] == ["What's Being Worked On"]
    assert found.looked_at == 7.0
    # Its heading and its words are others: without a mark it is another session.
    assert [one.news for one in found.sessions] == ["new", ""]


def test_missing_tiers_and_whose_a_session_is(tmp_path: Path) -> None:
    block = block_of(Session("builder-1", "C1", 1_795_000_000.0))
    handoff = find.read(tmp_path, [block])
    assert [one.by for one in overview(handoff, {}).sessions] == ["trinity"]
    assert [one.by for one in overview(handoff, {}, revised=[block.id]).sessions] == ["edited"]
    assert [one.file for one in overview(handoff, {}).missing] == [
        "PORTFOLIO_CONTEXT.md", "PROJECT_CONTEXT.md", "SESSION_BRIEFING.md",
    ]  # fmt: skip
    (tmp_path / "SESSION_LOG.md").write_text("# Log\n\nJust a note, in\nlines.\n")
    note = overview(find.read(tmp_path), {}).sessions[0]
    assert (note.by, note.title, note.who, note.line, note.last_line) == ("hand", "Just a note, in", "", 3, 4)


def test_a_session_that_was_seen_and_edited_since_is_changed(tmp_path: Path) -> None:
    block = block_of(Session("builder-1", "C1", 1_795_000_000.0))
    seen = seen_all(find.read(tmp_path, [block]))
    edited = Version(block.id, block.text.replace("None", "Nothing", 1), 1)
    assert [one.news for one in overview(find.read(tmp_path, [block]), seen).sessions] == [""]
    assert [one.news for one in overview(find.read(tmp_path, [edited]), seen).sessions] == ["changed"]


def test_problems_lead_to_their_place_the_gravest_first(tmp_path: Path) -> None:
    clean(tmp_path)
    for name in ("missing-section of a session", "project-gone"):
        file, old, new, _ = DEFECTS[name]
        change(tmp_path, file, old, new)
    handoff = find.read(tmp_path)
    found = checks_view(checks.check(handoff), handoff)
    assert [(one.severity, one.place, one.line) for one in found.problems] == [
        ("error", Place("PORTFOLIO_CONTEXT.md"), 7),
        ("warning", Place("SESSION_LOG.md", session=handoff.entries[0].id), 3),
        ("note", Place("PORTFOLIO_CONTEXT.md"), 3),
    ]
    assert found.more == 0
