"""Paints one node onto a sheet: as a box, as a row, as a cell, as a sentence.

What it says comes from ``tui.node``, in signs the terminal has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from trinity_tui.tui.node import PLAIN_STATES, NodeText, sentence, telling_role
from trinity_tui.tui.safe_text import cut, fit, head, width, wrap

if TYPE_CHECKING:
    from rich.style import Style

    from trinity_tui.tui.cells import Sheet
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.layout.geometry import Box

ROW_WORD = 12
WORD_AND_REASON = 36
"""Below this a row says the reason of a state instead of its word; the sign stands for the state."""


class Toner(Protocol):
    """How a kind of thing is painted."""

    def __call__(self, name: str, *, on: str = "") -> Style:
        """The style of a tone."""
        ...


class Look(msgspec.Struct, frozen=True):
    """One node as it is painted now.

    Attributes:
        spark: Its traffic of the last minute, oldest first.
        is_chosen: Whether keys act on it.
        flash: ``sent`` or ``received`` right after a message that has no line to travel on; empty otherwise.
    """

    text: NodeText
    spark: tuple[int, ...]
    words: str = ""
    """What it said last and to whom, in signs the terminal has; shown where there is room."""
    is_chosen: bool = False
    flash: str = ""


def paint_box(sheet: Sheet, box: Box, look: Look, tone: Toner, glyphs: Glyphs) -> None:
    """A node with its frame, four or five lines high."""
    text = look.text
    frame = glyphs.chosen_frame if look.is_chosen else glyphs.frame
    edge = tone(_frame_tone(look))
    inner = box.width - 4
    _frame(sheet, box, frame, edge)
    x = sheet.put(box.x + 1, box.y, text.key, tone("key"))
    x = sheet.put(x, box.y, " ", edge)
    x = sheet.put(x, box.y, cut(text.id, inner - 1, glyphs.more), tone("strong"))
    sheet.put(x, box.y, " ", edge)
    for offset, (line, style) in enumerate(_lines(look, inner, box.height - 2, tone, glyphs)):
        sheet.put(box.x + 2, box.y + 1 + offset, line, style)
    state_tone = tone(f"state-{text.state.lower()}")
    sheet.put(box.x + 2, box.y + 1, glyphs.state(text.state), state_tone)
    _paint_foot(sheet, box, look, tone, glyphs)


def _frame_tone(look: Look) -> str:
    if look.flash:
        return "mark"
    if look.is_chosen:
        return "chosen-frame"
    return "frame" if look.text.state in PLAIN_STATES else f"state-{look.text.state.lower()}"


def _frame(sheet: Sheet, box: Box, frame: str, edge: Style) -> None:
    across = frame[4] * (box.width - 2)
    sheet.put(box.x, box.y, frame[0] + across + frame[1], edge)
    for y in range(box.y + 1, box.bottom - 1):
        sheet.put(box.x, y, frame[5] + " " * (box.width - 2) + frame[5], edge)
    sheet.put(box.x, box.bottom - 1, frame[3] + across + frame[2], edge)


def _lines(look: Look, inner: int, count: int, tone: Toner, glyphs: Glyphs) -> list[tuple[str, Style]]:
    # The first line leaves two cells for the sign of the state, which is painted over it.
    text = look.text
    about_tone = tone("warning") if text.is_alarming else tone("text" if text.is_ticking else "dim")
    if text.is_alarming and len(wrap(text.about, inner, count, glyphs.more)) >= count:
        told = wrap(text.about, inner, count, glyphs.more, indent=2)
        return [("  " * (not index) + line, about_tone) for index, line in enumerate(told)]
    head = fit(f"  {text.word}", inner - len(text.age) - 1, glyphs.more) + " " + text.age
    told = wrap(text.about, inner, count - 1 if text.is_alarming else min(2, count - 1), glyphs.more)
    lines = [(head, tone(_word_tone(text)))] + [(line, about_tone) for line in told]
    footing = _footing(text)
    if footing and len(lines) < count:
        lines.append((cut(footing, inner, glyphs.more), tone("faint")))
    if look.words and len(lines) < count:
        said = wrap(look.words, inner, count - len(lines), glyphs.more)
        lines += [("", about_tone)] * (count - len(lines) - len(said)) + [(line, tone("faint")) for line in said]
    return lines


def _word_tone(text: NodeText) -> str:
    return "dim" if text.state == "ONLINE" else f"state-{text.state.lower()}"


def _footing(text: NodeText) -> str:
    queued = f"{text.queued} queued" if text.queued else ""
    role = telling_role(text.id, text.role)
    return " · ".join(part for part in (role, queued) if part and part != text.about)


def _paint_foot(sheet: Sheet, box: Box, look: Look, tone: Toner, glyphs: Glyphs) -> None:
    spark = look.spark if box.width >= 24 else look.spark[-4:]
    y = box.bottom - 1
    room = box.width - len(spark) - 7
    x = box.x + 2
    if look.text.brain:
        x = sheet.put(x, y, f" {cut(look.text.brain, room, glyphs.more)} ", tone("faint"))
    if any(spark):
        start = box.right - len(spark) - 3
        if x <= start:
            sheet.put(start, y, f" {glyphs.sparkline(spark)} ", tone("primary"))


def paint_row(sheet: Sheet, box: Box, look: Look, id_width: int, tone: Toner, glyphs: Glyphs) -> None:
    """A node on one line; ids are given the same width in all of them."""
    text = look.text
    ground = "chosen" if look.is_chosen else ""
    sheet.put(box.x, box.y, " " * box.width, tone("text", on=ground))
    x = sheet.put(box.x, box.y, f"{text.key:1}", tone("key", on=ground))
    sign = {"sent": glyphs.to, "received": glyphs.mark}.get(look.flash, " ")
    x = sheet.put(x, box.y, sign, tone("mark", on=ground))
    x = sheet.put(x, box.y, glyphs.state(text.state) + " ", tone(f"state-{text.state.lower()}", on=ground))
    rest = max(0, box.right - x - 1)
    id_cells = min(rest, max(width(text.id), min(id_width, rest // 2)))
    x = sheet.put(x, box.y, fit(text.id, id_cells, glyphs.more) + " ", tone("strong", on=ground))
    spark = look.spark if box.right - x > 40 else ()
    end = box.right - (len(spark) + 1 if spark else 0)
    if any(spark):
        sheet.put(end + 1, box.y, glyphs.sparkline(spark), tone("primary", on=ground))
    _paint_doing(sheet, x, end, box.y, look, tone, glyphs)


def _paint_doing(sheet: Sheet, x: int, end: int, y: int, look: Look, tone: Toner, glyphs: Glyphs) -> None:
    text, ground = look.text, "chosen" if look.is_chosen else ""
    if text.is_alarming and end - x < WORD_AND_REASON:
        sheet.put(x, y, cut(text.about, end - x, glyphs.more), tone("warning", on=ground))
        return
    word = f"{text.word} {text.age}".rstrip()
    word_cells = max(ROW_WORD, width(word)) if end - x >= ROW_WORD + 8 else width(word)
    x = sheet.put(x, y, fit(word, min(end - x, word_cells), glyphs.more) + " ", tone(_word_tone(text), on=ground))
    if end - x > 2:
        is_words = not text.about and bool(look.words)
        shown = cut(look.words if is_words else text.about, end - x, glyphs.more)
        sheet.put(x, y, shown, tone("warning" if text.is_alarming else "faint" if is_words else "dim", on=ground))


def paint_cell(sheet: Sheet, box: Box, look: Look, seat: int, tone: Toner, glyphs: Glyphs) -> None:
    """A node as its sign, with as much of its name as its place has room for."""
    text = look.text
    ground = "chosen" if look.is_chosen else ""
    sheet.put(box.x, box.y, " " * box.width, tone("text", on=ground))
    state_tone = "mark" if look.flash else f"state-{text.state.lower()}"
    x = sheet.put(box.x, box.y, glyphs.state(text.state), tone(state_tone, on=ground))
    if box.width >= 8:
        sheet.put(x + 1, box.y, _short_id(text.id, box.width - 3, glyphs.more), tone("dim", on=ground))
    elif box.width >= 5:
        sheet.put(x, box.y, str(seat + 1)[-3:], tone("faint", on=ground))


def _short_id(name: str, cells: int, more: str) -> str:
    """An id that is too long without its middle: what tells one of a kind from the next is its number, at the end."""
    number = name[name.rfind("-") + 1 :]
    room = cells - width(number) - width(more)
    if width(name) <= cells or room < 1:
        return cut(name, cells, more)
    return head(name, room) + more + number


def paint_line(sheet: Sheet, box: Box, look: Look, tone: Toner, glyphs: Glyphs) -> None:
    """A node as a sentence; the chosen one begins with the sign of the line one writes in."""
    text = look.text
    sheet.put(box.x, box.y, " " * box.width, tone("text"))
    x = sheet.put(box.x, box.y, f"{glyphs.prompt if look.is_chosen else ' '} ", tone("key"))
    x = sheet.put(x, box.y, glyphs.state(text.state) + " ", tone(f"state-{text.state.lower()}"))
    told = f"{sentence(text)}. {look.words}" if look.words else sentence(text)
    sheet.put(x, box.y, cut(told, box.right - x, glyphs.more), tone("strong" if look.is_chosen else "text"))
