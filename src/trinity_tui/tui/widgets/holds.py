"""The dialog in which the person says which of the values that contradict each other holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content

from trinity_tui.core.address import HUMAN
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from textual.binding import BindingType

    from trinity_tui.core.memory_fold import Claim
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.memory.known import Shown

TEXTS_SHOWN = 2


class HoldsDialog(Dialog[str]):
    """All that is stated; it returns the id of a record that states what holds.

    Args:
        record: The record it was opened on: its side is chosen first.
        at: Which of its contradictions is asked about.
        glyphs: The signs this terminal has.
    """

    HELP = "`left` and `right` go from value to value, `y` says that the chosen one holds, `esc` leaves it open.\n"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("left,up", "step(-1)", "Value before"), ("right,down,tab", "step(1)", "Next value"),
        ("y,enter", "agree", "It holds"), ("n", "close", "Leave it"),
    ]  # fmt: skip
    DECIDES: ClassVar[frozenset[str]] = frozenset({"y", "enter"})

    def __init__(self, record: Shown, at: int, glyphs: Glyphs) -> None:
        count = len(record.contradictions)
        title = f"Which holds? ({at + 1} of {count})" if count > 1 else "Which holds?"
        super().__init__(title, (("arrows", "choose"), ("y", "it holds"), ("esc", "leave it open")))
        self._question = record.contradictions[at]
        self._related = record.related
        self._glyphs = glyphs
        sides = (side for side, claim in enumerate(self._question.claims) if record.id in claim.record_ids)
        self._at = next(sides, 0)

    def content(self) -> Content:
        """Every value with who states it, the chosen one marked, and what will become of the others."""
        question = self._question
        head = Content.styled(f"What is the {clean(question.predicate)} of {clean(question.subject)}?", "bold")
        claims = [self._claim(claim, is_chosen=at == self._at) for at, claim in enumerate(question.claims)]
        return Content("\n\n").join([head, *claims, self._consequence()])

    def _claim(self, claim: Claim, *, is_chosen: bool) -> Content:
        who = ", ".join("you" if name == HUMAN else clean(name) for name in claim.authors)
        mark = self._glyphs.prompt if is_chosen else " "
        tone = "bold $primary" if is_chosen else "bold"
        rows = [Content.assemble((f"{mark} ", "$primary"), (clean(claim.value), tone), (f"  {who}", "$secondary"))]
        texts = [self._related[name].text for name in claim.record_ids if name in self._related]
        rows += [Content.styled(f"  {clean(text)}", "$text-dim") for text in texts[:TEXTS_SHOWN]]
        return Content("\n").join(rows)

    def _consequence(self) -> Content:
        claims = self._question.claims
        others = [claim for at, claim in enumerate(claims) if at != self._at]
        count = sum(len(claim.record_ids) for claim in others)
        values = ", ".join(clean(claim.value) for claim in others)
        verb = "is" if count == 1 else "are"
        return Content.styled(
            f"{clean(claims[self._at].value)} holds from now on. What says {values} ({count}) {verb} replaced: it is "
            "found no more, stays in the history, and can be searched as of a moment before now.",
            "$text-dim",
        )

    def action_step(self, by: int) -> None:
        """Another value."""
        self._at = (self._at + by) % len(self._question.claims)
        self.say(self.content())

    def action_agree(self) -> None:
        """The chosen one holds."""
        self.dismiss(self._question.claims[self._at].record_ids[0])
