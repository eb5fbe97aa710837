"""The tool calls of those who are talked with: which tool, with what, how it stands, how long it took, what came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from textual.message import Message

from trinity_tui.core.talk import cut as cut_use
from trinity_tui.core.wire.live import ToolUse
from trinity_tui.tui.clock import duration, seconds_of
from trinity_tui.tui.last_known import NOT_KNOWN
from trinity_tui.tui.safe_text import clean, cut, fit
from trinity_tui.tui.safe_text import width as cell_width
from trinity_tui.tui.widgets.tail import Tail

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.trace import Use
    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs

WORDS = {
    "runs": "runs", "waits": "waits for you", "done": "done", "failed": "failed", "refused": "refused", "cut": "cut",
}  # fmt: skip
TONES = {
    "runs": "state-busy", "waits": "accent", "done": "success", "failed": "error", "refused": "warning",
    "cut": "warning",
}  # fmt: skip
SIGNS = {
    "runs": "BUSY", "waits": "PAUSED", "done": "ONLINE", "failed": "CRASHED", "refused": "OFFLINE", "cut": "OFFLINE",
}  # fmt: skip
"""By the state of a call: the state of an instance whose sign it has."""
DOING = {"runs": "tool", "waits": "waiting"}
"""What an instance says that it does meanwhile."""
_UNDER_WAY = frozenset(DOING)
ENDS: tuple[Literal["done", "failed", "refused", "cut"], ...] = ("done", "failed", "refused", "cut")
STATES: tuple[str, ...] = ENDS
CALLS_KEPT = 500


class Call:
    """One tool call as it was last said to be.

    Attributes:
        since: When it was first seen in the state it is in, or ended.
        sequence: Its place among all; given when the rows are found.
        let: Who or what let it happen, as far as that is known.
    """

    def __init__(self, instance: str, use: ToolUse, since: float, let: str = "") -> None:
        self.instance, self.use, self.since, self.let = instance, use, since, let
        self.sequence = 0


class Trace(Tail):
    """Tool calls, the newest at the bottom."""

    HELP = """\
