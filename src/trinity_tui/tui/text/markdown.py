"""Markdown as rows. What a model writes is text: no HTML, no picture is fetched, no link can be followed.

A link is shown with where it leads, a picture with what it is called. Everything passes ``safe_text``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from trinity_tui.tui.text.rows import Row, Span, clean_all, flow
from trinity_tui.tui.text.table import table_rows

if TYPE_CHECKING:
    from markdown_it.token import Token

    from trinity_tui.tui.glyphs import Glyphs

INLINE_TONES = {"strong_open": "strong", "em_open": "md-emphasis", "s_open": "faint", "link_open": "md-link"}
CODE_BAR = "│ "
Lines = tuple[int, int]
"""From the first, 0-based, up to the one after the last."""
NOWHERE: Lines = (0, 0)
"""Of a row that was made of no line."""
DEEPEST = 12
"""Lists and quotes nested deeper than this are not indented further."""


@cache
def _parser() -> MarkdownIt:
    # Without references a block depends on nothing that stands elsewhere: it can be laid out while others are missing.
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("reference")


def parse(source: str) -> list[Token]:
    """The source as markdown-it's flat list of tokens; the rest of it counts lines by their newlines alone."""
    return _parser().parse(source.replace("\r", ""))


def layout(tokens: list[Token], width: int, glyphs: Glyphs) -> list[Row]:
    """Whole blocks as rows of at most this width, an empty row between two of them."""
    return [row for row, _ in lined(tokens, width, glyphs)]


def lined(tokens: list[Token], width: int, glyphs: Glyphs) -> list[tuple[Row, Lines]]:
    """As ``layout``, each row with the lines of the source it was made of."""
    page = _Page(width, glyphs)
    index = 0
    while index < len(tokens):
        index = page.take(tokens, index)
    return page.rows


