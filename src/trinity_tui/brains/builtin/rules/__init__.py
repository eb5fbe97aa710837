"""The registry of rules: a new rule is one function in a module here and one line below.

A file rule sees one parsed file and is asked again only when that file changes; a workspace rule sees the facts of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.brains.builtin.rules import circles, functions, handlers, history, scopes, tested, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trinity_tui.brains.builtin.defect import Defect
    from trinity_tui.brains.builtin.source import Source
    from trinity_tui.brains.builtin.workspace import Workspace

FILE_RULES: tuple[Callable[[Source], Iterable[Defect]], ...] = (
    functions.too_long,
    functions.too_branched,
    functions.mutable_default,
    handlers.bare_except,
    handlers.swallowed_exception,
    scopes.redefined,
    scopes.duplicate_key,
    text.conflict_marker,
)

WORKSPACE_RULES: dict[str, Callable[[Workspace], Iterable[Defect]]] = {
    "syntax-error": text.syntax_error,
    "untested-module": tested.untested_modules,
    "no-tests": tested.no_tests,
    "import-circle": circles.import_circles,
    "stale-note": history.stale_notes,
    "large-file": history.large_files,
    "hot-file": history.hot_files,
}
"""By the name their defects carry."""
