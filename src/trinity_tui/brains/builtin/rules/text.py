"""Rules about a file's text as it stands: does it parse, was a merge left half done."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trinity_tui.brains.builtin.defect import Defect
    from trinity_tui.brains.builtin.source import Source
    from trinity_tui.brains.builtin.workspace import Workspace

CONFLICT_RULE = "conflict-marker"
_OURS, _MIDDLE, _THEIRS = "<" * 7, "=" * 7, ">" * 7


def conflict_marker(source: Source) -> Iterator[Defect]:
    """A conflict of a merge that was committed or left in place; all three markers in their order."""
    if source.kind == "material" or _OURS not in source.text:
        return
    expected = (_OURS, _MIDDLE, _THEIRS)
    stage = begin = 0
    is_quoted = False
    for number, line in enumerate(source.lines, 1):
        is_quoted ^= line.lstrip().startswith("```")
        if is_quoted or line[:7] != expected[stage] or line[7:8] not in ("", " ", "\r"):
            continue
        begin = number if stage == 0 else begin
        stage = (stage + 1) % 3
        if stage == 0:
            text = f"A merge conflict between lines {begin} and {number} was never resolved."
            yield source.defect(CONFLICT_RULE, begin, "conflict", "high", text)


def syntax_error(workspace: Workspace) -> Iterator[Defect]:
    """A Python file that Python refuses; not where the project is written for a newer Python than this one."""
    if workspace.required_python_minor > sys.version_info.minor:
        return
    for path, facts in workspace.facts.items():
        is_conflict = any(defect.rule == CONFLICT_RULE for defect in facts.defects)
        if facts.error is None or is_conflict or "{{" in path:
            continue
        line, reason = facts.error
        line = min(line, max(facts.line_count, 1))
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        text = f"Python {version} cannot parse this file: {reason}."
        yield workspace.defect("syntax-error", (path, line), "file", "high", (text, reason))
