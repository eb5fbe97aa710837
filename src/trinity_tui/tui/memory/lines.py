"""Records as lines of a list: what each says, then whose it is, how old, and what is to be known before it is believed.

::

    ◆ The server listens on 8001, not on 8080                 4.21
      decision   builder-1      3h  ⇄ contradicted  ×2  used 4
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trinity_tui.core.address import HUMAN
from trinity_tui.core.words import stem, stems
from trinity_tui.tui.clock import duration
from trinity_tui.tui.safe_text import fit
from trinity_tui.tui.text.listed import Line, apart, short, shown, that_fit
from trinity_tui.tui.text.rows import cells

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trinity_tui.core.memory_fold import Contradiction
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.memory.known import Known, News, Solution, Theme, Together
    from trinity_tui.tui.text.rows import Row, Span

KIND_CELLS = 10
AUTHOR_CELLS = 14
AGE_CELLS = 4
NARROW = 44
"""Below this the names of kinds give their place to who said it."""
LACKS_MOST = 3
"""So many words that a record has not are named."""
_WORD = re.compile(r"\w+")
_TONES = {"failure": "warning", "question": "warning"}


class Look:
    """How lines are made: for this width, at this time, with these words marked.

    Args:
        width: In cells.
        now: Seconds since the epoch.
        glyphs: The signs this terminal has.
        wanted: What is looked for.
    """

    def __init__(self, width: int, now: float, glyphs: Glyphs, wanted: str = "") -> None:
        self.width, self.now, self.glyphs = width, now, glyphs
        self._wanted = frozenset(stems(wanted))

    def age(self, time: float) -> str:
        """How long ago that was."""
        return duration(self.now - time)

    def marked(self, text: str, tone: str) -> list[Span]:
        """A cleaned text, with the words that are looked for standing out."""
        if not self._wanted:
            return [(text, tone)]
        spans: list[Span] = []
        end = 0
        for word in _WORD.finditer(text):
            if stem(word[0].lower()) in self._wanted:
                spans += [(text[end : word.start()], tone), (word[0], "found")]
                end = word.end()
        return [span for span in (*spans, (text[end:], tone)) if span[0]]


def record_lines(known: Known, look: Look, indent: int = 0) -> list[Line]:
    """The two lines of a record."""
    is_over = known.standing != "stands"
    sign = (
        f"{' ' * indent}{look.glyphs.kinds[known.kind]} ",
        "faint" if is_over else _TONES.get(known.kind, "primary"),
    )
    score: tuple[Span, ...] = ((f" {known.score:.2f}", "faint"),) if known.parts else ()
    room = look.width - cells((sign, *score))
    text = look.marked(short(known.text, room, look.glyphs), "faint" if is_over else "text")
    gap: Span = (" " * max(0, room - cells(tuple(text))), "text")
    return [
        Line((sign, *text, gap, *score), record_key(known.id)),
        Line((("  " + " " * indent, "faint"), *_about(known, look, look.width - 2 - indent)), record_key(known.id)),
    ]


def record_key(name: str) -> str:
    """The key of a record's lines."""
    return f"record:{name}"


def _about(known: Known, look: Look, width: int) -> Row:
    author = "you" if known.author == HUMAN else shown(known.author, look.glyphs)
    more = f" +{len(known.authors) - 1}" if len(known.authors) > 1 else ""
    author = fit(author, AUTHOR_CELLS - len(more), look.glyphs.more).rstrip() + more
    head = [(fit(known.kind, KIND_CELLS), "dim")] if width >= NARROW else []
    head.append((fit(author, AUTHOR_CELLS), "person" if known.author == HUMAN else "name"))
    head.append((look.age(known.time).rjust(AGE_CELLS), "dim"))
    return that_fit([*head, *marks(known, look.glyphs)], width)


def marks(known: Known, glyphs: Glyphs) -> list[Span]:
    """What is to be known before a record is believed, the most important first."""
    found: list[Span] = []
    if known.lacks:
        found.append(("near", "warning"))
    if known.is_contradicted:
        found.append((f"{glyphs.clash} contradicted", "accent"))
    if known.standing != "stands":
        found.append((STATES.get(known.standing, known.standing), "warning"))
    if known.said > 1:
        found.append((f"{glyphs.times}{known.said}", "dim"))
    if known.confidence < 1:
        found.append((f"{known.confidence:.0%} sure", "dim"))
    if known.use.total:
        found.append((f"used {known.use.total}", "dim"))
    if known.lacks:
        found.append((f"without {lacks(known, glyphs)}", "dim"))
    return found


