"""The panes of the Inbox: the list of what waits or was decided, and one of it in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input

from trinity_tui.core import inbox
from trinity_tui.core.address import HUMAN
from trinity_tui.tui.safe_text import clean, reveal
from trinity_tui.tui.waiting.lines import decided_lines, decision_key, waiting_lines
from trinity_tui.tui.widgets.dialog import foot
from trinity_tui.tui.widgets.keyed import Keyed
from trinity_tui.tui.widgets.passage import Passage

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from trinity_tui.core.diary import Decision
    from trinity_tui.core.inbox import Item
    from trinity_tui.core.room import Room
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.text.listed import Line
    from trinity_tui.tui.widgets.dialog import Keys

NOTHING_WAITS = """\
Nothing waits for you.
Requests, questions, alerts, dead letters and instances that gave up come here by themselves. h shows the history."""
NOTHING_DECIDED = "Nothing was decided yet. What you allow, reject, answer or drop is kept here, with when and where."
NOTHING_FOUND = "Nothing here contains that. esc shows everything again."
WORD = "why, or what to do instead; enter rejects"


class WaitingPane(Keyed):
    """What waits, oldest first; or what was decided, newest first.

    Args:
        room: The room as it is now; None while there is none.
        clock: The time.
        glyphs: The signs this terminal has.
    """

    HELP = """\
What waits for you, the oldest first. A request: `o` allows it this once, `A` always, `x` rejects it with a word. `r`
answers a question, `s` starts who was given up, `l` lets one go on that went round with others. A dead letter: `e`
sends it again, `d` drops it; `k` marks an alert as seen. `space` chooses several dead letters or alerts, for `e`, `d`
and `k`. `enter` opens the thread, `t` goes to the task it is about, `h` shows what was decided, `/` searches.
"""
    TITLE = "Waiting for you"

    def __init__(self, room: Callable[[], Room | None], clock: Clock, glyphs: Glyphs) -> None:
        super().__init__("waiting", glyphs)
        self._room = room
        self._clock = clock
        self.shows_history = False
        self.wanted = ""
        """What is looked for."""
        self.unknown = ""
        """Why it is not known what waits; empty where it is."""
        self.marked: set[str] = set()
        self._items: dict[str, Item] = {}
        self._decisions: dict[str, Decision] = {}

    @property
    def item(self) -> Item | None:
        """What is chosen of what waits."""
        return self._items.get(self.chosen)

    @property
    def decision(self) -> Decision | None:
        """What is chosen of what was decided."""
        return self._decisions.get(self.chosen)

    def those(self, deed: inbox.Deed) -> tuple[Item, ...]:
        """What something is to be done about: those that are marked, else the chosen one, as far as it can be done."""
        marked = [item for item in self._items.values() if item.key in self.marked]
        found = marked if marked and deed in inbox.FOR_MANY else [self.item] if self.item is not None else []
        return tuple(item for item in found if deed in item.deeds)

    def mark(self) -> bool:
        """Choose the chosen one together with others, or no more; whether that can be."""
        item = self.item
        if item is None or inbox.FOR_MANY.isdisjoint(item.deeds):
            return False
        self.marked ^= {item.key}
        self.renew()
        return True

    def lay_out(self, width: int) -> list[Line]:
        """The lines of what is shown now."""
        room, now = self._room(), self._clock.now()
        if room is None:
            return []
        self._items, self._decisions = {}, {}
        if self.shows_history:
            self._decisions = {decision_key(one): one for one in inbox.decided(room, self.wanted)}
            lines = decided_lines(self._decisions.values(), width, now, self.glyphs)
        else:
            found = (item for item in inbox.everything(room) if item.contains(self.wanted))
            self._items = {item.key: item for item in found}
            lines = waiting_lines(self._items.values(), self.marked, width, now, self.glyphs)
        self.marked &= self._items.keys()
        nothing = NOTHING_DECIDED if self.shows_history else NOTHING_WAITS
        self.notice = "" if lines else self.unknown or (NOTHING_FOUND if self.wanted else nothing)
        return lines

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._decisions if self.shows_history else self._items)


class MatterPane(VerticalScroll, can_focus=True):
    """What is chosen, in full."""

    HELP = """\
All of what is chosen: the whole call and what it would change, what "always" would allow, or the whole text. The keys
are those of the list; arrows scroll, `enter` opens the thread, `esc` goes back to the list.
"""
    BINDINGS: ClassVar = []

    def __init__(self) -> None:
        super().__init__(id="matter")
        self._text = Passage(id="matter-text")
        self.word = Input(id="reject-word", placeholder=WORD, compact=True)
        self.border_title = "In full"

    def compose(self) -> ComposeResult:
        """The text, and below it the line for a word."""
        yield self._text
        yield self.word

    def on_mount(self) -> None:
        """No word is asked for yet."""
        self.word.display = False

    def show(self, content: Content, keys: Keys) -> None:
        """Show this, with the keys for what can be done about it."""
        self._text.update(content)
        self.border_subtitle = foot(keys)


def decision_content(one: Decision, clock: Clock) -> Content:
    """A decision in full: what, who asked, who decided, when, where, and what was said."""
    who = "you" if one.by == HUMAN else clean(one.by)
    facts = [
        ("decided", f"{clock.stamp(one.at)}  {one.at[:10]}"), ("asked", f"{clock.stamp(one.asked_at)}"),
        ("by", who), ("where", clean(one.via)), ("word", clean(one.word)),
    ]  # fmt: skip
    head = Content.assemble((clean(one.verdict), "bold $primary"), "  ", (clean(one.sender), "bold $secondary"))
    rows = [Content.assemble((label.ljust(10), "$text-faint"), value) for label, value in facts if value.strip()]
    return Content("\n").join([head, Content(""), Content.styled(reveal(one.text), "bold"), Content(""), *rows])
