"""What the rules over a whole workspace are given: the files, their facts, the history and the time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from trinity_tui.brains.builtin.defect import Defect, one_line
from trinity_tui.brains.builtin.facts import FileFacts
from trinity_tui.brains.builtin.files import FileEntry
from trinity_tui.brains.builtin.git import History
from trinity_tui.brains.builtin.modules import ModuleMap

if TYPE_CHECKING:
    from trinity_tui.brains.builtin.defect import Severity


class Workspace(Struct, frozen=True):
    """A survey's facts, ready to be judged together."""

    entries: list[FileEntry]
    facts: Mapping[str, FileFacts]
    modules: ModuleMap
    history: History | None
    now: float
    required_python_minor: int
    """The lowest Python 3 the project promises to run on; 0 if it does not say."""

    def defect(
        self, rule: str, place: tuple[str, int], symbol: str, severity: Severity, texts: tuple[str, str]
    ) -> Defect:
        """A defect at (path, line) with its sentence and its evidence."""
        text, evidence = texts
        return Defect(rule, *place, one_line(symbol, 400), severity, one_line(text, 400), one_line(evidence))
