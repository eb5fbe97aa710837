"""One message in full, with the conversation it belongs to, or one finding with its evidence.

What the room keeps of a message is its beginning; the full text comes when it was asked for, and until then this says
that it is under way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.content import Content
from textual.message import Message

from trinity_tui.core import limits, typed
from trinity_tui.core.address import HUMAN
from trinity_tui.tui import homes
from trinity_tui.tui.addressing import told
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.widgets.dialog import CLOSE, Dialog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import BindingType

    from trinity_tui.core.room import Finding, FlowRow, Room
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.homes import Home

MOST_LINES = 2_000
"""Of one message; the log has the rest."""


class Detail(Dialog[None]):
    """A message and its thread."""

    HELP = """\
The whole conversation with full texts. `r` answers; `t` leads to its task, `c` to the chat, `l` to what its author
prints, `p` to that moment in the Replay, as far as there is one. Arrows scroll, `esc` closes.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        ("r", "answer", "Answer"), ("enter", "close", "Close"),
        *((key, f"go('{key}')", "Go there") for key in "tclp"),
    ]  # fmt: skip

    class AnswerRequested(Message):
        """The person wants to answer the message that is shown."""

        def __init__(self, to: str, reply_to: str) -> None:
            super().__init__()
            self.to, self.reply_to = to, reply_to

    def __init__(
        self, row: FlowRow, room: Room, clock: Clock, glyphs: Glyphs, finding: Finding | None = None, *,
        can_answer: bool = True,
    ) -> None:  # fmt: skip
        super().__init__("Finding" if finding else "Thread")
        self.row = row
        self._room = room
        self._can_answer = can_answer
        self._clock = clock
        self._glyphs = glyphs
        self._finding = finding
        self._thread: list[Mapping[str, Any]] = []
        self._bodies: dict[str, str] = {}
        self._notice = "The full text is on its way."

    def on_mount(self) -> None:
        """Offer what can be done about it."""
        self._offer()

    def _offer(self) -> None:
        answer = (("r", "answer"),) if self._can_answer else ()
        self.offer((*answer, *((home.key, home.title) for home in self._homes()), *CLOSE))

    def _homes(self) -> list[Home]:
        return homes.of_thread(self._thread or [_as_message(self.row)], self.row.id, self._room)

    def content(self) -> Content:
        """The evidence of a finding, then every message of the thread."""
        messages = self._thread or [_as_message(self.row)]
        parts = [self._evidence()] if self._finding is not None else []
        parts += [self._message(message) for message in messages]
        if self._notice:
            parts.append(Content.styled(self._notice, "$text-faint"))
        return Content("\n\n").join(parts)

    def thread(self, result: object) -> list[str]:
        """The thread came.

        Returns:
            The ids of messages of which only the beginning came, so that their bodies have to be asked for.
        """
        items = cast("list[object]", result) if isinstance(result, list) else []
        self._thread = [cast("dict[str, Any]", item) for item in items if isinstance(item, dict)]
        self._notice = ""
        self.say(self.content())
        self._offer()
        shown = self._thread or [_as_message(self.row)]
        return [typed.text(message, "id") for message in shown if _is_cut(str(message.get("content", "")))]

    def body(self, message_id: str, result: object) -> None:
        """The full text of one message came."""
        if isinstance(result, dict):
            self._bodies[message_id] = str(cast("dict[str, Any]", result).get("content", ""))
            self.say(self.content())

    def refused(self, sentence: str) -> None:
        """What was asked for did not come."""
        self._notice = sentence
        self.say(self.content())

    def action_answer(self) -> None:
        """Write an answer to the message that was opened."""
        if not self._can_answer:
            return
        to = self.row.from_ if self.row.from_ != HUMAN else self.row.to
        self.post_message(self.AnswerRequested(to, self.row.id))
        self.dismiss(None)

    def action_go(self, key: str) -> None:
        """Go to where it belongs."""
        self.leave_for(self._homes(), key)

    def _message(self, message: Mapping[str, Any]) -> Content:
        sender, recipient = typed.text(message, "from"), typed.text(message, "to")
        is_opened = typed.text(message, "id") == self.row.id
        head = Content.assemble(
            (self._clock.stamp(typed.text(message, "timestamp")), "$text-faint"), "  ",
            (clean(sender), "bold $person" if sender == HUMAN else "bold $secondary"),
            (f" {self._glyphs.to} {clean(told((recipient,)))}", "$text-dim"),
            (f"   {clean(typed.text(message, 'type'))}", "$primary" if is_opened else "$text-faint"),
        )  # fmt: skip
        text = self._bodies.get(typed.text(message, "id"), str(message.get("content", "")))
        lines = text.splitlines()
        shown = [Content(f"  {clean(part)}") for part in lines[:MOST_LINES]]
        if len(lines) > MOST_LINES:
            shown.append(Content.styled(f"  {len(lines) - MOST_LINES} more lines are in the log", "$text-faint"))
        return Content("\n").join([head, *shown])

    def _evidence(self) -> Content:
        finding = self._finding
        assert finding is not None
        facts = [
            ("rule", finding.rule), ("where", f"{finding.path}:{finding.line}" if finding.path else ""),
            ("weight", finding.severity), ("rests on", ", ".join(finding.rests_on)),
        ]  # fmt: skip
        rows = [Content.assemble((label.ljust(10), "$text-faint"), clean(value)) for label, value in facts if value]
        return Content("\n").join(rows)


def _as_message(row: FlowRow) -> dict[str, Any]:
    return {
        "id": row.id, "from": row.from_, "to": row.to, "type": row.type, "timestamp": row.timestamp,
        "content": row.text, "position": row.position,
    }  # fmt: skip


def _is_cut(content: str) -> bool:
    return len(content) >= limits.HEAD_CHARACTERS and content.endswith("…")
