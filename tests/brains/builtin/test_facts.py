"""What is remembered of a file, and that it can be stored."""

from __future__ import annotations

import msgspec
import pytest

from trinity_tui.brains.builtin.facts import Definition, FileFacts, ImportFact, gather
from trinity_tui.brains.builtin.source import read_source

NOTE, MEND = "TO" + "DO", "FIX" + "ME"


def facts_of(path: str, text: str) -> FileFacts:
    return gather(read_source(path, "test" if path.startswith("test") else "source", text), ())


def test_imports_and_definitions_stand_in_order() -> None:
    facts = facts_of("a.py", "import a, b.c as d\nclass C:\n    def f(self):\n        from .. import x, y\n")
    assert facts.imports == (
        ImportFact(1, "a", (), 0, True),
        ImportFact(1, "b.c", (), 0, True),
        ImportFact(4, "", ("x", "y"), 2, False),
    )
    assert facts.definitions == (Definition("C", 2, "class"), Definition("C.f", 3, "function"))
    assert facts.line_count == 4


@pytest.mark.parametrize(
    ("path", "line", "is_note"),
    [
        ("a.py", f"x = 1  # {NOTE}: later", True),
        ("a.py", f"# {MEND} later", True),
        ("a.py", f"x = '# {NOTE}: later'", False),
        ("a.py", f"# the {NOTE} list", False),
        ("a.py", f"# {NOTE}S are bad", False),
        ("a.c", f"/* {NOTE}(me) later */", True),
        ("a.js", f"// {MEND}", True),
        ("a.sh", "mktemp " + "X" * 6, False),
        ("a.md", f"- {NOTE}: later", True),
        ("a.md", f"# {NOTE}", False),
        ("a.md", f"Our {NOTE}: none", False),
    ],
)
def test_notes_are_told_from_mentions_of_notes(path: str, line: str, is_note: bool) -> None:
    assert len(facts_of(path, f"{line}\n").markers) == is_note


def test_what_a_test_names_is_kept() -> None:
    assert "shop.prices.f" in facts_of("tests/test_a.py", "patch('shop.prices.f')\n").mentions
    assert facts_of("a.py", "patch('shop.prices.f')\n").mentions == ()


def test_facts_survive_storage() -> None:
    facts = facts_of("a.py", f"import a\ndef f(): pass  # {NOTE}: later\n")
    assert msgspec.json.decode(msgspec.json.encode(facts), type=FileFacts) == facts