The tool calls of who is talked with: the tool and what it was given, how it stands (`runs`, `waits for you`, `done`,
`failed`, `refused`, `cut`), how long it took, and the first line of what came of it. `enter` shows a call whole; `a`
decides one that waits. `o` or scrolling beyond the top loads what was done before.
"""
    TITLE = "Tools"
    EMPTY = "No tool was used yet."
    PARTS = 2

    class OlderRequested(Message):
        """The person wants to see what was done before."""

    def __init__(self, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__("trace", clock, glyphs)
        self._names: tuple[str, ...] = ()
        self._calls: dict[tuple[str, str, str], Call] = {}
        self._shown: list[Call] = []

    def show(self, mirror: Mirror) -> None:
        """Show this mirror from now on."""
        self._mirror = mirror

    def open(self, names: tuple[str, ...]) -> None:
        """Show the calls of others."""
        self._names = names
        self._take()
        self.refilter()
        self.forget()
        # The rows are others, whether or not a call has moved.
        super().renew()

    def renew(self) -> None:
        """A call may have begun, or gone on."""
        if self._take() or self.is_ticking:
            self.refilter()
            super().renew()

    def take_kept(self, instance: str, uses: Iterable[Use]) -> None:
        """Calls came that are over and were kept."""
        for kept in uses:
            key = (instance, kept.turn, kept.call)
            if key not in self._calls:
                let = f"{kept.verdict}: {'you' if kept.decided_by == 'human' else kept.rule}"
                self._calls[key] = Call(instance, _as_said(kept), seconds_of(kept.at) or 0.0, let)
        self._bound()
        self.refilter()
        super().renew()

    @property
    def is_full(self) -> bool:
        """Whether older calls would push out newer ones."""
        return len(self._calls) >= CALLS_KEPT

    def _take(self) -> bool:
        now, is_news = self.clock.now(), False
        for name in self._names:
            talks = self._mirror.talks.get(name) if self._mirror is not None else None
            for talking in talks.turns.values() if talks is not None else ():
                for use in talking.uses.values():
                    is_news |= self._put((name, use.turn, use.call), use, now)
        self._bound()
        return is_news

    def _bound(self) -> None:
        if len(self._calls) > CALLS_KEPT:
            by_age = sorted(self._calls, key=lambda key: self._calls[key].since)
            for key in by_age[: len(self._calls) - CALLS_KEPT]:
                del self._calls[key]

    def _put(self, key: tuple[str, str, str], use: ToolUse, now: float) -> bool:
        known = self._calls.get(key)
        if known is None:
            self._calls[key] = Call(key[0], use, self._began(key[0], use, now))
            return True
        if known.use == use or (known.let and use.state not in _UNDER_WAY):
            return False
        known.since = now if known.use.state != use.state else known.since
        known.use = use
        return True

    def _began(self, name: str, use: ToolUse, now: float) -> float:
        """Since when it is in the state it is first seen in: who looks late is not told that it just began."""
        live = self._mirror.live.get(name) if self._mirror is not None else None
        is_at_it = live is not None and live.activity == DOING.get(use.state) and live.since > 0
        return min(live.since, now) if live is not None and is_at_it else now

    def refilter(self) -> None:
        """Find those that contain the text."""
        wanted = self.filter.casefold()
        found = [
            call
            for call in self._calls.values()
            if call.instance in self._names
            and wanted in f"{call.instance} {call.use.tool} {call.use.summary} {call.use.result}".casefold()
        ]
        self._shown = sorted(found, key=lambda call: call.sequence or call.since * 1000)
        for index, call in enumerate(self._shown):
            # Once given it stays, so that what is looked at does: those kept from before come before.
            before = self._shown[index - 1].sequence if index else 0
            call.sequence = max(call.sequence or int(call.since * 1000), before + 1)

    def scroll_lines(self, lines: int) -> None:
        """Move the view; beyond the top stands what was done before."""
        if lines < 0 and not self.top:
            self.post_message(self.OlderRequested())
        super().scroll_lines(lines)

    @property
    def is_ticking(self) -> bool:
        """Whether a call runs or waits, so that what is said of it changes with every second."""
        return not self._is_lost and any(call.use.state in _UNDER_WAY for call in self._shown[-20:])

    @property
    def _is_lost(self) -> bool:
        return self._mirror is not None and self._mirror.lost_at is not None

    def total(self) -> int:
        """How many calls are shown."""
        return len(self._shown)

    def sequence(self, index: int) -> int:
        """The number of a call."""
        return self._shown[index].sequence

    def call(self, index: int) -> Call:
        """One call."""
        return self._shown[index]

    def version(self, index: int) -> object:
        """How it stands, and for how long."""
        call = self._shown[index]
        return call.use, self._age(call), self._is_lost

    def _age(self, call: Call) -> str:
        if call.use.state in _UNDER_WAY:
            return duration(self.clock.now() - call.since)
        return f"{call.use.seconds:.1f}s" if call.use.seconds else ""

    def spans(self, index: int, part: int, width: int, ground: str) -> list[Span]:
        """The call, then what came of it."""
        call = self._shown[index]
        return self._head(call, width, ground) if part == 0 else self._result(call, width, ground)

    def _head(self, call: Call, width: int, ground: str) -> list[Span]:
        use = call.use
        is_last = self._is_lost and use.state in _UNDER_WAY
        standing = f" {'last: ' * is_last}{WORDS[use.state]} {self._age(call)}".rstrip()
        sign = self.glyphs.state(NOT_KNOWN if is_last else SIGNS[use.state])
        # Most tools begin the line with their own name, which stands before it already.
        summary = use.summary.removeprefix(f"{use.tool} ")
        tool = cut(self.glyphs.text(clean(use.tool)), 12, self.glyphs.more)
        who = f"{clean(call.instance)} " if len(self._names) > 1 else ""
        room = max(0, width - 4 - cell_width(who) - cell_width(tool) - cell_width(standing))
        return [
            (f" {sign} ", self.tone(TONES[use.state], on=ground)),
            (who, self.tone("name", on=ground)),
            (tool, self.tone("strong", on=ground)),
            (" " + fit(self.glyphs.text(clean(summary)), room, self.glyphs.more), self.tone("dim", on=ground)),
            (standing, self.tone(TONES[use.state], on=ground)),
        ]

    def _result(self, call: Call, width: int, ground: str) -> list[Span]:
        first = next((line for line in call.use.result.splitlines() if line.strip()), "")
        text = cut(self.glyphs.text(clean(first)), max(0, width - 5), self.glyphs.more)
        return [("     ", self.tone("text", on=ground)), (text, self.tone("faint", on=ground))]


def _as_said(kept: Use) -> ToolUse:
    state = ENDS[STATES.index(kept.state)] if kept.state in STATES else "cut"
    return cut_use(
        ToolUse(kept.turn, kept.call, kept.tool, kept.summary or kept.tool, state, kept.result, kept.seconds)
    )
