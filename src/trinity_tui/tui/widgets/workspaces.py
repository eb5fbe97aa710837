"""The dialog that leads to another workspace: those that were opened before, and whether somebody is at work there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content

from trinity_tui.tui.clock import duration
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from pathlib import Path

    from textual.binding import BindingType

    from trinity_tui.client.workspaces import Place
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs


class WorkspaceDialog(Dialog["Path"]):
    """A list; the result is the folder that was chosen.

    Args:
        places: The latest first.
        here: The workspace that is open.
    """

    HELP = """\
`up` and `down` choose, `enter` opens the control room there; what runs here goes on. `esc` stays.
"""
    HAS_AGES: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        ("up", "step(-1)", "Before"), ("down", "step(1)", "Next"), ("enter", "go", "Open"),
    ]  # fmt: skip

    def __init__(self, places: list[Place], here: Path, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__("Workspaces", (("enter", "open"), ("esc", "stay here")))
        self._places = [place for place in places if place.path != here]
        self._clock = clock
        self._glyphs = glyphs
        self._at = 0

    def content(self) -> Content:
        """One row each."""
        if not self._places:
            return Content("No other workspace was opened yet. `trinity` in a folder makes it one.")
        return Content("\n").join(self._row(index, place) for index, place in enumerate(self._places))

    def _row(self, index: int, place: Place) -> Content:
        is_chosen = index == self._at
        sign = self._glyphs.state("ONLINE" if place.is_running else "OFFLINE")
        state = "runs" if place.is_running else f"opened {duration(self._clock.now() - place.at)} ago"
        return Content.assemble(
            ("> " if is_chosen else "  ", "$primary"), f"{sign} ",
            (clean(str(place.path)), "bold" if is_chosen else "$text-dim"), (f"  {state}", "$text-faint"),
        )  # fmt: skip

    def action_step(self, steps: int) -> None:
        """Another one."""
        if self._places:
            self._at = (self._at + steps) % len(self._places)
            self.say(self.content())

    def action_go(self) -> None:
        """Go there."""
        if self._places:
            self.dismiss(self._places[self._at].path)
