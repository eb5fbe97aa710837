"""The board in columns: each task a card that says what it is, who has it since when, and why it stands where it does.

::

    Queued 2              In progress 1          Done 3
    ○ ▲ add a test for    ◐ look at the cart     ✓ list the modules
      refresh               builder-1 · 4m         explorer-1 · 1h
      any builder · 2m      begun                  explorer-1 says ok
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from trinity_tui.core.board_orders import spoken
from trinity_tui.core.message import rank
from trinity_tui.tui.clock import duration, seconds_of
from trinity_tui.tui.glyphs import Glyphs
from trinity_tui.tui.safe_text import fit, wrap
from trinity_tui.tui.safe_text import width as width_of
from trinity_tui.tui.text.listed import Line, short, shown
from trinity_tui.tui.text.rows import cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trinity_tui.core.board import Task
    from trinity_tui.tui.text.rows import Row

SIX_CELLS = 108
"""From this width on every state has a column."""
THREE_CELLS = 60
"""From this width on there are three columns, the chosen one wide; below it one list with headings."""
TITLE_LINES = 3
REASON_LINES = 2
ID_CELLS = 26
"""A card narrower than this does without the id."""
SHORT_CHARACTERS = 6
"""Of an id: its end, as ids of one moment begin alike."""
WORDS = {
    "QUEUED": "queued", "BLOCKED": "blocked", "ASSIGNED": "assigned", "IN_PROGRESS": "in progress",
    "COMPLETED": "done", "FAILED": "failed", "CANCELLED": "cancelled",
}  # fmt: skip
TONES = {
    "QUEUED": "dim", "BLOCKED": "warning", "ASSIGNED": "name", "IN_PROGRESS": "state-busy", "COMPLETED": "success",
    "FAILED": "error", "CANCELLED": "faint",
}  # fmt: skip
_ALARMING = frozenset({"BLOCKED", "FAILED"})
_SIX = (
    ("Queued", ("QUEUED",)), ("Blocked", ("BLOCKED",)), ("Assigned", ("ASSIGNED",)), ("In progress", ("IN_PROGRESS",)),
    ("Done", ("COMPLETED",)), ("Failed or cancelled", ("FAILED", "CANCELLED")),
)  # fmt: skip
_THREE = (
    ("Waiting", ("QUEUED", "BLOCKED")), ("At work", ("ASSIGNED", "IN_PROGRESS")),
    ("Over", ("COMPLETED", "FAILED", "CANCELLED")),
)  # fmt: skip
FOLDED = {"Failed or cancelled": "Not done"}
"""What a column is called where there is little room."""
_OVER = frozenset({"COMPLETED", "FAILED", "CANCELLED"})


class Column(NamedTuple):
    """One column: where it stands, what its head says, and its lines."""

    title: str
    x: int
    width: int
    lines: list[Line]


class Look(msgspec.Struct, frozen=True):
    """How cards are made.

    Attributes:
        width: Of all columns, in cells.
        now: Seconds since the epoch.
        glyphs: The signs this terminal has.
        chosen: The task whose column is the wide one.
    """

    width: int
    now: float
    glyphs: Glyphs
    chosen: str = ""


def sign(state: str, glyphs: Glyphs) -> str:
    """The sign of a task's state."""
    states, stages = glyphs.states, glyphs.stages
    return {
        "QUEUED": states["OFFLINE"], "BLOCKED": states["PAUSED"], "ASSIGNED": states["STARTING"],
        "IN_PROGRESS": states["BUSY"], "COMPLETED": stages["received"], "FAILED": states["CRASHED"],
        "CANCELLED": glyphs.times,
    }.get(state, "?")  # fmt: skip


def matching(tasks: Iterable[Task], wanted: str) -> list[Task]:
    """Those in which a text occurs: in what they are, their state, their reason, or whose they are."""
    folded = wanted.casefold()
    return [
        task for task in tasks
        if folded in "\n".join(
            (task.title, WORDS.get(task.state, ""), task.reason, task.assignee, task.to, task.held_by, task.id)
        ).casefold()
    ]  # fmt: skip


