"""A Markdown text that grows at its end, laid out anew only from its last block on.

What stands before the last block can no longer change, so the cost of a piece is that of one block, not of the answer.
A block that grows beyond what is sensible to lay out again and again is broken at a line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trinity_tui.tui.text.markdown import layout, parse

if TYPE_CHECKING:
    from markdown_it.token import Token

    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.text.rows import Row

OPEN_CHARACTERS = 4_000
"""A last block longer than this is settled up to its last line."""
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[^\n]*")


class Growing:
    """The rows of a text, for one width.

    Args:
        width: In cells.
        glyphs: The signs this terminal has.
        source: What there is of it already.
    """

    def __init__(self, width: int, glyphs: Glyphs, source: str = "") -> None:
        self._width = width
        self._glyphs = glyphs
        self._settled: list[Row] = []
        self._open: list[Row] = []
        self._rest = ""
        """The source of the last block."""
        self._joins = False
        """Whether the last block goes on without an empty row before it: it was broken at a line."""
        if source:
            self.extend(source)

    @property
    def settled(self) -> int:
        """How many rows can no longer change."""
        return len(self._settled)

    def __len__(self) -> int:
        return len(self._settled) + len(self._open)

    def row(self, index: int) -> Row:
        """One row."""
        done = len(self._settled)
        return self._settled[index] if index < done else self._open[index - done]

    def extend(self, text: str) -> None:
        """More of it."""
        self._rest += text.replace("\r", "")
        tokens = parse(self._rest)
        last = _last_block(tokens, self._rest.split("\n"))
        if last:
            self._settle(layout(tokens[:last], self._width, self._glyphs))
            self._rest = _from_line(self._rest, (tokens[last].map or [0])[0])
            tokens = parse(self._rest)
        while len(self._rest) > OPEN_CHARACTERS and self._break():
            tokens = parse(self._rest)
        self._open = self._after(layout(tokens, self._width, self._glyphs))

    def _break(self) -> bool:
        cut = self._rest.rfind("\n", 0, OPEN_CHARACTERS) + 1
        fence = _FENCE.match(self._rest)
        begin = len(fence.group()) + 1 if fence else 0
        if cut <= begin:
            return False
        self._settle(layout(parse(self._rest[:cut]), self._width, self._glyphs))
        # The rest of a fenced block is still code; its language was said.
        self._rest = (fence.group(1) + "\n" if fence else "") + self._rest[cut:]
        self._joins = True
        return True

    def _settle(self, rows: list[Row]) -> None:
        self._settled += self._after(rows)
        self._joins = False

    def _after(self, rows: list[Row]) -> list[Row]:
        needs_gap = bool(self._settled and rows) and not self._joins
        return [(), *rows] if needs_gap else rows


def _last_block(tokens: list[Token], lines: list[str]) -> int:
    """The index of the token with which the last top-level block begins that more text leaves one."""
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if token.level == 0 and token.nesting >= 0 and token.map is not None and _stays(token, token.map[0], lines):
            return index
    return 0


def _stays(token: Token, line: int, lines: list[str]) -> bool:
    """Whether a block that begins here cannot yet turn out to belong to the one before.

    Half a line can: ``+`` begins a list and ``+0`` none, ``1`` begins no item and ``1)`` one. A word after an empty
    line cannot. A table is one only once its second line is whole.
    """
    if token.type == "table_open":
        return line + 1 < len(lines) - 1
    return line < len(lines) - 1 or (not lines[line - 1].strip() and lines[line][:1].isalpha())


def _from_line(source: str, line: int) -> str:
    at = 0
    for _ in range(line):
        at = source.index("\n", at) + 1
    return source[at:]
