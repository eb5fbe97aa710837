"""Rules about exception handlers that hide what went wrong. A comment inside a handler explains it and excuses it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trinity_tui.brains.builtin.defect import Defect
    from trinity_tui.brains.builtin.source import Source

_BROAD = frozenset({"Exception", "BaseException"})


def bare_except(source: Source) -> Iterator[Defect]:
    """`except:` catches even the interpreter's wish to stop, unless it raises again."""
    for node, place in source.outline.handlers:
        if node.type is None and source.kind != "material" and not _raises(node) and not _is_explained(source, node):
            symbol = place.symbol or "module"
            text = f"A bare except in {symbol} also catches KeyboardInterrupt and SystemExit."
            yield source.defect("bare-except", node.lineno, symbol, "normal", text)


def swallowed_exception(source: Source) -> Iterator[Defect]:
    """Every error is caught and none is told to anybody."""
    if source.kind != "source":
        return
    for node, place in source.outline.handlers:
        if _is_broad(node.type) and all(map(_is_nothing, node.body)) and not _is_explained(source, node):
            symbol = place.symbol or "module"
            text = f"{symbol} catches every exception and drops it without a word."
            yield source.defect("swallowed-exception", node.lineno, symbol, "normal", text)


def _raises(node: ast.ExceptHandler) -> bool:
    return any(isinstance(child, ast.Raise) for statement in node.body for child in ast.walk(statement))


def _is_broad(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(map(_is_broad, caught.elts))
    return isinstance(caught, ast.Name) and caught.id in _BROAD


def _is_nothing(statement: ast.stmt) -> bool:
    is_constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_constant or isinstance(statement, (ast.Pass, ast.Continue))


def _is_explained(source: Source, node: ast.ExceptHandler) -> bool:
    lines = source.lines[node.lineno - 1 : node.end_lineno or node.lineno]
    return any("#" in line for line in lines)
