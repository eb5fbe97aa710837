"""One record as a page: what it says, why it was found, what stands against it, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.address import HUMAN
from trinity_tui.tui.memory.lines import STATES, lacks, record_key
from trinity_tui.tui.safe_text import fit
from trinity_tui.tui.text.listed import Line, beside, half_of, short, shown, that_fit
from trinity_tui.tui.text.rows import clean_all, flow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trinity_tui.core.memory_fold import Claim, Contradiction
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.memory.known import Known, Shown, Statement
    from trinity_tui.tui.memory.lines import Look
    from trinity_tui.tui.text.rows import Row, Span

COLUMNS_FROM = 50
"""From this width on the sides of a contradiction stand beside each other."""
LABEL_CELLS = 10
SIDE_LINES = 8
MOMENT = "%Y-%m-%d %H:%M"
FIGURE_CELLS = 7
_SUMMED = {
    "text": "in its text", "about": "what it is about", "date": "its date", "neighbours": "said around it",
}  # fmt: skip
"""As a search explains itself."""
_TIMES = {
    "found": "has so much of what you look for", "age": "at its age", "recent": "for how recent it is",
}  # fmt: skip


def message_key(name: str) -> str:
    """The key of a line that stands for a message."""
    return f"message:{name}"


def page(record: Shown, hit: Known | None, look: Look, clock: Clock) -> list[Line]:
    """All of it.

    Args:
        record: With all that is known of it.
        hit: The same as it was found, where something was looked for.
        look: How.
        clock: The person's.
    """
    parts: list[Iterable[Line]] = [
        _said(record, look),
        _facts(record, look, clock),
        _found(hit, look) if hit is not None and hit.parts else [],
        *(_against(one, record, look) for one in record.contradictions),
        _ended(record, look, clock),
        _part("In place of", (_statement(one, look, record_key(one.id)) for one in record.replaced)),
        _evidence(record, look),
        _used(record, look),
    ]
    lines: list[Line] = []
    for part in map(list, parts):
        if part:
            lines += [Line()] * bool(lines) + part
    return lines


def _said(record: Shown, look: Look) -> list[Line]:
    tone = "strong" if record.standing == "stands" else "faint"
    spans = [look.marked(look.glyphs.text(clean_all(line)), tone) for line in record.text.splitlines()]
    return [Line(row) for line in spans for row in flow(line, look.width)]


def _facts(record: Shown, look: Look, clock: Clock) -> Iterator[Line]:
    glyphs = look.glyphs
    state = STATES.get(record.standing, record.standing)
    sign = (f"{glyphs.kinds[record.kind]} {record.kind}", "primary")
    yield Line(that_fit([sign, (state, "success" if record.standing == "stands" else "warning"),
                         (f"{record.confidence:.0%} sure", "dim")], look.width))  # fmt: skip
    who = ", ".join("you" if name == HUMAN else name for name in record.authors)
    often = f", {glyphs.times}{record.said}" if record.said > 1 else ""
    yield from _fact("said by", f"{who}{often}", look)
    yield from _fact("since", f"{clock.at(record.valid_from, MOMENT)}, {look.age(record.valid_from)}", look)
    if record.invalid_at is not None:
        yield from _fact("until", clock.at(record.invalid_at, MOMENT), look)
    if record.subject and record.value:
        yield from _fact("states", f"{record.subject} {glyphs.dot} {record.predicate} = {record.value}", look)
    yield from _fact("tags", ", ".join(record.tags), look)
    yield from _fact("place", f"{record.path}:{record.line}" if record.path else "", look)


def _fact(label: str, value: str, look: Look) -> Iterator[Line]:
    rows = flow([(shown(value, look.glyphs), "text")], look.width - LABEL_CELLS) if value else []
    for at, row in enumerate(rows):
        yield Line((((label if at == 0 else "").ljust(LABEL_CELLS), "faint"), *row))


def _found(hit: Known, look: Look) -> Iterator[Line]:
    """What makes its score: what is added up, then what that is multiplied by."""
    yield Line((("Why it was found", "md-heading"), (f"  {hit.score:.2f}", "accent")))
    if hit.lacks:
        yield from _weighed("near", f"it does not say {lacks(hit, look.glyphs)}", look)
    words = dict(part.split(": ", 1) for part in hit.why.split("; ") if ": " in part)
    for name, about in _SUMMED.items():
        if hit.parts.get(name):
            told = f"{about}: {words[about]}" if about in words else about
            yield from _weighed(f"{hit.parts[name]:.2f}", told, look)
    for name, about in _TIMES.items():
        if f"{hit.parts.get(name, 1.0):.2f}" != "1.00":
            yield from _weighed(f"{look.glyphs.times}{hit.parts[name]:.2f}", about, look)


def _weighed(figure: str, about: str, look: Look) -> Iterator[Line]:
    for at, row in enumerate(flow([(shown(about, look.glyphs), "text")], look.width - FIGURE_CELLS - 1)):
        yield Line((((figure if at == 0 else "").rjust(FIGURE_CELLS) + " ", "dim"), *row))


def _part(title: str, lines: Iterable[Line]) -> Iterator[Line]:
    for at, line in enumerate(lines):
        if at == 0:
            yield Line(((title, "md-heading"),))
        yield line


def _statement(one: Statement, look: Look, key: str, own: str = "") -> Line:
    """What a message said, in a line that opens it; nothing is repeated where that is the text of the page."""
    who = fit("you" if one.author == HUMAN else shown(one.author, look.glyphs), 12, look.glyphs.more)
    head: list[Span] = [
        (f"{look.glyphs.to} ", "primary"), (f"{look.age(one.time):>4} ", "faint"),
        (f"{who} ", "person" if one.author == HUMAN else "name"),
    ]  # fmt: skip
    said = ("says it", "faint") if one.text == own else (short(one.text, look.width - 20, look.glyphs), "text")
    return Line((*head, said), key)


# Against it ---------------------------------------------------------------------------------------------------------


def _against(one: Contradiction, record: Shown, look: Look) -> list[Line]:
    asked = f"  {one.predicate} of {one.subject}"
    head: Row = ((f"{look.glyphs.clash} Contradicted", "accent"), (short(asked, look.width - 16, look.glyphs), "text"))
    lines = [Line(head), *(Line(row) for row in sides(one, record.related, look, record.id))]
    others = [claim for claim in one.claims if record.id not in claim.record_ids]
    lines += [_way_to(claim, look) for claim in others]
    return [*lines, Line((("h", "key"), (" says which holds", "dim")))]


def _way_to(claim: Claim, look: Look) -> Line:
    """A line that opens the record which states something else."""
    value = short(f"the record of {claim.value}", look.width - 2, look.glyphs)
    return Line(((f"{look.glyphs.to} ", "primary"), (value, "text")), record_key(claim.record_ids[0]))


def sides(one: Contradiction, related: dict[str, Known], look: Look, own: str = "") -> list[Row]:
    """What is stated, by whom: beside each other where there is room.

    Args:
        one: The contradiction.
        related: Its records, by id.
        look: How.
        own: The id of the record that is looked at; its side says so.
    """
    has_columns = look.width >= COLUMNS_FROM
    width = half_of(look.width) if has_columns else look.width - 2
    told = [_side(claim, related, look, width, own) for claim in one.claims]
    rows: list[Row] = []
    if has_columns:
        for at in range(0, len(told), 2):
            right = told[at + 1] if at + 1 < len(told) else []
            rows += [*([()] if at else []), *beside(told[at], right, look.width, look.glyphs.frame[5])]
        return rows
    for at, side in enumerate(told):
        rows += [*([()] if at else []), *((("  ", "text"), *row) for row in side)]
    return rows


def _side(claim: Claim, related: dict[str, Known], look: Look, width: int, own: str) -> list[Row]:
    records = [related[name] for name in claim.record_ids if name in related]
    mine = ("this one", "primary") if own in claim.record_ids else ("", "text")
    who = [
        *((("you", "person") if name == HUMAN else (shown(name, look.glyphs), "name")) for name in claim.authors[:3])
    ]
    newest = max((one.last for one in records), default=look.now)
    rows = [
        that_fit([(short(claim.value, width - 12, look.glyphs), "strong"), mine], width),
        that_fit([*who, (look.age(newest), "faint")], width),
    ]
    for one in records[:2]:
        rows += flow([(shown(one.text, look.glyphs), "dim")], width)[:SIDE_LINES]
    return rows


# Around it ----------------------------------------------------------------------------------------------------------


def _ended(record: Shown, look: Look, clock: Clock) -> Iterator[Line]:
    if record.standing == "stands" or not record.ended_by:
        return
    verb = "Taken back by" if record.is_retracted else "Replaced by"
    by = record.related.get(record.ended_by)
    if by is not None:
        yield Line(((verb, "md-heading"),))
        own = (f"{look.glyphs.to} ", "primary"), (f"{look.age(by.time):>4} ", "faint")
        yield Line((*own, (short(by.text, look.width - 8, look.glyphs), "text")), record_key(by.id))
    else:
        when = clock.at(record.invalid_at, MOMENT) if record.invalid_at is not None else ""
        yield Line(((f"{look.glyphs.to} ", "primary"), (f"{verb} a message", "text"), (f"  {when}", "faint")),
                   message_key(record.ended_by))  # fmt: skip


def _evidence(record: Shown, look: Look) -> Iterator[Line]:
    known = {one.id for one in record.statements}
    lines = [_statement(one, look, message_key(one.id), record.text) for one in record.statements]
    lines += [
        Line(((f"{look.glyphs.to} ", "primary"), (short(name, look.width - 2, look.glyphs), "dim")), message_key(name))
        for name in record.sources
        if name not in known
    ]
    return _part("Evidence", lines)


def _used(record: Shown, look: Look) -> Iterator[Line]:
    use = record.use
    if not use.total and not use.cited:
        yield Line((("never used by an instance here", "faint"),))
        return
    counts = (("shown", use.shown), ("recalled", use.recalled), ("named", use.cited))
    often = [f"{name} {count}{look.glyphs.times}" for name, count in counts if count]
    yield from _fact("used", ", ".join(often), look)
    yield from _fact("by", ", ".join(use.by), look)