class _Page:
    """Rows as they are written, with what stands before each of them: bars of quotes, indents and marks of lists."""

    def __init__(self, width: int, glyphs: Glyphs) -> None:
        self.rows: list[tuple[Row, Lines]] = []
        self._lines = NOWHERE
        """Of the source, those that are being written."""
        self._width = width
        self._glyphs = glyphs
        self._margins: list[Span] = []
        self._mark: Span | None = None
        """What the next row begins with instead of its last margin: the mark of a list's item."""
        self._counts: list[int | None] = []
        self._wants_gap = False
        self._tight: list[bool] = []

    def take(self, tokens: list[Token], index: int) -> int:
        """Write what begins at a token; the index of what follows it."""
        token = tokens[index]
        if token.map is not None:
            self._lines = (token.map[0], token.map[1])
        match token.type:
            case "inline":
                self._write(inline(token, self._tone(tokens, index), self._glyphs), bool(token.hidden))
            case "fence" | "code_block":
                self._code(token)
            case "hr":
                self._gap()
                self._put(((self._glyphs.frame[4] * self._room(), "frame"),))
                self._wants_gap = True
            case "table_open":
                return self._table(tokens, index)
            case _ if token.nesting:
                self._nest(token)
            case _:
                pass
        return index + 1

    def _tone(self, tokens: list[Token], index: int) -> str:
        if index and tokens[index - 1].type == "heading_open":
            return "md-heading"
        return "dim" if any(tone == "md-quote" for _, tone in self._margins) else "text"

    def _nest(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self._counts.append(int(token.attrs.get("start", 1)) if token.type[0] == "o" else None)
            case "bullet_list_close" | "ordered_list_close":
                self._counts.pop()
                self._wants_gap = not self._counts
            case "list_item_open":
                self._begin_item()
            case "list_item_close":
                self._empty_item()
                self._margins.pop()
            case "blockquote_open":
                self._gap()
                self._margins.append((CODE_BAR.replace("│", self._glyphs.bar), "md-quote"))
            case "blockquote_close":
                self._margins.pop()
                self._wants_gap = True
            case "paragraph_open":
                # In a tight list the paragraphs are hidden: no row stands empty between its items.
                self._wants_gap = self._wants_gap and not token.hidden
            case "paragraph_close" | "heading_close":
                self._wants_gap = not token.hidden
            case _:
                pass

    def _begin_item(self) -> None:
        count = self._counts[-1]
        mark = f"{self._glyphs.dot} " if count is None else f"{count}. "
        self._counts[-1] = None if count is None else count + 1
        is_deep = len(self._margins) >= DEEPEST
        self._gap()
        self._margins.append(("" if is_deep else " " * len(mark), "text"))
        self._mark = (mark, "md-mark")

    def _empty_item(self) -> None:
        if self._mark is not None:
            self._put(())

    def _gap(self) -> None:
        if self._wants_gap and self.rows and self._mark is None:
            self.rows.append(((), NOWHERE))
        self._wants_gap = False

    def _room(self) -> int:
        return max(8, self._width - sum(len(text) for text, _ in self._margins))

    def _write(self, spans: list[Span], is_tight: bool) -> None:
        self._gap()
        for row in flow(spans, self._room()):
            self._put(row)
        self._wants_gap = not is_tight

    def _put(self, row: Row) -> None:
        margins = list(self._margins)
        if self._mark is not None and margins:
            margins[-1] = self._mark
        self._mark = None
        self.rows.append(((*margins, *row), self._lines))

    def _code(self, token: Token) -> None:
        self._gap()
        bar = CODE_BAR.replace("│", self._glyphs.frame[5])
        language = clean_all(token.info.strip())[:24]
        if language:
            self._put(((bar, "frame"), (self._glyphs.text(language), "faint")))
        first = self._lines[0] + (token.type == "fence")
        for number, line in enumerate(token.content.expandtabs(4).removesuffix("\n").split("\n"), first):
            self._lines = (number, number + 1)
            shown = self._glyphs.text(clean_all(line))
            for row in _hard(shown, max(1, self._room() - len(bar))):
                self._put(((bar, "frame"), (row, "md-code")))
        self._wants_gap = True

    def _table(self, tokens: list[Token], index: int) -> int:
        self._gap()
        lines: list[list[list[Span]]] = []
        places: list[Lines] = []
        while tokens[index].type != "table_close":
            token = tokens[index]
            if token.type == "tr_open":
                lines.append([])
                places.append((token.map[0], token.map[1]) if token.map is not None else NOWHERE)
            elif token.type == "inline":
                tone = "strong" if tokens[index - 1].type == "th_open" else "text"
                lines[-1].append(inline(token, tone, self._glyphs))
            index += 1
        for place, rows in zip(places, table_rows(lines, self._room(), self._glyphs), strict=True):
            self._lines = place
            for row in rows:
                self._put(row)
        self._wants_gap = True
        return index + 1


def _hard(line: str, room: int) -> list[str]:
    """A line of code broken where it has to be: spaces mean something there."""
    rows: list[str] = []
    while line:
        rest = flow([(line.replace(" ", "\u00a0"), "")], room)[0]
        taken = len(rest[0][0])
        rows.append(line[:taken])
        line = line[taken:]
    return rows or [""]


def inline(token: Token, tone: str, glyphs: Glyphs) -> list[Span]:
    """What stands in a line: words, emphasis, code, links with where they lead."""
    spans: list[Span] = []
    tones, leads = [tone], list[str]()
    for child in token.children or []:
        if child.type == "link_open":
            leads.append(str(child.attrs.get("href", "")))
        if child.nesting == 1:
            tones.append(INLINE_TONES.get(child.type, tones[-1]))
        elif child.nesting == -1:
            tones.pop()
            if child.type == "link_close":
                spans += _lead(leads.pop(), spans, glyphs)
        else:
            spans.append(_leaf(child.type, child.content, child.attrs.get("src", ""), tones[-1], glyphs))
    return spans


def _leaf(kind: str, content: str, source: object, tone: str, glyphs: Glyphs) -> Span:
    match kind:
        case "softbreak":
            return (" ", tone)
        case "hardbreak":
            return ("\n", tone)
        case "code_inline":
            return (glyphs.text(clean_all(content)), "md-inline")
        case "image":
            return (glyphs.text(clean_all(f"[picture: {content} ({source})]")), "dim")
        case _:
            return (glyphs.text(clean_all(content)), tone)


def _lead(href: str, spans: list[Span], glyphs: Glyphs) -> list[Span]:
    shown = glyphs.text(clean_all(href))
    return [] if spans and spans[-1][0] == shown else [(f" ({shown})", "faint")]
