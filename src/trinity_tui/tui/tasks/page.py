"""The page of one task: how it stands and why, whose it is, what it waits for, what came of it, and its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core.board_orders import spoken
from trinity_tui.tui.lately import lately
from trinity_tui.tui.safe_text import wrap
from trinity_tui.tui.tasks.cards import TONES, WORDS, sign
from trinity_tui.tui.text.listed import Line, beside, half_of, short, shown
from trinity_tui.tui.text.rows import flow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.board import Task
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.text.rows import Row

BESIDE_FROM = 140
"""From this width on it stands beside the task how its holder is."""
TITLE_LINES = 12
RESULT_LINES = 40


class Said(msgspec.Struct, frozen=True):
    """One message about a task."""

    id: str
    from_: str = msgspec.field(name="from")
    to: str
    type: str
    timestamp: str
    content: str
    metadata: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])
    position: int = 0
    priority: str = "normal"


class Told(msgspec.Struct, frozen=True):
    """What the coordinator told of a task beside what the board has."""

    id: str
    history: list[Said]
    is_whole: bool = True
    """Whether that is all that was said of it."""


def page_lines(task: Task, mirror: Mirror, told: Told | None, width: int, clock: Clock, glyphs: Glyphs) -> list[Line]:
    """The page at this width; what can be opened has a key, ``task:ID`` or ``message:ID``."""
    board = mirror.room.board.tasks
    tone = TONES.get(task.state, "text")
    lines = [Line(((part, "strong"),)) for part in wrap(shown(task.title, glyphs), width, TITLE_LINES, glyphs.more)]
    state = f"{sign(task.state, glyphs)} {WORDS.get(task.state, task.state)}"
    for number, part in enumerate(wrap(f"{state}: {shown(task.reason, glyphs)}", width, 4, glyphs.more)):
        lines.append(Line(((part, tone if not number else "dim"),)))
    facts = [(name, short(value, width, glyphs)) for name, value in _facts(task, clock) if value]
    spans = [span for name, value in facts for span in ((f"{name} ", "faint"), (f"{value}   ", "dim"))]
    lines += [Line(row) for row in flow(spans, width)]
    holder = task.assignee or task.held_by or task.to
    half = half_of(width)
    others = lately(holder, mirror, half, clock, glyphs) if width >= BESIDE_FROM else []
    course = _course(task, board, told, half if others else width, clock, glyphs)
    return [*lines, *_in_columns(course, others, width, glyphs)]


def _course(
    task: Task, board: Mapping[str, Task], told: Told | None, width: int, clock: Clock, glyphs: Glyphs
) -> list[Line]:
    """What it waits for, what came of it, and what was said of it."""
    lines = _waits_for(task, board, width, glyphs)
    if task.claim:
        lines += [Line(), Line(((f"{short(task.assignee, 40, glyphs)} says: {task.claim}", "md-heading"),))]
        lines += [Line(((part, "text"),)) for part in _paragraphs(task.result, width, glyphs)]
    if told is not None:
        heading = "What was said of it" if told.is_whole else "What was said of it last"
        lines += [Line(), Line(((heading, "md-heading"),))]
        lines += [_said(said, width, clock, glyphs) for said in told.history]
    return lines


def _in_columns(course: list[Line], others: list[Row], width: int, glyphs: Glyphs) -> list[Line]:
    """The lines with others beside them, which cannot be chosen."""
    if not others:
        return course
    rows = beside([line.row for line in course], [(), *others], width, glyphs.frame[5])
    keys = [*(line.key for line in course), *[""] * len(rows)]
    return [Line(row, key) for row, key in zip(rows, keys, strict=False)]


def _facts(task: Task, clock: Clock) -> list[tuple[str, str]]:
    return [
        ("held by", task.assignee),
        ("since", clock.stamp(task.since).strip()),
        ("held before by", task.held_by if task.held_by != task.assignee else ""),
        ("for", spoken(task.to)),
        ("from", f"{task.from_}, {clock.stamp(task.created_at).strip()}"),
        ("priority", task.priority if task.priority != "normal" else ""),
        ("attempts", str(task.attempts) if task.attempts else ""),
        ("id", task.id),
    ]


def _waits_for(task: Task, board: Mapping[str, Task], width: int, glyphs: Glyphs) -> list[Line]:
    if not task.after:
        return []
    lines = [Line(), Line((("It waits for", "md-heading"),))]
    for name in task.after:
        before = board.get(name)
        state = before.state if before is not None else ""
        said = f"{WORDS.get(state, 'unknown')}  {before.title if before is not None else name}"
        row = ((f"{sign(state, glyphs)} ", TONES.get(state, "dim")), (short(said, max(1, width - 2), glyphs), "text"))
        lines.append(Line(row, f"task:{name}"))
    return lines


def _paragraphs(text: str, width: int, glyphs: Glyphs) -> list[str]:
    return [part for one in text.split("\n") for part in wrap(shown(one, glyphs), width, RESULT_LINES, glyphs.more)][
        :RESULT_LINES
    ]


def _said(said: Said, width: int, clock: Clock, glyphs: Glyphs) -> Line:
    head = f"{clock.stamp(said.timestamp)} "
    who = short(f"{said.from_} {glyphs.to} {said.to}", 28, glyphs)
    reason = str(said.metadata.get("reason", "")) or said.content
    state = WORDS.get(str(said.metadata.get("state", "")), "")
    text = ": ".join(part for part in (state, reason) if part)
    room = max(1, width - len(head) - 30)
    if width < 60:
        return Line(((head, "faint"), (short(f"{said.from_}: {text}", max(1, width - 9), glyphs), "dim")),
                    f"message:{said.id}")  # fmt: skip
    return Line(((head, "faint"), (f"{who:<29}", "name"), (short(text, room, glyphs), "dim")), f"message:{said.id}")
