"""What an instance changed in its own worktree, as a diff: to be taken over, or thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.message import Message

from trinity_tui.tui.asked import Asked
from trinity_tui.tui.request_text import change
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.widgets.dialog import CLOSE, Dialog, Keys

if TYPE_CHECKING:
    from textual.binding import BindingType

MOST_LINES = 3_000
"""More than that nobody reads here."""
CHANGED: Keys = (("a", "take over"), ("d", "throw away"), *CLOSE)


class ChangesDialog(Dialog[None]):
    """One diff.

    Args:
        who: Whose.
        diff: Empty where nothing was changed.
        is_whole: Whether that is all of it.
        can_act: Whether it can be taken over or thrown away from here.
    """

    HELP = """\
What the instance changed in its own worktree since you last took it over. `a` applies it to your files, if it goes in
cleanly, and commits nothing; `d` throws it away, after asking; arrows scroll, `esc` closes and leaves it as it is.
"""
    BINDINGS: ClassVar[list[BindingType]] = [("a", "accept", "Take over"), ("d", "discard", "Throw away")]
    DECIDES: ClassVar[frozenset[str]] = frozenset({"a", "d"})

    class DiscardRequested(Message):
        """The person wants the changes gone."""

        def __init__(self, who: str) -> None:
            super().__init__()
            self.who = who

    def __init__(self, who: str, diff: str, *, is_whole: bool = True, can_act: bool = True) -> None:
        self._can_act = bool(diff) and can_act
        super().__init__(f"Changes of {clean(who)}", CHANGED if self._can_act else CLOSE)
        self.add_class("-wide")
        self._who = who
        self._lines = diff.splitlines()
        self._is_whole = is_whole
        self._refusal = ""

    def content(self) -> Content:
        """The refusal, if there was one, then how much it is, then the lines."""
        if not self._lines:
            return Content(f"{clean(self._who)} has changed nothing since you last took over.")
        shown = change("\n".join(self._lines[:MOST_LINES]))
        if len(self._lines) > MOST_LINES or not self._is_whole:
            shown.append(Content.styled("  This is its beginning; trinity changes shows all of it.", "$text-faint"))
        refused = [Content.styled(clean(self._refusal), "$error"), Content("")] if self._refusal else []
        return Content("\n").join([*refused, self._sum(), Content(""), *shown])

    def _sum(self) -> Content:
        files = sum(line.startswith("diff --git ") for line in self._lines)
        added = sum(line.startswith("+") and not line.startswith("+++ ") for line in self._lines)
        taken = sum(line.startswith("-") and not line.startswith("--- ") for line in self._lines)
        return Content.assemble(
            f"{files} file{'' if files == 1 else 's'}  ", (f"+{added}", "$success"), "  ", (f"-{taken}", "$error")
        )

    def refused(self, sentence: str) -> None:
        """What was asked for was not done."""
        self._refusal = sentence
        self.say(self.content())
        self.query_one("#dialog").scroll_home(animate=False)

    def action_accept(self) -> None:
        """Take it over."""
        if self._can_act:
            self.post_message(Asked("accept", who=self._who))

    def action_discard(self) -> None:
        """Throw it away."""
        if self._can_act:
            self.post_message(self.DiscardRequested(self._who))
