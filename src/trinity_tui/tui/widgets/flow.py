"""The flow: one message after the other, the newest at the bottom, with how far each one has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core import address
from trinity_tui.core.message import UNTRACKED
from trinity_tui.core.room import told_once
from trinity_tui.core.told import to_you
from trinity_tui.tui.safe_text import clean, cut, fit
from trinity_tui.tui.safe_text import width as cell_width
from trinity_tui.tui.widgets.tail import Tail

if TYPE_CHECKING:
    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.room import FlowRow
    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs

TYPE_TONES = {
    "finding": "accent", "question": "warning", "answer": "success", "alert": "error", "approval": "warning",
    "task": "primary", "task_update": "primary", "task_complete": "success", "proposal": "name", "vote": "name",
    "consensus": "success", "chat": "text", "message": "text",
}  # fmt: skip
STAGE_TONES = {
    "written": "faint", "received": "dim", "read": "success", "answered": "success", "expired": "warning",
    "failed": "error", "dead": "error",
}  # fmt: skip
NARROW = 34
"""Below this the time gives its seconds to the names."""


class Flow(Tail):
    """All messages of the room."""

    HELP = """\
Every message, the newest at the bottom. The sign at the right says how far it has come.
Arrows choose one, `enter` opens its thread with the full text.
`/` shows only what contains a text; `end` follows again after scrolling up.
"""
    TITLE = "Flow"
    EMPTY = "No message yet. Press 0 to write to all of them, or a digit to write to one."
    PARTS = 2

    def __init__(self, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__("flow", clock, glyphs)
        self._rows: list[FlowRow] = []

    def show(self, mirror: Mirror) -> None:
        """Show this mirror from now on."""
        self._mirror = mirror
        self.renew()

    def renew(self) -> None:
        """The flow changed."""
        self.refilter()
        super().renew()

    def renew_signs(self) -> None:
        """Messages have come further."""
        self.repaint()

    def refilter(self) -> None:
        """Find the rows that contain the text in who, to whom, type or words."""
        flow = told_once(self._mirror.room.flow) if self._mirror is not None else []
        wanted = self.filter.casefold()
        self._rows = [row for row in flow if wanted in _haystack(row)] if wanted else flow

    def total(self) -> int:
        """How many messages are shown."""
        return len(self._rows)

    def sequence(self, index: int) -> int:
        """The position of the message in the log."""
        return self._rows[index].position

    def row(self, index: int) -> FlowRow:
        """One message."""
        return self._rows[index]

    def text_of(self, index: int) -> str:
        """What the message says."""
        return self._rows[index].text

    def find(self, message_id: str) -> FlowRow | None:
        """A message by its id, as long as the room has it."""
        flow = self._mirror.room.flow if self._mirror is not None else []
        return next((row for row in reversed(flow) if row.id == message_id), None)

    @property
    def newest_position(self) -> int:
        """Up to before where the person has seen the flow; 0 while scrolled up."""
        return self._rows[-1].position + 1 if self.follows and self._rows else 0

    def version(self, index: int) -> object:
        """The sign of its delivery."""
        return self._delivery(self._rows[index])

    def spans(self, index: int, part: int, width: int, ground: str) -> list[Span]:
        """Who to whom and how far it came, then what."""
        row = self._rows[index]
        return self._head(row, width, ground) if part == 0 else self._body(row, width, ground)

    def _head(self, row: FlowRow, width: int, ground: str) -> list[Span]:
        if row.about:
            return self._standing(row, width, ground)
        sign, sign_tone = self._delivery(row)
        time = self.clock.stamp(row.timestamp)[: 8 if width >= NARROW else 5]
        room = max(0, width - len(time) - 1 - cell_width(sign) - 1 - 3)
        recipient = clean("all" if row.to == address.BROADCAST else row.to)
        sender = cut(clean(row.from_), max(room - min(cell_width(recipient), room // 2), 0), self.glyphs.more)
        recipient = fit(recipient, max(0, room - cell_width(sender)), self.glyphs.more)
        return [
            (f"{time} ", self.tone("faint", on=ground)),
            (sender, self.tone(_who_tone(row, row.from_, "name"), on=ground)),
            (f" {self.glyphs.to} ", self.tone("faint", on=ground)),
            (recipient, self.tone(_who_tone(row, row.to, "dim"), on=ground)),
            (f" {sign}", self.tone(sign_tone, on=ground)),
        ]

    def _standing(self, row: FlowRow, width: int, ground: str) -> list[Span]:
        """Who stands how; that it is the coordinator who says so goes without saying."""
        time = self.clock.stamp(row.timestamp)[: 8 if width >= NARROW else 5]
        state = clean(row.label)
        tone = self.tone(f"state-{state.lower()}", on=ground)
        spans: list[Span] = [(f"{time} ", self.tone("faint", on=ground))]
        spans.append(
            (cut(clean(row.about), max(0, width - len(time) - 4), self.glyphs.more), self.tone("dim", on=ground))
        )
        return _that_fit([*spans, (f" {self.glyphs.state(state)}", tone), (f" {state.lower()}", tone)], width)

    def _body(self, row: FlowRow, width: int, ground: str) -> list[Span]:
        if row.about:
            reason = clean(to_you(row.text.partition(": ")[2]))
            return [("  " + cut(reason, max(0, width - 2), self.glyphs.more), self.tone("faint", on=ground))]
        priority = self.glyphs.priorities.get(row.priority, "")
        priority_tone = "urgent" if row.priority == "urgent" else "warning"
        spans: list[Span] = [("  ", self.tone("text", on=ground))]
        if priority:
            spans.append((f"{priority} ", self.tone(priority_tone, on=ground)))
        kind, label = clean(row.type)[:16], "" if row.label == "normal" else clean(row.label)[:12]
        spans.append((f"{kind} ", self.tone(TYPE_TONES.get(row.type, "faint"), on=ground)))
        if label:
            spans.append((f"{label} ", self.tone("faint", on=ground)))
        spans = _that_fit(spans, width)
        room = width - sum(cell_width(text) for text, _ in spans) - 1
        # A verdict says itself before what it is about; it stands there as the label already.
        said = row.text.removeprefix(f"{row.label}: ") if row.label else row.text
        text = cut(self.glyphs.text(clean(said)), room, self.glyphs.more)
        tone = "text" if row.type not in UNTRACKED else "faint"
        return [*spans, (" " + text, self.tone(tone, on=ground))] if room > 0 else spans

    def _delivery(self, row: FlowRow) -> tuple[str, str]:
        if self._mirror is None or row.type in UNTRACKED:
            return "", "faint"
        room = self._mirror.room
        delivery = room.deliveries.by_id.get(row.id)
        if delivery is None:
            return "", "faint"
        if address.is_many(delivery.to) and not delivery.ended:
            received, read = room.deliveries.reach(delivery, room.members(delivery.to, delivery.from_))
            if not delivery.expected:
                return "", "faint"
            if read:
                is_all = read >= delivery.expected
                sign = self.glyphs.stages["read"]
                return (sign if is_all else f"{read}/{delivery.expected} {sign}"), STAGE_TONES["read"]
            stage = "received" if received else "written"
            return self.glyphs.stages[stage], STAGE_TONES[stage]
        return self.glyphs.stages[delivery.stage], STAGE_TONES[delivery.stage]


def _who_tone(row: FlowRow, who: str, usual: str) -> str:
    if row.type in UNTRACKED:
        return "faint"
    return "person" if who == address.HUMAN else usual


def _that_fit(spans: list[Span], width: int) -> list[Span]:
    fitting: list[Span] = []
    for text, style in spans:
        width -= cell_width(text)
        if width < 0:
            break
        fitting.append((text, style))
    return fitting


def _haystack(row: FlowRow) -> str:
    return f"{row.from_} {row.to} {row.type} {row.priority} {row.label} {row.text}".casefold()