def lacks(known: Known, glyphs: Glyphs) -> str:
    """What a record that is only near does not say of what is looked for."""
    words = " ".join(shown(word, glyphs) for word in known.lacks[:LACKS_MOST])
    return f"{words} {glyphs.more}" if len(known.lacks) > LACKS_MOST else words


STATES = {"retracted": "taken back", "superseded": "replaced", "expired": "over", "to come": "not yet"}
"""How the states of records are called here."""


def news_lines(news: News, look: Look, since: str) -> list[Line]:
    """What came to be known while the person was away: how much, then each.

    Args:
        news: As the coordinator told it.
        look: How.
        since: When the person was here last, as the clock shows it.
    """
    counts = news.counts
    told = [
        (f"{counts.added} new", "accent"), (f"{counts.superseded} replaced", "dim"),
        (f"{counts.retracted} taken back", "dim"), (f"{counts.contradicted} contradicted", "dim"),
    ]  # fmt: skip
    told = [span for span in told if not span[0].startswith("0 ")]
    if not told:
        return []
    _, head, *_ = heading("While you were away", look.width, f"since {since}, {look.age(news.since)}")
    lines = [head, Line(that_fit(told, look.width)), Line()]
    seen: set[str] = set()
    for record in (*news.records, *news.superseded, *news.retracted):
        if record.id not in seen:
            seen.add(record.id)
            lines += record_lines(record, look)
    return lines


def heading(text: str, width: int, about: str = "") -> list[Line]:
    """What begins a part of a list."""
    return [Line(), Line(that_fit([(text, "strong"), (about, "faint")], width)), Line()]


def theme_lines(together: Together, look: Look, opened: dict[str, list[Known]]) -> list[Line]:
    """What the records say together, those that were opened with their records below them."""
    lines: list[Line] = []
    parts = (
        ("Themes", "what several came upon", [_theme(one, look) for one in together.themes]),
        ("Open questions", "stated differently, and not settled", [_open(one, look) for one in together.questions]),
        ("Failed, then solved", "", [_solved(one, look) for one in together.solutions]),
    )
    for title, about, items in parts:
        if items:
            lines += heading(title, look.width, about)[0 if lines else 1 :]
        for item in items:
            lines += item
            for record in opened.get(item[0].key, ()):
                lines += record_lines(record, look, indent=4)
    return lines


def group_key(names: Iterable[str]) -> str:
    """The key of lines that stand for several records."""
    return f"group:{','.join(names)}"


def names_of(key: str) -> list[str]:
    """The ids of the records that lines of this key stand for."""
    return key.partition(":")[2].split(",") if key else []


def _theme(theme: Theme, look: Look) -> list[Line]:
    key = group_key(theme.record_ids)
    count = f" {look.glyphs.times}{len(theme.record_ids)}"
    head = apart([(f"{look.glyphs.bullet} ", "primary"), (shown(theme.subject, look.glyphs), "text")],
                 [(count, "accent")], look.width, look.glyphs)  # fmt: skip
    who = ", ".join(shown(name, look.glyphs) for name in theme.authors)
    said = "" if theme.statement.startswith(theme.subject[:40]) else theme.statement
    under = [(short(who, max(AUTHOR_CELLS, look.width // 3), look.glyphs), "name")]
    room = look.width - cells((*under,)) - 4
    under.append((short(said, room, look.glyphs) if room > 8 else "", "dim"))
    return [Line(head, key), Line((("  ", "text"), *that_fit(under, look.width - 2)), key)]


def _open(question: Contradiction, look: Look) -> list[Line]:
    key = group_key(name for claim in question.claims for name in claim.record_ids)
    asked = f"{question.predicate} of {question.subject}"
    head: Row = ((f"{look.glyphs.clash} ", "accent"), (short(asked, look.width - 3, look.glyphs), "text"))
    told = [_claim(claim.value, claim.authors, look, look.width - 2) for claim in question.claims]
    return [Line(head, key), *(Line((("  ", "text"), *row), key) for row in told)]


def _claim(value: str, authors: Iterable[str], look: Look, width: int) -> Row:
    who = short(", ".join(authors), max(8, width // 2), look.glyphs)
    return apart([(short(value, width // 2, look.glyphs), "strong")], [(f" {who}", "name")], width, look.glyphs)


def _solved(one: Solution, look: Look) -> list[Line]:
    key = group_key(one.record_ids)
    failed: Row = (
        (f"{look.glyphs.kinds['failure']} ", "warning"),
        (short(one.failure, look.width - 2, look.glyphs), "text"),
    )
    helped: Row = ((f"  {look.glyphs.to} ", "success"), (short(one.solution, look.width - 4, look.glyphs), "dim"))
    return [Line(failed, key), Line(helped, key)]
