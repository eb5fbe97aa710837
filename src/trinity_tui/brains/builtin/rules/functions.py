"""Rules about one function: how long it is, how much it branches, what its arguments default to."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trinity_tui.brains.builtin.defect import Defect
    from trinity_tui.brains.builtin.source import FunctionNode, Source

LONG_LINES = 80
FAR_TOO_LONG_LINES = 150
LIMIT_COMPLEXITY = 15

_MUTABLE_LITERALS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_MUTABLE_CALLS = frozenset("list dict set bytearray defaultdict deque OrderedDict Counter".split())


def too_long(source: Source) -> Iterator[Defect]:
    """A function nobody can hold in the head; its docstring does not count."""
    if source.kind != "source":
        return
    lengths = {symbol: (node, _length(node)) for node, symbol in source.outline.functions}
    for symbol, (node, full_length) in lengths.items():
        length = full_length - _reported_inside(symbol, lengths)
        if length > LONG_LINES:
            severity = "high" if length > FAR_TOO_LONG_LINES else "normal"
            text = f"{symbol} is {length} lines long; above {LONG_LINES} a function is hard to follow and to test."
            yield source.defect("long-function", node.lineno, symbol, severity, text)


def too_branched(source: Source) -> Iterator[Defect]:
    """A function with more paths than tests will ever take."""
    if source.kind != "source":
        return
    for node, symbol in source.outline.functions:
        complexity = 1 + source.outline.branch_counts[node]
        if complexity > LIMIT_COMPLEXITY:
            text = f"{symbol} branches {complexity - 1} times (complexity {complexity}, limit {LIMIT_COMPLEXITY})."
            yield source.defect("complex-function", node.lineno, symbol, "normal", text)


def mutable_default(source: Source) -> Iterator[Defect]:
    """A default value all calls share and any of them can change."""
    if source.kind != "source":
        return
    for node, symbol in source.outline.functions:
        for name, default in _defaults(node.args):
            if _is_mutable(default) and not name.startswith("_"):
                text = (
                    f"The default of {name} in {symbol} is one object shared by all calls; use None and make it inside."
                )
                yield source.defect("mutable-default", default.lineno, f"{symbol}({name})", "normal", text)


def _length(node: FunctionNode) -> int:
    """Lines of the head and the body; a long signature or docstring is no burden."""
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    return 1 + (node.end_lineno or node.lineno) - body[0].lineno + 1 if body else 1


def _reported_inside(symbol: str, lengths: Mapping[str, tuple[FunctionNode, int]]) -> int:
    """Lines of inner functions that are reported by themselves."""
    inner = [name for name, (_, length) in lengths.items() if length > LONG_LINES and name.startswith(f"{symbol}.")]
    outermost = (name for name in inner if not any(name.startswith(f"{other}.") for other in inner))
    return sum(lengths[name][1] for name in outermost)


def _defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    yield from ((argument.arg, default) for argument, default in zip(with_default, arguments.defaults, strict=True))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            yield argument.arg, default


def _is_mutable(default: ast.expr) -> bool:
    if isinstance(default, ast.Call):
        called = default.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return name in _MUTABLE_CALLS
    return isinstance(default, _MUTABLE_LITERALS)
