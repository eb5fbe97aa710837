"""The panes of what is remembered: the list of records, and the page of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.address import HUMAN, nearest
from trinity_tui.tui.memory.lines import Look, heading, news_lines, record_lines, theme_lines
from trinity_tui.tui.memory.record import page
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.widgets.keyed import Keyed

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.memory.known import Known, Shown
    from trinity_tui.tui.memory.recollection import Recollection
    from trinity_tui.tui.text.listed import Line

NOTHING_YET = """\
Nothing is remembered yet.
What instances find out and settle appears here by itself; + has something remembered."""
NOTHING_TOGETHER = """\
The records say nothing together yet.
A theme is what two instances say, or one says three times; a contradiction and a solved failure appear here too."""


class KnownPane(Keyed):
    """What is known: what came while the person was away, then the newest; or what was found; or themes.

    Args:
        asked: What the coordinator said.
        clock: The time.
        glyphs: The signs this terminal has.
        names: Who there is, for a name that nobody has.
    """

    HELP = """\
What is remembered: first what came to be known while you were away, then the newest; `/` searches. A record says its
kind, whose it is, how old, and whether something contradicts it or took its place. `enter` reads it, `e` opens the
message that says it, `x` takes it back, `h` says which of the values that contradict each other holds, `+` has
something remembered, `t` shows what the records say together.
"""

    def __init__(self, asked: Recollection, clock: Clock, glyphs: Glyphs, names: Callable[[], list[str]]) -> None:
        super().__init__("known", glyphs)
        self._names = names
        self._asked = asked
        self._clock = clock
        self.shows_themes = False

    def lay_out(self, width: int) -> list[Line]:
        """The lines of what is shown now."""
        look = Look(width, self._clock.now(), self.glyphs, self._asked.wanted.text)
        lines = self._themes(look) if self.shows_themes else self._records(look)
        self.notice = "" if lines else self._nothing()
        return lines

    def _themes(self, look: Look) -> list[Line]:
        together = self._asked.together
        return theme_lines(together, look, self._asked.opened) if together is not None else []

    def _records(self, look: Look) -> list[Line]:
        news, hits = self._asked.news, self._asked.hits
        if not self._asked.wanted.is_empty or news is None or not news.since:
            return [line for hit in hits for line in record_lines(hit, look)]
        lines = news_lines(news, look, self._clock.at(news.since, "%H:%M"))
        told = {line.key for line in lines}
        before = [line for hit in hits for line in record_lines(hit, look) if line.key not in told]
        return [*lines, *heading("Known before", look.width), *before] if lines and before else [*lines, *before]

    def _nothing(self) -> str:
        if self._asked.is_waiting:
            return ""
        if self.shows_themes:
            return NOTHING_TOGETHER
        if self._asked.wanted.is_empty:
            return NOTHING_YET
        author, names = self._asked.wanted.author, self._names()
        if author and author not in (*names, HUMAN):
            near = nearest(author, names)
            return f'Nothing of anybody called "{clean(author)}" is known' + (
                f"; did you mean {near}?" if near else "."
            )
        return (
            "Nothing is known about that.\nOther words may find it; + has something remembered, esc shows everything."
        )


class RecordPane(Keyed):
    """One record with all that is known of it.

    Args:
        asked: What the coordinator said.
        clock: The time.
        glyphs: The signs this terminal has.
    """

    HELP = """\
One record: what it says, since when it holds, why it was found, what stands against it, what it took the place of, and
the messages it rests on. Arrows go through what can be opened, `enter` opens it, `esc` goes back to the list.
`h` says which of contradicting values holds, `x` takes the record back.
"""

    def __init__(self, asked: Recollection, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__("record", glyphs)
        self._asked = asked
        self._clock = clock
        self.notice = "What is chosen in the list is shown here: where it comes from, and what stands against it."

    @property
    def record(self) -> Shown | None:
        """The record that is shown."""
        return self._asked.record

    def lay_out(self, width: int) -> list[Line]:
        """The page."""
        record = self.record
        if record is None:
            return []
        look = Look(width, self._clock.now(), self.glyphs, self._asked.wanted.text)
        return page(record, self._hit(record), look, self._clock)

    def _hit(self, record: Shown) -> Known | None:
        return next((hit for hit in self._asked.hits if hit.id == record.id), None)
