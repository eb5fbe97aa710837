"""The dialog in which a theme is chosen: the screen wears each while it is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.content import Content

from trinity_tui.tui.wardrobe import ThemeChosen
from trinity_tui.tui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from textual.app import App
    from textual.binding import BindingType


class ThemeDialog(Dialog[None]):
    """A list; what is kept is told as ``ThemeChosen``.

    Args:
        names: What there is.
        worn: The theme to go back to.
    """

    HELP = """\
`up` and `down` try a theme on, `enter` keeps it for the next time, `esc` goes back to the one before.
Your own themes lie in `~/.config/trinity/themes/`.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        ("up", "step(-1)", "Before"), ("down", "step(1)", "Next"), ("enter", "keep", "Keep"),
    ]  # fmt: skip

    def __init__(self, names: list[str], worn: str) -> None:
        super().__init__("Themes", (("enter", "keep"), ("esc", "back")))
        self._names = names
        self._worn = worn
        self._at = names.index(worn) if worn in names else 0

    def content(self) -> Content:
        """One row each."""
        return Content("\n").join(
            Content.assemble(("> " if index == self._at else "  ", "$primary"), (name, self._style(index)))
            for index, name in enumerate(self._names)
        )

    def _style(self, index: int) -> str:
        return "bold" if index == self._at else "$text-dim"

    def action_step(self, steps: int) -> None:
        """Try another one on."""
        self._at = (self._at + steps) % len(self._names)
        self._wear(self._names[self._at])
        self.say(self.content())

    def action_keep(self) -> None:
        """Keep it."""
        self.post_message(ThemeChosen(self._names[self._at]))
        self.dismiss(None)

    def action_close(self) -> None:
        """Go back to the one before."""
        self._wear(self._worn)
        self.dismiss(None)

    def _wear(self, name: str) -> None:
        # The result type of an App that only its screens know is left open.
        cast("App[None]", self.app).theme = name  # pyright: ignore[reportUnknownMemberType]
