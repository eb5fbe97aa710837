"""The line in which the person says what to look for; it is looked for while it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from trinity_tui.tui.safe_text import clean, cut

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from trinity_tui.tui.glyphs import Glyphs

LINE_CHARACTERS = 300
PROMPT_CELLS = 3


class SearchField(Input):
    """What is typed."""

    HELP = """\
Type any words; their order and endings do not matter. `kind:decision`, `by:builder-1`, `tag:deploy`, `newer:7d` and
`asof:2026-11-01` narrow it down. `enter` goes to what was found, `esc` shows everything again.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "give_up", "Show all"), ("down", "go_on", "To the list"), ("enter", "go_on", "To the list"),
    ]  # fmt: skip

    class Left(Message):
        """The person goes on to what was found."""

    def action_give_up(self) -> None:
        """Look for nothing any more."""
        self.value = ""
        self.post_message(self.Left())

    def action_go_on(self) -> None:
        """Go to what was found."""
        self.post_message(self.Left())


class SearchLine(Vertical):
    """The field, and how it went.

    Args:
        glyphs: The signs this terminal has.
        placeholder: What it says while it is empty.
        kind: The field, where it has another help than that of a search in the memory.
    """

    class Changed(Message):
        """Something else is looked for."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, glyphs: Glyphs, placeholder: str, kind: type[SearchField] = SearchField) -> None:
        super().__init__(id="search-line")
        self._prompt, self._more = glyphs.prompt, glyphs.more
        self._placeholder = placeholder
        self.field = kind(
            id="search", placeholder=placeholder, compact=True, max_length=LINE_CHARACTERS, select_on_focus=False
        )
        self._told = Static("", id="search-told")
        self._problem = Static("", id="search-problem")

    def compose(self) -> ComposeResult:
        """The field with its sign, beside it how much was found, below it what is wrong."""
        with Horizontal(id="search-row"):
            yield Static(Content.styled(f" {self._prompt} ", "$primary"), id="search-prompt")
            yield self.field
            yield self._told
        yield self._problem

    def on_mount(self) -> None:
        """Nothing is wrong yet."""
        self._problem.display = False

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        self.field.placeholder = cut(self._placeholder, self.size.width - PROMPT_CELLS - 1, self._more)

    def begin(self) -> None:
        """Have something typed; what was looked for before stands there until it is."""
        self.field.focus()
        self.field.action_select_all()

    def tell(self, text: str) -> None:
        """Say how much was found."""
        self._told.update(Content.styled(f" {text} " if text else "", "$text-dim"))

    def refuse(self, problem: str) -> None:
        """Say what cannot be looked for; an empty sentence takes it back."""
        self._problem.display = bool(problem)
        self._problem.update(Content.styled(f"   {clean(problem)}", "$warning"))

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))
