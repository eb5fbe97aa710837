"""What waits, and what was decided, as lines of a list: two lines each, who and since when, then what.

::

    ▌● builder-1 asks to run                              4m
    ▌  pytest -q tests/auth
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.address import HUMAN
from trinity_tui.core.message import parse_time
from trinity_tui.tui.clock import duration
from trinity_tui.tui.request_text import in_short
from trinity_tui.tui.safe_text import cut, reveal
from trinity_tui.tui.text.listed import Line, apart, short, shown
from trinity_tui.tui.waiting.deeds import asks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from trinity_tui.core.diary import Decision
    from trinity_tui.core.inbox import Item
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.text.rows import Span

URGENT = frozenset({"approval", "question"})
"""What somebody stands still for."""


def waiting_lines(items: Iterable[Item], marked: Collection[str], width: int, now: float, glyphs: Glyphs) -> list[Line]:
    """Everything that waits.

    Args:
        items: What, oldest first.
        marked: The keys of those that are chosen together.
        width: In cells.
        now: Seconds since the epoch.
        glyphs: The signs this terminal has.
    """
    lines: list[Line] = []
    for item in items:
        sign: Span = (f"{glyphs.bullet} ", "accent") if item.key in marked else ("  ", "text")
        verb = (f" {shown(asks(item), glyphs)}", "warning" if item.kind in URGENT else "dim")
        age = f" {duration(now - item.at)}" if item.at else ""
        what = glyphs.text(in_short(item)) if item.command else shown(item.text, glyphs)
        lines += [
            Line(apart([sign, (shown(item.sender, glyphs), "name"), verb], [(age, "dim")], width, glyphs), item.key),
            Line((("  ", "text"), (cut(what, width - 2, glyphs.more), "strong")), item.key),
        ]
    return lines


def decision_key(one: Decision) -> str:
    """The key of a decision's lines."""
    return f"decided:{one.position}:{one.id}"


def decided_lines(decisions: Iterable[Decision], width: int, now: float, glyphs: Glyphs) -> list[Line]:
    """What was decided.

    Args:
        decisions: The newest first.
        width: In cells.
        now: Seconds since the epoch.
        glyphs: The signs this terminal has.
    """
    lines: list[Line] = []
    for one in decisions:
        by: Span = ("you", "person") if one.by == HUMAN else (short(one.by, 24, glyphs), "name")
        head = [(shown(one.verdict, glyphs), _tone(one.verdict)), (" by ", "faint"), by,
                (f" for {shown(one.sender, glyphs)}", "dim")]  # fmt: skip
        key = decision_key(one)
        lines += [
            Line(apart(head, [(f" {_age(one.at, now)}", "dim")], width, glyphs), key),
            Line((("  ", "text"), (short(reveal(one.text), width - 2, glyphs), "text")), key),
        ]
    return lines


def _tone(verdict: str) -> str:
    return {"reject": "warning", "once": "success", "always": "success"}.get(verdict, "accent")


def _age(timestamp: str, now: float) -> str:
    try:
        return duration(now - parse_time(timestamp))
    except (ValueError, OverflowError):
        return ""
