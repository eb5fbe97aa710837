"""The parts of a conversation as rows: a message that stands in the log, and an answer that is being written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.attached import without_files
from trinity_tui.tui.clock import duration
from trinity_tui.tui.money import dollars
from trinity_tui.tui.safe_text import clean, cut
from trinity_tui.tui.text.growing import Growing
from trinity_tui.tui.text.rows import Row, Span, cells, clean_all, flow

if TYPE_CHECKING:
    from trinity_tui.core.talk import Talking
    from trinity_tui.tui.conversation import Entry
    from trinity_tui.tui.glyphs import Glyphs

INDENT: Span = ("  ", "text")
LIVE_ORDER = 1 << 60
"""What is being written stands after everything that is written."""


WITHOUT_MARKDOWN = "builtin"
"""It is no model: it writes lines, and means them."""
UNSEEN_SECONDS = 1.0
"""How often an answer is laid out that is not seen: its length has to be known for scrolling."""


class Thought:
    """What an instance said to itself before it answered: folded to a line that says for how long.

    Attributes:
        seconds: How long it has thought; 0 where only what it thought was kept.
        is_open: Whether all of it is shown.
    """

    def __init__(self) -> None:
        self.text = ""
        self.began = self.seconds = 0.0
        self.is_over = False
        self.is_open = False
        self._kept: dict[str, str] = {}
        """By the moment of its exchange: a turn may have several."""

    def keep(self, at: str, text: str) -> None:
        """Take what was kept of it, unless it was seen as it came."""
        if not self.began:
            self._kept[at] = text.strip()
            self.text = "\n\n".join(self._kept[moment] for moment in sorted(self._kept))
            self.is_over = True

    def look(self, talking: Talking, now: float) -> None:
        """Take what there is of it now."""
        if not talking.thinking.text or self.is_over:
            return
        self.began = self.began or now
        self.text = talking.thinking.text
        self.is_over = bool(talking.answer.text) or talking.is_over
        self.seconds = now - self.began

    def rows(self, width: int, glyphs: Glyphs) -> list[Row]:
        """The line, and below it what was thought, if that is wanted."""
        if not self.text:
            return []
        sign = glyphs.down if self.is_open else glyphs.to
        verb = "thought" if self.is_over else "thinking"
        span = f" for {duration(self.seconds)}" if self.began else ""
        told = "" if self.is_open else ", enter unfolds"
        head: Row = (INDENT, (f"{sign} {verb}{span}{told}", "faint"))
        if not self.is_open:
            return [head]
        lines = [(glyphs.text(clean_all(line)), "thinking") for line in self.text.splitlines()]
        bar: Span = (f"  {glyphs.frame[5]} ", "frame")
        return [head, *((bar, *row) for line in lines for row in flow([line], max(8, width - 4)))]


class EntryBlock:
    """A message that stands in the log.

    Args:
        entry: The message.
        stamp: Its time as it is shown.
    """

    def __init__(self, entry: Entry, stamp: str) -> None:
        self.entry = entry
        self.order = entry.position
        self._stamp = stamp
        self._made: tuple[object, ...] = ()
        self._body: list[Row] = []
        self.rows: list[Row] = []

    def lay_out(self, width: int, glyphs: Glyphs, sign: Span, thought: Thought | None) -> bool:
        """Have the rows for this width; whether they are others than before."""
        folded = (len(thought.text), thought.is_open) if thought is not None else ()
        made = (width, sign, folded)
        if made == self._made:
            return False
        if not self._made or self._made[0] != width:
            self._body = self._lay_out_body(width, glyphs)
        self._made = made
        head = self._head(width, glyphs, sign)
        inner = thought.rows(width, glyphs) if thought is not None else []
        self.rows = [head, *inner, *self._body, ()]
        return True

    def _head(self, width: int, glyphs: Glyphs, sign: Span) -> Row:
        entry = self.entry
        who = "you" if entry.is_mine else clean(entry.from_)
        to = f" {glyphs.to} {clean('all' if entry.to == 'broadcast' else entry.to)}" if entry.is_mine else ""
        kind = "" if entry.kind in ("chat", "answer") else f"  {clean(entry.kind)}"
        spans = [
            (f" {self._stamp}  ", "faint"), (who, "person" if entry.is_mine else "name"), (to, "dim"),
            (glyphs.text(kind), "faint"), (f"  {sign[0]}" if sign[0] else "", sign[1]),
        ]  # fmt: skip
        spans = [(text, tone) for text, tone in spans if text]
        room = width - cells(tuple(spans)) - 2
        about = cut(glyphs.text(clean(_about(entry, glyphs))), room, glyphs.more) if room > 3 else ""
        return (*spans, (f"  {about}", "faint")) if about else tuple(spans)

    def _lay_out_body(self, width: int, glyphs: Glyphs) -> list[Row]:
        entry, room = self.entry, max(8, width - 2)
        if entry.is_mine or entry.brain == WITHOUT_MARKDOWN:
            text, files = without_files(entry.text) if entry.is_mine else (entry.text, [])
            lines = [(glyphs.text(clean_all(line)), "text") for line in text.splitlines()]
            told = (f"{glyphs.bullet} {glyphs.text(clean(name))}, {size:,} characters" for name, size in files)
            lines += [(line, "md-code") for line in told]
            rows = [row for line in lines for row in flow([line], room)]
        else:
            grown = Growing(room, glyphs, entry.text)
            rows = [grown.row(index) for index in range(len(grown))]
        if not entry.is_whole:
            rows.append((("the rest is on its way", "faint"),))
        if entry.cut:
            told = f"{glyphs.state('CRASHED')} cut: {clean_all(entry.cut)}; t tries again"
            rows += flow([(glyphs.text(told), "error")], room)
        return [(INDENT, *row) for row in rows]


def _about(entry: Entry, glyphs: Glyphs) -> str:
    tokens = f"{entry.tokens} tokens" if entry.tokens else ""
    price = dollars(entry.microdollars) if entry.microdollars else ""
    return f" {glyphs.dot} ".join(part for part in (entry.brain, tokens, price) if part)


class LiveBlock:
    """An answer that is being written, laid out anew only from its last block on.

    Args:
        instance: Who writes it.
        order: Its place among the parts.
        asker: Whom it answers; empty where that is not known.
    """

    def __init__(self, instance: str, talking: Talking, order: int, asker: str = "") -> None:
        self.instance = instance
        self._asker = asker
        self.talking = talking
        self.order = order
        self._grown: Growing | None = None
        self._width = 0
        self._end = 0
        self._shape: tuple[object, ...] = ()
        self._front: list[Row] = []
        self._laid_out_at = float("-inf")
        self.changed_from = 0
        """The first row that the last lay-out made another one of."""

    def __len__(self) -> int:
        return len(self._front) + (len(self._grown) if self._grown is not None else 0) + 1

    def row(self, index: int) -> Row:
        """One row."""
        if index < len(self._front):
            return self._front[index]
        inner = index - len(self._front)
        grown = self._grown
        return (INDENT, *grown.row(inner)) if grown is not None and inner < len(grown) else ()

    def lay_out(
        self, width: int, glyphs: Glyphs, thought: Thought, now: float, *, is_seen: bool, is_lost: bool = False
    ) -> bool:
        """Take what came, at once where it is seen, else once in a while; whether anything is another now."""
        shape = (width, len(thought.text), int(thought.seconds), thought.is_open, self.talking.is_over, is_lost)
        is_new = shape != self._shape
        if not (is_seen or is_lost) and width == self._width and now - self._laid_out_at < UNSEEN_SECONDS:
            return False
        self._laid_out_at = now
        self.changed_from = len(self._front) + (self._grown.settled if self._grown is not None else 0)
        if is_new:
            self._shape = shape
            self._front = [self._head(glyphs, is_lost=is_lost), *thought.rows(width, glyphs)]
            self.changed_from = 0
        return self._grow(width, glyphs) or is_new

    @property
    def is_late(self) -> bool:
        """Whether more came than was laid out."""
        return self._end != self.talking.answer.end

    def _head(self, glyphs: Glyphs, *, is_lost: bool) -> Row:
        still = "was writing, last that was known" if is_lost else "is writing"
        state = "it ended without an answer" if self.talking.is_over else still
        whom = f" to {self._asker}" if self._asker not in ("", "human") else ""
        sign = glyphs.state("OFFLINE" if self.talking.is_over else "UNKNOWN" if is_lost else "BUSY")
        return ((f" {sign} ", "state-busy"), (clean(self.instance), "name"), (f" {state}{clean(whom)}", "dim"))

    def _grow(self, width: int, glyphs: Glyphs) -> bool:
        answer = self.talking.answer
        if width != self._width or answer.end < self._end or self._grown is None:
            self._grown = Growing(max(8, width - 2), glyphs, answer.text)
            self.changed_from = 0
            self._width, self._end = width, answer.end
            return True
        more = answer.end - self._end
        if more:
            self._grown.extend(answer.text[-more:])
            self._end = answer.end
        return bool(more)
