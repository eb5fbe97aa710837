"""Rules about names and keys given twice, where the second silently replaces the first."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from trinity_tui.brains.builtin.source import FunctionNode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trinity_tui.brains.builtin.defect import Defect
    from trinity_tui.brains.builtin.source import Source

_DefinitionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

LIMIT_IN_DICT = 3
"""Repeated keys told of one dict: a table that is wrong throughout is one thing to look at."""

_PLAIN_DECORATORS = frozenset(
    "staticmethod classmethod property cached_property cache lru_cache wraps contextmanager asynccontextmanager"
    " abstractmethod override final dataclass given settings parametrize asyncio patch".split()
)
"""Decorators that only wrap. Any other may register what it decorates, and then nothing is lost."""


def redefined(source: Source) -> Iterator[Defect]:
    """A function or class that a later one of the same name in the same block replaces."""
    if source.kind == "material":
        return
    for scope, scope_symbol in source.outline.scopes:
        if source.kind == "test" and isinstance(scope, FunctionNode):
            continue  # a test may try one name after another; lost tests stand in modules and classes
        for earlier, later in _replacements(scope.body):
            symbol = f"{scope_symbol}.{later.name}" if scope_symbol else later.name
            text = f"{symbol} is defined again here; the one at line {earlier.lineno} is silently lost."
            yield source.defect("redefined", later.lineno, symbol, "high", text)


def _replacements(body: Sequence[ast.stmt]) -> Iterator[tuple[_DefinitionNode, _DefinitionNode]]:
    """The first loss of each name."""
    latest: dict[str, int] = {}
    told: set[str] = set()
    for index, statement in enumerate(body):
        if not isinstance(statement, _DefinitionNode) or statement.name == "_":
            continue
        before = latest.get(statement.name)
        if before is not None and statement.name not in told:
            earlier = body[before]
            assert isinstance(earlier, _DefinitionNode)
            if _is_plain(earlier) and not _is_used(statement, body[before + 1 : index]):
                told.add(statement.name)
                yield earlier, statement
        latest[statement.name] = index


def _is_plain(node: _DefinitionNode) -> bool:
    return all(_last_name(decorator) in _PLAIN_DECORATORS for decorator in node.decorator_list)


def _last_name(node: ast.expr) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _is_used(later: _DefinitionNode, between: Sequence[ast.stmt]) -> bool:
    """Whether the name is needed before it is replaced: by code in between or by the later one's decorators."""
    bases = later.bases if isinstance(later, ast.ClassDef) else []
    places: list[ast.AST] = [*between, *later.decorator_list, *bases]
    return any(
        isinstance(node, ast.Name) and node.id == later.name and not isinstance(node.ctx, ast.Store)
        for place in places
        for node in ast.walk(place)
    )


def duplicate_key(source: Source) -> Iterator[Defect]:
    """A key written twice in one dict: the first value never arrives."""
    if source.kind == "material":
        return
    for node, place in source.outline.dicts:
        for key in list(_repeated(node))[:LIMIT_IN_DICT]:
            symbol = f"{place.symbol or 'module'}[{key.value!r}]"
            text = f"The key {key.value!r} is written twice in one dict; only the last value counts."
            yield source.defect("duplicate-key", key.lineno, symbol, "normal", text)


def _repeated(node: ast.Dict) -> Iterator[ast.Constant]:
    seen: set[tuple[type, object]] = set()
    for key in node.keys:
        if isinstance(key, ast.Constant):
            identity = (type(key.value), key.value)
            if identity in seen:
                yield key
            seen.add(identity)
