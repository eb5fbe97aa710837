"""What changed since somebody looked."""

from __future__ import annotations

from trinity_tui.core.handoff import changes
from trinity_tui.handoff.documents import parse

TEXT = "# Title\n\nIntro.\n\n## One\n\na\n\n### Below\n\nb\n\n## One\n\nc\n"


def seen_and_now(old: str, new: str) -> list[str]:
    """What changed between two texts."""
    return changes.changed(changes.marks(parse("x.md", "project", old)), parse("x.md", "project", new))


def test_only_what_was_changed_is_named() -> None:
    assert seen_and_now(TEXT, TEXT.replace("\n", "  \n")) == []
    assert seen_and_now(TEXT, TEXT.replace("\nb\n", "\nnew\n")) == ["Below"]
    assert seen_and_now(TEXT, TEXT.replace("\nc\n", "\nnew\n")) == ["One (2)"]
    assert seen_and_now(TEXT, TEXT + "\n## Two\n") == ["Two"]
    assert seen_and_now(TEXT, TEXT.replace("Intro", "intro")) == ["Title"]
    assert seen_and_now(TEXT, "Above.\n\n" + TEXT) == [changes.HEAD]
    assert seen_and_now("", TEXT) == ["Title", "One", "Below", "One (2)"]


def test_lines_that_were_not_seen_are_named_and_moved_ones_are_not() -> None:
    (head, *_, one) = changes.spans(parse("x.md", "project", "Above.\n\n# One\n\na\n\nb\nb\nc\n", first_line=10))
    assert (head.name, head.first_line, head.lines) == (changes.HEAD, 10, ("Above.", ""))
    assert (one.name, one.first_line) == ("One", 12)
    assert changes.difference(changes.mark(["c", "b", "a  ", "# One"]), one) == changes.Difference((17,))
    assert changes.difference(changes.mark(["# One", "a", "b", "b", "c"]), one) == changes.Difference()
    assert changes.difference(changes.mark(["# One", "a", "x", "y", "b", "b", "c"]), one) == changes.Difference((), 2)
    assert changes.difference("", one).lines == (12, 14, 16, 17, 18)
