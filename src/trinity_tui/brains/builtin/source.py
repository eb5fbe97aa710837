"""One Python file, parsed once: its lines and an outline of what the rules look at.

The tree is walked a single time, without recursion, so neither many files nor deep ones hurt. What is wrong with a
file is for `rules`; what is kept of it between two surveys is for `facts`.
"""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field

from trinity_tui.brains.builtin.defect import Defect, one_line
from trinity_tui.brains.builtin.files import Kind

if TYPE_CHECKING:
    from trinity_tui.brains.builtin.defect import Severity

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
ScopeNode = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
ImportNode = ast.Import | ast.ImportFrom

_LEAVES = (ast.Name, ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal, ast.alias)
_BRANCHES = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.Match)


class Place(NamedTuple):
    """Where in the file's nesting the walk stands."""

    symbol: str
    """Qualified name of the innermost scope, empty at module level."""
    function: FunctionNode | None
    is_eager: bool
    """Whether this code runs when the module is imported."""


class Outline(Struct):
    """The nodes rules ask for, each with its place, in no particular order."""

    scopes: list[tuple[ScopeNode, str]] = field(default_factory=list[tuple[ScopeNode, str]])
    imports: list[tuple[ImportNode, Place]] = field(default_factory=list[tuple[ImportNode, Place]])
    handlers: list[tuple[ast.ExceptHandler, Place]] = field(default_factory=list[tuple[ast.ExceptHandler, Place]])
    dicts: list[tuple[ast.Dict, Place]] = field(default_factory=list[tuple[ast.Dict, Place]])
    strings: list[str] = field(default_factory=list[str])
    branch_counts: dict[FunctionNode, int] = field(default_factory=dict[FunctionNode, int])

    @property
    def functions(self) -> list[tuple[FunctionNode, str]]:
        """Every function and method with its qualified name."""
        return [(node, symbol) for node, symbol in self.scopes if isinstance(node, FunctionNode)]


class Source(Struct, frozen=True):
    """A text file as the rules see it."""

    path: str
    kind: Kind
    text: str
    lines: list[str]
    tree: ast.Module | None
    """None where the file is not Python or does not parse."""
    outline: Outline
    error: tuple[int, str] | None = None
    """Line and reason where Python refuses the text."""

    def defect(self, rule: str, line: int, symbol: str, severity: Severity, text: str) -> Defect:
        """A defect in this file, with the line itself as evidence."""
        number = min(max(line, 1), max(len(self.lines), 1))
        evidence = one_line(self.lines[number - 1]) if self.lines else ""
        return Defect(rule, self.path, number, one_line(symbol, 400), severity, one_line(text, 400), evidence)


def read_source(path: str, kind: Kind, text: str) -> Source:
    """Parse a file's text; what cannot be parsed keeps its text and says why."""
    lines = text.split("\n")  # as the parser counts them; splitlines would also break at form feeds
    if not path.endswith(".py"):
        return Source(path, kind, text, lines, None, Outline())
    tree, error = _parse(text)
    outline = walk(tree) if tree else Outline()
    return Source(path, kind, text, lines, tree, outline, error)


def _parse(text: str) -> tuple[ast.Module | None, tuple[int, str] | None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in somebody's file are not ours to print
        try:
            return ast.parse(text), None
        except SyntaxError as error:
            return None, _refusal(error)
        except (ValueError, RecursionError, MemoryError):
            return None, None  # NUL bytes or nesting beyond the parser: unreadable for us, not wrong


def _refusal(error: SyntaxError) -> tuple[int, str] | None:
    if "too many" in error.msg or "null bytes" in error.msg:
        return None  # nesting beyond the parser or no text at all, which newer parsers report as syntax
    return error.lineno or 1, one_line(error.msg)


def walk(tree: ast.Module) -> Outline:
    """Collect the outline of a module."""
    outline = Outline()
    pending: list[tuple[ast.AST, Place]] = [(tree, Place("", None, True))]
    while pending:
        node, place = pending.pop()
        if isinstance(node, _LEAVES):
            continue
        place = _note(outline, node, place)
        for name in node._fields:
            child: object = getattr(node, name, None)
            if isinstance(child, ast.AST):
                pending.append((child, place))
            elif isinstance(child, list):
                pending.extend((item, place) for item in _nodes(child))  # pyright: ignore[reportUnknownArgumentType]
    return outline


def _nodes(items: list[object]) -> list[ast.AST]:
    return [item for item in items if isinstance(item, ast.AST)]


def _note(outline: Outline, node: ast.AST, place: Place) -> Place:
    """Enter a node into the outline; the result is the place of its children."""
    match node:
        case ast.Constant(value=str() as value):
            outline.strings.append(value)
        case ast.Module():
            outline.scopes.append((node, ""))
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            symbol = _join(place.symbol, node.name)
            outline.scopes.append((node, symbol))
            outline.branch_counts[node] = 0
            return Place(symbol, node, False)
        case ast.ClassDef():
            symbol = _join(place.symbol, node.name)
            outline.scopes.append((node, symbol))
            return place._replace(symbol=symbol)
        case ast.Import() | ast.ImportFrom():
            outline.imports.append((node, place))
        case ast.Dict():
            outline.dicts.append((node, place))
        case _:
            return _note_branch(outline, node, place)
    return place


def _note_branch(outline: Outline, node: ast.AST, place: Place) -> Place:
    if isinstance(node, ast.ExceptHandler):
        outline.handlers.append((node, place))
    if place.function is not None:
        outline.branch_counts[place.function] += _branches(node)
    if isinstance(node, ast.If) and _is_type_checking(node.test):
        return place._replace(is_eager=False)
    return place


def _branches(node: ast.AST) -> int:
    if isinstance(node, _BRANCHES):
        return 1
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    return 1 + len(node.ifs) if isinstance(node, ast.comprehension) else 0


def _is_type_checking(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


def _join(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name
