"""The conversation: what was said, and what is being written, as it is written. One pane of rows, whatever its length.

Only what is visible is painted, and of an answer that grows only its last block is laid out again.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from textual.geometry import Region
from textual.message import Message

from trinity_tui.core.address import HUMAN
from trinity_tui.tui.text.blocks import LIVE_ORDER, UNSEEN_SECONDS, EntryBlock, LiveBlock, Thought
from trinity_tui.tui.widgets.flow import STAGE_TONES
from trinity_tui.tui.widgets.searched import Searched

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.timer import Timer

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.talk import Talking
    from trinity_tui.core.trace import Exchange
    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.conversation import Conversation, Entry
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.text.rows import Row

Block = EntryBlock | LiveBlock
ROWS = 1 << 24
"""No part has more rows than this, so that a row's number tells its part and stays the same."""
THOUGHTS_KEPT = 200


class Transcript(Searched):
    """One conversation."""

    HELP = """\
What you and the instance said to each other; its answer appears while it is written. A digit chooses another one and
writes to it, `0` is everybody, left and right go along. `enter` on a line that says for how long it thought unfolds
what it thought. `c` stops the answer, `t` asks again, `y` copies it, `b` chooses the brain, `o` or scrolling beyond the
top loads older messages. `/` looks for a text in what is loaded: `n` and `N` go from place to place, `esc` ends it.
"""
    EMPTY = "Nothing was said yet. Press m to write."

    class OlderRequested(Message):
        """The person wants to see what was said before."""

    def __init__(self, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__("talk", clock, glyphs)
        self._conversation: Conversation | None = None
        self._names: tuple[str, ...] = ()
        """Whose answers are shown while they are written."""
        self._entries: dict[str, EntryBlock] = {}
        self._live: dict[tuple[str, str], LiveBlock] = {}
        self._thoughts: dict[str, Thought] = {}
        self._blocks: list[Block] = []
        self._ends: list[int] = []
        self._is_changed = False
        """Whether, since the last look, anything changed but what is being written."""
        self._grew: list[LiveBlock] = []
        self._late: Timer | None = None
        """Set while something came that is not seen and not laid out yet."""
        self._painted: tuple[object, ...] = ()
        self.about = ""
        """What the one who is talked with does now, for the frame."""

    def show(self, mirror: Mirror) -> None:
        """Show this mirror from now on."""
        self._mirror = mirror

    def open(self, conversation: Conversation, names: tuple[str, ...]) -> None:
        """Show another conversation."""
        self._conversation, self._names = conversation, names
        self._entries.clear()
        self._live.clear()
        self.forget()

    # Parts ---------------------------------------------------------------------------------------------------------

    def renew(self) -> None:
        """Something was said, or more of it was."""
        self._look()
        super().renew()

    def repaint(self) -> None:
        """Paint again what changed: mostly the last rows of what is being written."""
        stands = (self.top, self.total(), self.size, len(self._blocks))
        if self._is_changed or stands != self._painted:
            self._painted = stands
            self.refresh()
            return
        for at, block in enumerate(self._blocks):
            if isinstance(block, LiveBlock) and block in self._grew:
                start = (self._ends[at - 1] if at else 0) + block.changed_from
                first, last = max(start, self.top) - self.top, min(self._ends[at] - self.top, self.size.height)
                if first < last:
                    self.refresh(Region(0, first, self.size.width, last - first))

    def parts(self) -> Iterable[tuple[int, Sequence[Row]]]:
        """The parts of the conversation."""
        return ((block.order * ROWS, _rows(block)) for block in self._blocks)

    def _look(self) -> None:
        conversation, width = self._conversation, self.size.width - 2
        if conversation is None or self._mirror is None or width < 8:
            return
        self._is_changed, self._grew = False, []
        self._take_live(conversation, width)
        self._blocks = [self._entry(entry, width) for entry in conversation.entries]
        self._blocks += sorted(self._live.values(), key=lambda block: block.order)
        self._ends = list(accumulate(_length(block) for block in self._blocks))
        if self._search.wanted:
            self._find()

    def _entry(self, entry: Entry, width: int) -> EntryBlock:
        block = self._entries.get(entry.id)
        if block is None or block.entry is not entry:
            block = self._entries[entry.id] = EntryBlock(entry, self.clock.stamp(entry.at))
        thought = self._thoughts.get(entry.reply_to)
        self._is_changed |= block.lay_out(width, self.glyphs, self._sign(entry), thought)
        return block

    def _sign(self, entry: Entry) -> tuple[str, str]:
        delivery = self._mirror.room.deliveries.by_id.get(entry.id) if self._mirror is not None else None
        if delivery is None or not entry.is_mine or entry.to == "broadcast":
            return "", "faint"
        return self.glyphs.stages[delivery.stage], STAGE_TONES[delivery.stage]

    def _take_live(self, conversation: Conversation, width: int) -> None:
        assert self._mirror is not None
        found: dict[tuple[str, str], LiveBlock] = {}
        now, seen, is_lost = self.clock.now(), self._seen_blocks(), self._mirror.lost_at is not None
        for name in self._names:
            talks = self._mirror.talks.get(name)
            for talking in talks.turns.values() if talks is not None else ():
                thought = self._thought(talking.turn)
                thought.look(talking, now)
                if self._is_shown(conversation, talking):
                    block = self._live.get((name, talking.turn))
                    if block is None or block.talking is not talking:
                        order = LIVE_ORDER + len(self._live) + len(found)
                        block = LiveBlock(name, talking, order, self._asker(talking.turn))
                    if block.lay_out(width, self.glyphs, thought, now, is_seen=block.order in seen, is_lost=is_lost):
                        self._grew.append(block)
                    found[name, talking.turn] = block
        self._live = found
        if self._late is None and any(block.is_late for block in found.values()):
            self._late = self.set_timer(UNSEEN_SECONDS, self._catch_up, name="late")

    def _catch_up(self) -> None:
        self._late = None
        self.renew()

    def _seen_blocks(self) -> set[int]:
        """Which parts are on the screen now, by their order."""
        first = bisect_right(self._ends, self.top)
        last = bisect_right(self._ends, self.top + self.size.height)
        return {block.order for block in self._blocks[first : last + 1]}

    def _is_shown(self, conversation: Conversation, talking: Talking) -> bool:
        answer = conversation.answer_to(talking.turn)
        if answer is not None:
            # Until all of it came from the log, what was seen while it was written says more.
            return not answer.is_whole
        return not talking.is_over or (conversation.find(talking.turn) is not None and bool(talking.answer.text))

    def take_kept(self, exchanges: Iterable[Exchange]) -> None:
        """What was thought in exchanges that are over."""
        for exchange in exchanges:
            self._thought(exchange.turn).keep(exchange.at, exchange.thinking)
        self.renew()

    def _thought(self, turn: str) -> Thought:
        thought = self._thoughts.get(turn)
        if thought is None:
            thought = self._thoughts[turn] = Thought()
            if len(self._thoughts) > THOUGHTS_KEPT:
                del self._thoughts[next(iter(self._thoughts))]
        return thought

    def _asker(self, turn: str) -> str:
        flow = self._mirror.room.flow if self._mirror is not None else []
        return next((row.from_ for row in reversed(flow) if row.id == turn), "")

    # What the keys act on ------------------------------------------------------------------------------------------

    def chosen_block(self) -> Block | None:
        """The part that is chosen, or the last one."""
        index = self.chosen_index()
        return self._blocks[bisect_right(self._ends, index)] if 0 <= index < self.total() else None

    def choose(self, message_id: str) -> bool:
        """Choose a message, and show it from its beginning; whether it is laid out."""
        said = [block.entry.id if isinstance(block, EntryBlock) else "" for block in self._blocks]
        at = said.index(message_id) if message_id in said else None
        if at is None:
            return False
        first = self._ends[at - 1] if at else 0
        self.cursor = self.sequence(first)
        self.scroll_lines(first - self.top)
        return True

    def chosen_answer(self) -> Entry | None:
        """The chosen answer, or the last one."""
        block = self.chosen_block() if self.cursor >= 0 else None
        if isinstance(block, EntryBlock) and not block.entry.is_mine:
            return block.entry
        entries = self._conversation.entries if self._conversation is not None else []
        return next((entry for entry in reversed(entries) if entry.from_ != HUMAN), None)

    def open_chosen(self) -> None:
        """Unfold what was thought, or fold it."""
        block = self.chosen_block()
        turn = block.talking.turn if isinstance(block, LiveBlock) else block.entry.reply_to if block is not None else ""
        thought = self._thoughts.get(turn)
        if thought is not None:
            thought.is_open = not thought.is_open
            self.renew()

    def scroll_lines(self, lines: int) -> None:
        """Move the view; beyond the top stands what was said before."""
        if lines < 0 and not self.top:
            self.post_message(self.OlderRequested())
        super().scroll_lines(lines)
        self._look()

    # Rows ----------------------------------------------------------------------------------------------------------

    def total(self) -> int:
        """How many rows there are."""
        return self._ends[-1] if self._ends else 0

    def _place(self, index: int) -> tuple[Block, int]:
        at = bisect_right(self._ends, index)
        return self._blocks[at], index - (self._ends[at - 1] if at else 0)

    def sequence(self, index: int) -> int:
        """The number of a row: its part's place in the log, then its place in the part."""
        block, inner = self._place(index)
        return block.order * ROWS + inner

    def _row(self, index: int) -> Row:
        block, inner = self._place(index)
        return block.row(inner) if isinstance(block, LiveBlock) else block.rows[inner]

    def version(self, index: int) -> object:
        """What the row says."""
        return self._row(index), self.marks(index)

    def spans(self, index: int, part: int, width: int, ground: str) -> list[Span]:
        """The row."""
        return self.marked(self._row(index), index, ground)

    def title_text(self) -> str:
        """Who is talked with, and what they do."""
        return self.about


def _length(block: Block) -> int:
    return len(block) if isinstance(block, LiveBlock) else len(block.rows)


def _rows(block: Block) -> list[Row]:
    return [block.row(index) for index in range(len(block))] if isinstance(block, LiveBlock) else block.rows
