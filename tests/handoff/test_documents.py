"""Documents as people write them: whatever they took for a heading, a date, a project or a link."""

from __future__ import annotations

import pytest

from trinity_tui.core.handoff import dates
from trinity_tui.core.handoff.document import find, is_empty, items, says_nothing
from trinity_tui.handoff.documents import parse

TEXT = """\
\ufeffTitle
=====

# 2. KNOWN LIMITATIONS:

1. one
   goes on
2) two `src/a.py:3`

   ```
   - no item
   ```

**Stack**

Text that is
one entry.

**Why this?** is a question, no heading.

**Reasons:** because, see [it](b%20c.md) and <https://example.org>.
What goes on.

### Test stauts

<!-- nothing
yet --> TBD
"""


def test_headings_of_every_kind() -> None:
    document = parse("x.md", "project", TEXT.replace("\n", "\r\n"), first_line=11)
    assert [(section.title, section.level, section.line) for section in document.sections] == [
        ("Title", 1, 11),
        ("2. KNOWN LIMITATIONS:", 1, 14),
        ("Stack", 7, 24),
        ("Reasons", 7, 31),
        ("Test stauts", 3, 34),
    ]
    found = find(document, "Known Constraints")
    assert found is not None
    assert [(item.text, item.line) for item in items(found)][:2] == [("one goes on", 16), ("two `src/a.py:3`", 18)]
    stack, reasons, tests = (find(document, name) for name in ("Stack", "Reasons", "Test Status"))
    assert stack is not None and items(stack)[0].text == "Text that is one entry."
    assert reasons is not None and reasons.text.startswith("because, see")
    assert tests is not None and is_empty(tests)
    assert find(document, "Code Changes") is None


def test_what_it_points_to() -> None:
    references = parse("x.md", "project", TEXT).references
    assert [(one.target, one.line, one.kind) for one in references] == [
        ("src/a.py", 8, "file"),
        ("b c.md", 21, "link"),
        ("https://example.org", 21, "link"),
    ]


@pytest.mark.parametrize(
    ("entry", "name", "place"),
    [
        ("- **A**: text (a/b/)", "A", "a/b/"),
        ("* **A B:** text (not a place)", "A B", ""),
        ("1. **A** in `code/a/`, of (much) use", "A", "code/a/"),
        ("- **A**: see [here](../a/)", "A", "../a/"),
        ("- **A**: text (c:\\work\\a)", "A", "c:\\work\\a"),
    ],
)
def test_projects(entry: str, name: str, place: str) -> None:
    (project,) = parse("x.md", "portfolio", f"# P\n\n{entry}\n- plain\n").projects
    assert (project.name, project.place, project.line) == (name, place, 3)


@pytest.mark.parametrize(
    "text",
    ["2025-12-10", "on December 10, 2025.", "Dec. 10th 2025", "10 December 2025", "10. Dec 2025", "2025-12-10T00:00Z"],
)
def test_dates(text: str) -> None:
    found = dates.find(text)
    assert found is not None and dates.said_day(found) == "2025-12-10"


def test_what_is_no_date() -> None:
    assert [dates.find(text) for text in ("2025-13-40", "May", "version 1.2.3", "February 30, 2025")] == [None] * 4
    assert dates.updated("released on 2025-12-10") is None
    assert parse("x.md", "project", "# A\n\n_Last updated: 2025-12-10_").updated_line == 3


@pytest.mark.parametrize("text", ["None", "- none.", "N/A", "nothing at present", "", "None (decision-making session)"])
def test_what_says_nothing(text: str) -> None:
    assert says_nothing(text.removeprefix("- "))
    assert not says_nothing(f"{text} but the roof")
