"""A page: what stands at a place, what changed of it, whose it is; and what counts as seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers_ground import change, clean
from trinity_tui.core.handoff import pages
from trinity_tui.core.handoff.briefing import CLOSING, OPENING
from trinity_tui.core.handoff.document import Handoff
from trinity_tui.core.handoff.overview import SESSIONS
from trinity_tui.core.handoff.views import Page, Place
from trinity_tui.handoff import find
from trinity_tui.handoff.documents import parse

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.core.handoff.overview import Marks


def read(root: Path, place: Place, seen: Marks | None = None) -> Page:
    """A page that is there."""
    found = pages.page(find.read(root), place, seen or {})
    assert found is not None
    return found


def looked_at(root: Path, place: Place) -> dict[str, dict[str, str]]:
    """The marks of somebody who saw one place."""
    (passage,) = read(root, place).passages
    return pages.saw(find.read(root), place, passage.digest)


def test_a_document_a_section_with_what_is_below_it_and_a_session(tmp_path: Path) -> None:
    clean(tmp_path)
    (whole,) = read(tmp_path, Place("PORTFOLIO_CONTEXT.md")).passages
    assert whole.text == (tmp_path / "PORTFOLIO_CONTEXT.md").read_text()
    (section,) = read(tmp_path, Place("PORTFOLIO_CONTEXT.md", "Projects")).passages
    assert (section.first_line, section.text.split("\n")[0]) == (5, "## Projects")
    assert "How they relate" not in section.text
    (top,) = read(tmp_path, Place("PORTFOLIO_CONTEXT.md", "Portfolio")).passages
    assert "How they relate" in top.text
    handoff = find.read(tmp_path)
    (session,) = read(tmp_path, Place(session=handoff.entries[1].id)).passages
    assert (session.first_line, session.place.file) == (27, "SESSION_LOG.md")
    log = read(tmp_path, Place("SESSION_LOG.md"))
    assert [one.place.session for one in log.passages] == [entry.id for entry in reversed(handoff.entries)]


@pytest.mark.parametrize(
    "place", [Place(), Place("README.md"), Place("PORTFOLIO_CONTEXT.md", "Gone"), Place(session="hand-gone")]
)
def test_what_is_not_there_is_no_page(tmp_path: Path, place: Place) -> None:
    clean(tmp_path)
    assert pages.page(find.read(tmp_path), place, {}) is None


def test_lines_are_marked_where_the_document_was_seen_before(tmp_path: Path) -> None:
    clean(tmp_path)
    place = Place("SESSION_BRIEFING.md")
    assert read(tmp_path, place).passages[0].changed == ()
    seen = looked_at(tmp_path, place)
    change(tmp_path, "SESSION_BRIEFING.md", "- Retries of the collector", "- Retries of the collector\n- Maps")
    change(tmp_path, "SESSION_BRIEFING.md", "- Decision: retries = 5\n", "")
    (passage,) = read(tmp_path, place, seen).passages
    assert (passage.news, passage.changed, passage.gone) == ("changed", (8,), 1)
    seen = looked_at(tmp_path, Place("SESSION_BRIEFING.md", "What's Being Worked On"))
    assert list(seen["SESSION_BRIEFING.md"]) == ["What's Being Worked On"]


def test_what_changed_while_it_was_shown_was_not_seen(tmp_path: Path) -> None:
    clean(tmp_path)
    place = Place("weather/PROJECT_CONTEXT.md")
    (passage,) = read(tmp_path, place).passages
    change(tmp_path, place.file, "SQLite > Postgres", "Postgres > SQLite")
    assert pages.saw(find.read(tmp_path), place, passage.digest) == {}
    assert pages.saw(Handoff(), place, passage.digest) == {}


def test_of_a_section_that_came_the_heading_is_marked(tmp_path: Path) -> None:
    clean(tmp_path)
    place = Place("PORTFOLIO_CONTEXT.md")
    seen = looked_at(tmp_path, place)
    change(tmp_path, place.file, "## How they relate", "## Why\n\nNobody knows.\n\n## How they relate")
    (passage,) = read(tmp_path, place, seen).passages
    assert passage.changed == (11,)


def test_a_session_is_seen_as_a_whole_and_an_edit_of_it_is_marked(tmp_path: Path) -> None:
    clean(tmp_path)
    name = find.read(tmp_path).entries[0].id
    seen = looked_at(tmp_path, Place(session=name))
    assert list(seen) == [SESSIONS]
    assert read(tmp_path, Place(session=name), seen).passages[0].news == ""


def test_what_trinity_keeps_is_told_from_what_the_person_wrote(tmp_path: Path) -> None:
    clean(tmp_path)
    file = tmp_path / "SESSION_BRIEFING.md"
    file.write_text(f"# Ours\n\n{OPENING}\nkept\n{CLOSING}\n\n## Notes\n\nmine\n")
    assert read(tmp_path, Place(file.name)).passages[0].own == ((3, 5),)
    assert read(tmp_path, Place(file.name, "Notes")).passages[0].own == ()
    log = read(tmp_path, Place("SESSION_LOG.md"))
    assert {one.own for one in log.passages} == {()}, "written by hand"
    file.write_text(f"# Ours\n\n{CLOSING}\nkept\n{OPENING}\n")
    assert read(tmp_path, Place(file.name)).passages[0].own == ()


def test_a_long_document_is_cut_at_a_line_and_says_how_much_is_left_out(tmp_path: Path) -> None:
    text = "# Long\n\n" + "word word word\n" * 9_000
    (tmp_path / "PROJECT_CONTEXT.md").write_text(text)
    (passage,) = read(tmp_path, Place("PROJECT_CONTEXT.md")).passages
    assert text.startswith(passage.text + "\n")
    assert len(passage.text) + passage.left_out_bytes == len(text)
    assert len(passage.text) <= pages.PAGE_BYTES


@given(st.text(alphabet="ab \n", max_size=60), st.text(alphabet="ab \n", max_size=60))
def test_whoever_saw_a_text_is_told_of_exactly_the_lines_it_had_not(old: str, new: str) -> None:
    before, after = parse("x.md", "project", old), parse("x.md", "project", new)
    place = Place("x.md")
    first = pages.page(Handoff((before,)), place, {})
    assert first is not None
    seen = pages.saw(Handoff((before,)), place, first.passages[0].digest)
    again = pages.page(Handoff((before,)), place, seen)
    assert again is not None and (again.passages[0].changed, again.passages[0].news) == ((), "")
    page = pages.page(Handoff((after,)), place, seen)
    assert page is not None
    lines = after.text.split("\n")
    told = {lines[number - 1].rstrip() for number in page.passages[0].changed}
    unseen = {line.rstrip() for line in lines if line.strip()} - {line.rstrip() for line in before.text.split("\n")}
    assert unseen <= told
