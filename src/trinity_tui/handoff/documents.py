"""Reads a document of people: what they mean as headings, whatever they made them with, and what they point to.

A heading is one of Markdown's, or a line in bold that stands alone or begins a paragraph with a colon.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import msgspec

from trinity_tui.core.handoff import dates
from trinity_tui.core.handoff.document import BOLD_LEVEL, Document, Project, Reference, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from trinity_tui.core.handoff.tiers import Tier

PARAGRAPH_CHARACTERS = 8_000
"""Of longer ones no links are looked for: brackets without end take for ever."""
HEAD_LINES = 15
"""Where, or at the end in as many, a document says when it was brought up to date."""
_FILE = re.compile(r"(?:[\w@.-]+/)*[\w@-][\w@.-]*\.[A-Za-z][A-Za-z0-9]{0,9}\Z")
_PLACE = re.compile(r"\(([^()\n]{1,300})\)\s*\Z")
_POSITION = re.compile(r"(?::\d+){1,2}\Z")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


def parse(path: str, tier: Tier, text: str, first_line: int = 1) -> Document:
    """A document as the rules see it.

    Args:
        path: As a person would write it, from the workspace on.
        tier: Which of the four it is.
        text: All of it.
        first_line: The line of the file the text begins at.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    tokens = _tokens(text)
    updated_line, updated = _updated(lines)
    return Document(
        path,
        tier,
        text,
        first_line,
        tuple(_sections(lines, list(_headings(tokens)), first_line)),
        tuple(_references(tokens, first_line)),
        tuple(_projects(tokens, first_line)) if tier == "portfolio" else (),
        updated,
        updated_line + first_line - 1,
    )


@lru_cache
def _parser() -> MarkdownIt:
    """Made once: that takes longer than reading a session."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("inline")


def _tokens(text: str) -> list[Token]:
    """Markdown's, with what stands in a paragraph; but for one so long that nobody wrote it to be read."""
    parser, known = _parser(), dict[str, Any]()
    tokens = parser.parse(text, known)
    for token in tokens:
        if token.type == "inline" and token.children is not None and len(token.content) <= PARAGRAPH_CHARACTERS:
            parser.inline.parse(token.content, parser, known, token.children)
    return tokens


def anchors(document: Document) -> set[str]:
    """What a link within the document can lead to."""
    titles = (re.sub(r"[^\w\- ]", "", section.title.casefold()) for section in document.sections)
    return {title.strip().replace(" ", "-") for title in titles}


# Headings


class _Heading(msgspec.Struct, frozen=True):
    level: int
    line: int
    body: int
    """The line its text begins in: its own where it is in bold and goes on."""
    title: str


def _headings(tokens: Sequence[Token]) -> Iterator[_Heading]:
    for index, token in enumerate(tokens):
        if token.type not in ("heading_open", "paragraph_open") or token.map is None or token.level:
            continue
        first, last = token.map
        inline = tokens[index + 1]
        if token.type == "heading_open":
            yield _Heading(int(token.tag[1:]), first, last, inline.content)
        elif found := _bold(inline):
            title, goes_on = found
            yield _Heading(BOLD_LEVEL, first, first if goes_on else first + 1, title)


def _bold(inline: Token) -> tuple[str, bool] | None:
    """The words in bold that a paragraph begins with, where they stand as a heading; whether their line goes on."""
    children = _children(inline)
    if len(children) < 3 or (children[0].type, children[2].type) != ("strong_open", "strong_close"):
        return None
    title, after = children[1].content.strip(), children[3] if len(children) > 3 else None
    if after is None or after.type == "softbreak" or not after.content.strip(" :"):
        return title.rstrip(": "), False
    is_heading = title.endswith(":") or after.content.startswith(":")
    return (title.rstrip(": "), True) if is_heading else None


def _children(inline: Token) -> list[Token]:
    return [child for child in inline.children or () if child.type != "text" or child.content]


def _sections(lines: list[str], headings: Sequence[_Heading], first_line: int) -> Iterator[Section]:
    for index, one in enumerate(headings):
        end = next((other.line for other in headings[index + 1 :] if other.level <= one.level), len(lines))
        text = "\n".join(lines[one.body : end])
        if one.body == one.line:
            text = text.replace(":", "", 1).replace("**", "", 1).partition("**")[2].lstrip()
        yield Section(one.title.strip(), one.level, one.line + first_line, text, one.body + first_line)


# What it points to


def _references(tokens: Sequence[Token], first_line: int) -> Iterator[Reference]:
    seen: set[tuple[str, int]] = set()
    for line, child in _inline(tokens):
        reference: Reference | None = None
        if child.type in ("link_open", "image"):
            target = str(child.attrGet("href" if child.type == "link_open" else "src") or "")
            reference = Reference(unquote(target), line + first_line, "link") if target else None
        elif child.type == "code_inline" and _FILE.match(name := _POSITION.sub("", child.content.strip())):
            reference = Reference(name, line + first_line, "file")
        if reference is not None and (reference.target, reference.line) not in seen:
            seen.add((reference.target, reference.line))
            yield reference


def is_elsewhere(target: str) -> bool:
    """Whether a link leads out of this computer's files."""
    return bool(_ADDRESS.match(target)) or target.startswith("//")


def _inline(tokens: Sequence[Token]) -> Iterator[tuple[int, Token]]:
    for token in tokens:
        if token.type == "inline" and token.map is not None:
            line = token.map[0]
            for child in token.children or ():
                line += child.type in ("softbreak", "hardbreak")
                yield line, child


def _projects(tokens: Sequence[Token], first_line: int) -> Iterator[Project]:
    """Entries of lists that begin with a name in bold; the folder stands in brackets, as a link or as code."""
    for index, token in enumerate(tokens):
        if token.type != "inline" or token.map is None or tokens[index - 2].type != "list_item_open":
            continue
        children = _children(token)
        if len(children) >= 3 and children[0].type == "strong_open":
            name = "".join(child.content for child in children[1 : _closing(children)]).strip().rstrip(":")
            yield Project(name, token.map[0] + first_line, _place(token))


def _closing(children: Sequence[Token]) -> int:
    return next((index for index, child in enumerate(children) if child.type == "strong_close"), len(children))


def _place(token: Token) -> str:
    children = token.children or []
    links = [str(child.attrGet("href") or "") for child in children if child.type == "link_open"]
    named = next((unquote(link) for link in links if link and not is_elsewhere(link)), "")
    codes = [child.content.strip() for child in children if child.type == "code_inline"]
    in_brackets = _PLACE.search(token.content.split("\n")[0])
    written = in_brackets[1].strip(" `") if in_brackets else ""
    return next((place for place in (named, written, *codes) if "/" in place or "\\" in place), "")


def _updated(lines: list[str]) -> tuple[int, float | None]:
    for index, line in enumerate(lines):
        if (index < HEAD_LINES or index >= len(lines) - HEAD_LINES) and (found := dates.updated(line)) is not None:
            return index + 1, found
    return 1, None