def columns(tasks: Sequence[Task], look: Look) -> list[Column]:
    """The board at this width."""
    if look.width < THREE_CELLS:
        return [Column("", 0, look.width, _one_list(tasks, look))]
    is_six = look.width >= SIX_CELLS
    groups = _SIX if is_six else _THREE
    here = next((task.state for task in tasks if task.id == look.chosen), "")
    wide = next((index for index, (_, states) in enumerate(groups) if here in states), 0)
    held = [_of(tasks, states) for _, states in groups]
    widths = _six_widths(held, wide, look.width) if is_six else _three_widths(wide, look.width)
    found: list[Column] = []
    x = 0
    for (title, _), members, width in zip(groups, held, widths, strict=True):
        lines = [line for task in members for line in _card(task, width - 2, look, is_short=width < 24 and not is_six)]
        is_short = is_six and len(title) + len(str(len(members))) + 3 > width
        title = FOLDED.get(title, title) if is_short or is_six and not members else title
        head = f"{title} {len(members)}" if members else title
        found.append(Column(head, x, width, lines))
        x += width
    return found


def _three_widths(wide: int, width: int) -> list[int]:
    """The chosen one has half of it."""
    shares = [width // 2 if index == wide else width // 4 for index in range(2)]
    return [*shares, width - sum(shares)]


def _six_widths(held: Sequence[Sequence[Task]], wide: int, width: int) -> list[int]:
    """One in which nothing is has room for its head only; of the others the chosen one has half as much again."""
    if not any(held):
        return [*[width // 6] * 5, width - width // 6 * 5]
    folded = [
        0 if members else len(FOLDED.get(title, title)) + 2 for (title, _), members in zip(_SIX, held, strict=True)
    ]
    weights = [0 if cells else 3 if index == wide else 2 for index, cells in enumerate(folded)]
    room = width - sum(folded)
    widths = [cells or room * weight // sum(weights) for cells, weight in zip(folded, weights, strict=True)]
    widths[wide] += width - sum(widths)
    return widths


def _of(tasks: Iterable[Task], states: Sequence[str]) -> list[Task]:
    """The tasks in these states: what waits by how it presses, what is over with the newest first."""
    members = [task for task in tasks if task.state in states]
    if states[0] in _OVER:
        return sorted(members, key=lambda task: (task.since, task.position), reverse=True)
    return sorted(members, key=lambda task: (rank(task.priority), task.position))


def _one_list(tasks: Sequence[Task], look: Look) -> list[Line]:
    lines: list[Line] = []
    for title, states in _SIX:
        members = _of(tasks, states)
        if members:
            lines.append(Line(((f"{title} {len(members)}", "md-heading"),)))
            lines += [line for task in members for line in _card(task, look.width - 2, look)]
    return lines


def _card(task: Task, width: int, look: Look, *, is_short: bool = False) -> list[Line]:
    room, glyphs = max(1, width - 2), look.glyphs
    tone = TONES.get(task.state, "text")
    pressing = glyphs.priorities.get(task.priority, "") if task.priority in ("high", "urgent") else ""
    title = f"{pressing} {shown(task.title, glyphs)}" if pressing else shown(task.title, glyphs)
    first, *more = wrap(title, room, 1 if is_short else TITLE_LINES, glyphs.more) or [""]
    is_over = task.state in _OVER
    text_tone = "dim" if is_over else "text"
    rows: list[Row] = [((f"{sign(task.state, glyphs)} ", tone), (first, text_tone))]
    rows += [((f"  {part}", text_tone),) for part in more]
    rows.append((("  " + short(about(task, look, room), room, glyphs), "faint"),))
    if not is_short:
        word = WORDS[task.state] if task.state in ("FAILED", "CANCELLED") else ""
        # Two states share a column: the word says which, where the reason does not.
        why = task.reason if word in task.reason else f"{word}: {task.reason}"
        told = wrap(shown(why, glyphs), room, REASON_LINES, glyphs.more)
        rows += [(("  " + part, tone if task.state in _ALARMING else "faint"),) for part in told]
    return [*(Line(row, task.id) for row in rows), Line()]


def about(task: Task, look: Look, room: int) -> str:
    """Who has a task or may have it, since when, and which attempt it is; where there is room, also its id."""
    at = seconds_of(task.since)
    age = duration(look.now - at) if at is not None else ""
    tries = f"{look.glyphs.times}{task.attempts}" if task.attempts > 1 else ""
    name = task.id[-SHORT_CHARACTERS:] if room >= ID_CELLS else ""
    dot = f" {look.glyphs.dot} "
    told = "".join(f"{dot}{part}" for part in (age, tries, name) if part)
    # Where there is little room the name is cut: an age without its end says something else.
    return short(task.assignee or spoken(task.to), max(1, room - width_of(told)), look.glyphs) + told


def head(column: Column, glyphs: Glyphs) -> Row:
    """The head of a column, of its width."""
    text = fit(short(column.title, column.width - 2, glyphs), column.width - 1, glyphs.more)
    return ((text + " " * (column.width - cells(((text, ""),))), "md-heading"),)
