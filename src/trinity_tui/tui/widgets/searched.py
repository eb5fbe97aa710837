"""A pane of rows in which a text is looked for: every place is marked, and one goes from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from trinity_tui.tui import actions
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.search import ELSEWHERE, HERE, Search
from trinity_tui.tui.text.finding import toned
from trinity_tui.tui.widgets.tail import Tail

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.text.rows import Row


class Searched(Tail):
    """Rows of toned text; a pane says which there are, part by part."""

    BINDINGS: ClassVar = actions.bindings(["found"])

    def __init__(self, pane: str, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__(pane, clock, glyphs)
        self._search = Search()

    def parts(self) -> Iterable[tuple[int, Sequence[Row]]]:
        """The rows that are looked through, each part with the sequence number of its first."""
        return ()

    def search(self, text: str) -> None:
        """Mark every place of a text, and go to the last one; an empty one ends it."""
        self.filter = self._search.wanted = clean(text)
        self._find()
        self._go(0)

    def _find(self) -> None:
        self._search.look(self.parts() if self._search.wanted else ())

    def _go(self, by: int) -> None:
        last = min(self.total(), self.top + self.size.height) - 1
        row = self._search.step(by, self.sequence(last)) if last >= 0 else None
        if row is not None:
            line = self._index_after(row) - 1
            if not self.top <= line < self.top + self.size.height:
                self.scroll_lines(line - self.size.height // 2 - self.top)
        self._entitle()
        self.refresh()

    def action_found_next(self) -> None:
        """Go to the next place."""
        self._go(1)

    def action_found_before(self) -> None:
        """Go to the place before."""
        self._go(-1)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a search the keys mean what they mean elsewhere."""
        return bool(self._search.wanted) if action.startswith("found_") else super().check_action(action, parameters)

    def marks(self, index: int) -> tuple[tuple[int, int, str], ...]:
        """The parts of a row that are looked for, with their tones."""
        return self._search.marks(self.sequence(index))

    def marked(self, row: Row, index: int, ground: str) -> list[Span]:
        """A row as it is painted, with what is looked for standing out."""
        marks = self.marks(index)
        if not marks:
            return [(text, self.tone(tone, on=ground)) for text, tone in row]
        parts = toned(row, marks)
        return [(text, self.tone(tone, on="" if tone in (HERE, ELSEWHERE) else ground)) for text, tone in parts]

    def foot_text(self) -> str:
        """How a search goes, before all else."""
        return self._search.told() or super().foot_text()
