"""Text of instances made harmless to look at: one line, no control, no hidden or reordering characters, known width.

Everything the screen shows that it did not write itself goes through ``clean``. What is left has in every terminal the
width that ``width`` says, so a text can spoil its own row at worst by being cut.
"""

from __future__ import annotations

import re
import unicodedata

from rich.cells import cell_len

MOST_CHARACTERS = 4_096
"""More of one line is never looked at: no row is that wide."""
MOST_MARKS = 2
"""How many combining marks one character may carry."""
END_CHARACTERS = 2
"""So much of a name's end is kept where it is cut: the number that tells it from others."""

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-~])"
    r"|\x9b[0-?]*[ -/]*[@-~]"
)
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]"
)
_ACTING = re.compile(f"{_HIDDEN.pattern}|[^\\S ]|[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SPACES = re.compile("[\\s\x1c-\x1f\x85\u2028\u2029]")
_SURE = re.compile(
    "[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0373\u0400-\u0482\u2010-\u2027\u2190-\u21ff\u2500-\u25fc\u4e00-\u9fff]*"
)
"""Characters that are what they look like: most texts have no other, and are let through as they are."""
_FLAGS = {0x1F1E6 + index: chr(0x41 + index) for index in range(26)}
_REPLACED = "\ufffd"


def clean(text: str) -> str:
    """The text as one line of visible characters; what would act on the terminal is taken out or shown as a sign."""
    if len(text) > MOST_CHARACTERS:
        text = text[:MOST_CHARACTERS]
    if _SURE.fullmatch(text):
        return text
    text = _ESCAPES.sub("", text)
    text = _SPACES.sub(" ", _HIDDEN.sub("", text)).translate(_FLAGS)
    return text if _SURE.fullmatch(text) else "".join(_visible(text))


def reveal(text: str) -> str:
    """The whole text on one line with nothing left out: what ``clean`` would hide is named.

    For what a person is asked to allow: two texts that differ look different.
    """
    named = _ACTING.sub(lambda found: _sign_or_code(found.group()), text)
    return "".join(clean(named[start : start + MOST_CHARACTERS]) for start in range(0, len(named), MOST_CHARACTERS))


def _sign_or_code(character: str) -> str:
    return "⏎" if character == "\n" else _sign(character) if character < " " else f"⟨{ord(character):X}⟩"


def _visible(text: str) -> list[str]:
    shown: list[str] = []
    marks = MOST_MARKS
    for character in text:
        size = cell_len(character)
        if character == " ":
            shown.append(character)
            marks = MOST_MARKS
        elif unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Co"):
            shown.append(_sign(character))
            marks = MOST_MARKS
        elif size > 0:
            shown.append(character)
            marks = 0
        elif marks < MOST_MARKS:
            shown.append(character)
            marks += 1
    return shown


def _sign(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else _REPLACED


def width(text: str) -> int:
    """How many cells a cleaned text takes."""
    return cell_len(text)


def fit(text: str, cells: int, more: str = "…") -> str:
    """A cleaned text, cut where it is too wide, filled with spaces where it is not, to exactly so many cells."""
    short = cut(text, cells, more)
    return short + " " * (cells - cell_len(short))


def cut(text: str, cells: int, more: str = "…") -> str:
    """A cleaned text of at most so many cells; that something is missing is shown."""
    if cells <= 0:
        return ""
    if len(text) <= cells and text.isascii():
        return text
    if len(text) <= (1 + MOST_MARKS) * cells and cell_len(text) <= cells:
        return text
    room = cells - cell_len(more)
    return head(text, room) + more if room >= 0 else head(text, cells)


def cut_within(text: str, cells: int, more: str = "…") -> str:
    """A cleaned name of at most so many cells, cut before its end, where names that begin alike differ."""
    end = text[-END_CHARACTERS:]
    room = cells - cell_len(more) - cell_len(end)
    return text if cell_len(text) <= cells else head(text, room) + more + end if room > 0 else cut(text, cells, more)


def head(text: str, cells: int) -> str:
    """The longest beginning of a cleaned text that is no wider than so many cells."""
    used = 0
    for index, character in enumerate(text):
        used += 1 if character.isascii() else cell_len(character)
        if used > cells:
            return text[:index]
    return text


def within(text: str, cells: int) -> str:
    """A cleaned text whose lines are broken here where a word of it is longer than a line, which is a path as a rule.

    Whatever shows it breaks other lines at spaces by itself, and such a word anywhere.
    """
    if cells < 1 or all(width(word) <= cells for word in text.split()):
        return text
    return "\n".join(part for line in text.split("\n") for part in wrap(line, cells, len(line) + 1))


def wrap(text: str, cells: int, most_lines: int, more: str = "…", indent: int = 0) -> list[str]:
    """A cleaned text broken at spaces into lines of at most so many cells; the last one is cut if there is more.

    Args:
        text: Cleaned.
        cells: Of a line.
        most_lines: How many lines at most.
        more: What says that something was cut.
        indent: How many cells the first line is shorter.
    """
    lines: list[str] = []
    rest = text.strip()
    while rest and cells > indent:
        room = cells if lines else cells - indent
        if len(lines) == most_lines - 1:
            lines.append(cut(rest, room, more))
            break
        end = line_end(rest, room)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return lines


def line_end(text: str, cells: int) -> int:
    """How many characters of a cleaned text stand in a line of so many cells: it ends at a space where it can."""
    line = head(text, cells)
    if len(line) < len(text) and text[len(line)] != " ":
        # A word longer than a line is a path as a rule; its parts stay whole.
        ends = (line.rfind(" "), line.rfind("/") + 1)
        return next((end for end in ends if end > cells // 3), len(line)) or 1
    return len(line)
