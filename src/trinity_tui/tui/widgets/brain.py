"""The dialog in which the person says what an instance is to think with: a brain that is known, or another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from trinity_tui.core import brain_name
from trinity_tui.tui.asked import Asked
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType

NAME_CHARACTERS = 300
ALWAYS = ("auto", "builtin", "ollama", "claude")


def choices(used: Iterable[str]) -> list[str]:
    """What is offered: the two that need nothing, each provider's usual model, and what others use."""
    found: dict[str, None] = {}
    for name in (*ALWAYS, *sorted(set(used))):
        try:
            found[str(brain_name.parse(name))] = None
        except ValueError:
            continue
    return list(found)


class BrainDialog(Dialog[None]):
    """A list and a line; what is written counts.

    Args:
        who: Whose brain.
        brain: The one that answers now; empty where it has not said so.
        used: Those others use.
        asked_for: The one that is configured, which may be another while it is not there: the choice begins with it.
        reason: Why that one does not answer; empty where it does.
    """

    HELP = """\
`up` and `down` go through the brains that are known, or write another one: `ollama:<model>`, `claude:<model>`,
`openai:<base_url>#<model>`. `enter` has it used from the next exchange on, without a restart; `esc` changes nothing.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        ("up", "step(-1)", "Before"), ("down", "step(1)", "Next"), ("escape", "close", "Close"),
    ]  # fmt: skip

    def __init__(self, who: str, brain: str, used: Iterable[str], asked_for: str = "", reason: str = "") -> None:
        title = f"What {clean(who)} thinks with"
        super().__init__(title, (("up down", "choose"), ("enter", "use it"), ("esc", "close")))
        self._who = who
        self._brain = brain
        self._reason = reason
        self._choices = choices([brain, asked_for, *used])
        self._asked_for = asked_for or brain
        self._at = self._choices.index(self._asked_for) if self._asked_for in self._choices else -1

    def on_mount(self) -> None:
        """Put the line below the list, and the cursor into it."""
        start = self._asked_for if self._at >= 0 else ""
        field = Input(start, id="brain-name", max_length=NAME_CHARACTERS, compact=True)
        self.query_one("#dialog", VerticalScroll).mount(field, Static("", id="brain-refused"))
        field.focus()

    def content(self) -> Content:
        """Which one answers now, and those that are known; the chosen one is marked."""
        rows = [self._row(index, name) for index, name in enumerate(self._choices)]
        return Content("\n").join([self._now(), Content(""), *rows, Content("")])

    def _now(self) -> Content:
        if not self._brain:
            return Content.styled("Which one answers now is not known yet.", "$text-dim")
        is_asked_for = self._asked_for in ("", self._brain)
        asked = "" if is_asked_for else f"; {clean(self._asked_for)} is asked for"
        why = f": {clean(self._reason)}" if asked and self._reason else ""
        return Content.assemble((clean(self._brain), "bold $primary"), (f" answers now{asked}{why}", "$text-dim"))

    def _row(self, index: int, name: str) -> Content:
        mark = "> " if index == self._at else "  "
        tail = "  answers now" if name == self._brain else "  asked for" if name == self._asked_for else ""
        return Content.assemble(
            (mark, "$primary"), (clean(name), "bold" if index == self._at else "$text-dim"), (tail, "$text-faint")
        )

    def action_step(self, steps: int) -> None:
        """Another one of the list."""
        self._at = (self._at + steps) % len(self._choices) if self._at >= 0 or steps > 0 else len(self._choices) - 1
        self.query_one("#brain-name", Input).value = self._choices[self._at]
        self.say(self.content())

    @on(Input.Changed)
    def _follow(self, event: Input.Changed) -> None:
        self._at = self._choices.index(event.value) if event.value in self._choices else -1
        self.say(self.content())

    @on(Input.Submitted)
    def _request(self, event: Input.Submitted) -> None:
        try:
            name = brain_name.parse(event.value.strip())
        except ValueError as error:
            self.query_one("#brain-refused", Static).update(Content.styled(clean(str(error)), "$error"))
            return
        self.post_message(Asked("brain", who=self._who, brain=str(name)))
        self.dismiss(None)
