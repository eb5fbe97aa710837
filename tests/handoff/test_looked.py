"""What somebody saw is remembered, place by place, and marks go away for nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiers_ground import change, clean
from trinity_tui.core.handoff import pages
from trinity_tui.core.handoff.overview import overview
from trinity_tui.core.handoff.views import Overview, Place
from trinity_tui.handoff import find
from trinity_tui.handoff.looked import Looked

if TYPE_CHECKING:
    from pathlib import Path


def shown(root: Path, looked: Looked) -> Overview:
    """The list as it is shown to them."""
    seen = looked.seen()
    return overview(find.read(root), seen.marks, seen.at)


def digest(root: Path, place: Place) -> str:
    """Of what they are shown of a place."""
    page = pages.page(find.read(root), place, {})
    assert page is not None
    return page.passages[0].digest


def test_what_was_not_seen_is_told_until_it_is(tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    root.mkdir()
    clean(root)
    looked = Looked(tmp_path / "looked.json")
    assert {one.news for one in shown(root, looked).documents} == {"new"}
    looked.look(find.read(root), 5.0)
    seen = shown(root, looked)
    assert {one.news for one in (*seen.documents, *seen.sessions)} == {""}
    assert seen.looked_at == 5.0
    change(root, "SESSION_BRIEFING.md", "Retries", "More retries")
    assert [one.file for one in shown(root, looked).documents if one.news] == ["SESSION_BRIEFING.md"]
    (tmp_path / "looked.json").write_text("{")
    assert {one.news for one in shown(root, looked).documents} == {"new"}


def test_one_place_is_seen_and_the_others_are_not(tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    root.mkdir()
    clean(root)
    looked = Looked(tmp_path / "looked.json")
    handoff = find.read(root)
    places = [Place("PORTFOLIO_CONTEXT.md"), Place(session=handoff.entries[0].id)]
    assert looked.saw(handoff, [(one, digest(root, one)) for one in places], 6.0) == 2
    assert looked.saw(handoff, [(places[0], "another")], 7.0) == 0
    found = shown(root, looked)
    assert [one.news for one in found.documents] == ["", "new", "new", "new"]
    assert [one.news for one in found.sessions] == ["new", ""]
    assert found.looked_at == 6.0


def test_sections_that_are_gone_are_forgotten_and_documents_that_are_away_are_not(tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    root.mkdir()
    clean(root)
    looked = Looked(tmp_path / "looked.json")
    looked.look(find.read(root), 5.0)
    before = (root / "SESSION_BRIEFING.md").read_text()
    (root / "SESSION_BRIEFING.md").unlink()
    change(root, "PORTFOLIO_CONTEXT.md", "## How they relate", "## How")
    place = Place("PORTFOLIO_CONTEXT.md")
    looked.saw(find.read(root), [(place, digest(root, place))], 6.0)
    assert "How they relate" not in looked.seen().marks["PORTFOLIO_CONTEXT.md"]
    (root / "SESSION_BRIEFING.md").write_text(before)
    assert {one.news for one in shown(root, looked).documents} == {""}
