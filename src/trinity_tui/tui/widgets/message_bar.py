"""Where the person writes: addressed to one instance or all, a draft kept for each, what was sent at hand again."""

from __future__ import annotations

import re
from os.path import commonprefix
from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.message import Message

from trinity_tui.tui import addressing, line_command
from trinity_tui.tui.drafts import Drafts
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.widgets.addressee import Addressee
from trinity_tui.tui.widgets.entry import Entry
from trinity_tui.tui.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual import events
    from textual.app import ComposeResult

    from trinity_tui.tui.glyphs import Glyphs

_BEGUN = re.compile(r"(?:^|\s)(@[^\s@]*)$")


def _nobody() -> Mapping[str, str]:
    return {}


class MessageBar(Horizontal):
    """The addressed input.

    Args:
        glyphs: The signs this terminal has.
        drafts: What is written and not sent, and what was sent.
        people: The instances there are, and the role of each.
    """

    HELP = """\
`enter` sends, `alt+enter` (or `ctrl+j`) begins a new line. `up` brings back what was sent before, `ctrl+r` looks for a
text in it: type to narrow, `ctrl+r` again for older ones, `enter` takes it, `esc` leaves everything as it was.
`@name` or `@role` at the beginning says whom it goes to, more than one if you like; before the text it is shown.
After something was sent a digit writes to another one; a text that begins with a digit begins with a space.
`@` and a path of the workspace sends that file along as data; `tab` completes paths and names; `@@` is a plain `@`.
`/` and a command, such as `/pause builder-1` or `/screen chat`, does it; `tab` completes, `//` is a plain `/`.
`esc` leaves; the draft stays, one for each address.
"""

    class Submitted(Message):
        """The person sent something."""

        def __init__(self, to: str, content: str, reply_to: str) -> None:
            super().__init__()
            self.to, self.content, self.reply_to = to, content, reply_to

    class CommandGiven(Message):
        """The person wants something done."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    class WordBegun(Message):
        """The person wants a path or a name, which begin with ``@``, or a command completed."""

        def __init__(self, begun: str) -> None:
            super().__init__()
            self.begun = begun

    class Drafted(Message):
        """What is not sent yet has changed."""

        def can_replace(self, message: Message) -> bool:
            """One says as much as many."""
            return isinstance(message, MessageBar.Drafted)

    class Left(Message):
        """The person left the input."""

    def __init__(
        self, glyphs: Glyphs, drafts: Drafts | None = None, people: Callable[[], Mapping[str, str]] = _nobody
    ) -> None:
        super().__init__(id="message-bar")
        self._drafts = drafts if drafts is not None else Drafts()
        self._writing = Writing(self._drafts, self, lambda: self.post_message(self.Drafted()))
        self._recall = self._writing.recall
        self._people = people
        self._refusal = ""
        self._addressee = Addressee(glyphs)
        self.entry = Entry(self)
        self.is_between = False
        """Whether something was just sent, and nothing typed since."""

    def compose(self) -> ComposeResult:
        """The address, and the input."""
        yield self._addressee
        yield self.entry

    def on_mount(self) -> None:
        """Nobody is addressed yet."""
        self._show_address()

    def on_resize(self, event: events.Resize) -> None:
        """Have room made above for what is told meanwhile."""
        self.screen.set_class(event.size.height > 1, "-long")

    def refuse(self, sentence: str) -> None:
        """Say why nothing can be written here; an empty sentence takes it back."""
        if sentence != self._refusal:
            self._refusal = sentence
            self.entry.display = not sentence
            self._show_address()

    def on_descendant_focus(self) -> None:
        """The person writes."""
        self.add_class("-writing")

    def on_descendant_blur(self) -> None:
        """The person does something else; what is not sent is a draft, and no longer looked for."""
        self.remove_class("-writing")
        if not self.is_attached:
            return
        if self.is_searching:
            self._recall.leave()
            self._show_found()
        self._writing.leave()
        self._show_address()

    # Whom it goes to -----------------------------------------------------------------------------------------------

    @property
    def to(self) -> str:
        """Whom it is addressed to; empty while it is nobody."""
        return self._writing.to

    def address(self, to: str, reply_to: str = "") -> None:
        """Write to this one from now on; the draft to the one before is kept, and its own comes back."""
        self.is_between = False
        self._writing.address(to, reply_to)
        self._show_address()

    def _show_address(self) -> None:
        shown = self._addressee
        if self._refusal:
            shown.refuse(self._refusal)
        elif self._recall.wanted is not None:
            shown.look(self._recall.wanted, is_missing=self._recall.is_missing)
        else:
            self._show_recipients()
        between = "a digit writes to another" if self.is_between else ""
        self.entry.placeholder = between if self.to else "a digit writes to one, 0 to all"

    def _show_recipients(self) -> None:
        found, writing = self._addressed(), self._writing
        if found.unknown and self.begun != f"@{found.unknown}":
            self._addressee.miss(found.unknown)
            return
        recipients = found.recipients or ((self.to,) if self.to else ())
        answers = bool(writing.reply_to) and recipients == (self.to,)
        self._addressee.address(recipients, answers=answers, is_draft=writing.is_returned)

    def _addressed(self) -> addressing.Addressed:
        # Most messages begin with no name: then nobody has to be looked up for a letter.
        text = self.entry.text
        return addressing.read(text, self.to, self._people() if text.lstrip().startswith("@") else {})

    # Drafts --------------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What is written."""
        return self.entry.text

    def put(self, text: str) -> None:
        """Have this written instead."""
        self.entry.text = text
        self.entry.move_cursor(self.entry.document.end)
        self._show_address()

    def on_text_area_changed(self) -> None:
        """Something else is written."""
        self.is_between = self.is_between and not self.text
        self._writing.changed()
        self._show_address()

    def put_away(self) -> None:
        """The screen is left: what is written is kept for the bar of the next one."""
        self._writing.put_away()

    def take_out(self) -> None:
        """The screen is seen again: what was written on another one is here too."""
        self._writing.take_out()

    def understood(self, line: str) -> None:
        """The command is being done."""
        self._writing.understood(line)

    def accepted(self, to: str, content: str) -> None:
        """One it was for has it."""
        self._writing.heard(to, content, is_taken=True)

    def refused(self, to: str, content: str) -> None:
        """One it was for will not have it."""
        self._writing.heard(to, content, is_taken=False)

    # Sending -------------------------------------------------------------------------------------------------------

    def submit(self) -> None:
        """Send what is written, or have it done."""
        if line_command.is_command(self.text):
            self.post_message(self.CommandGiven(self.text))
            return
        found = self._addressed()
        if found.unknown:
            said = addressing.problem(found.unknown, self._people())
            self.notify(clean(said), severity="warning", markup=False)
        elif found.recipients and found.content.strip():
            message = self._writing.send(found)
            for to in message.recipients:
                self.post_message(self.Submitted(to, message.content, message.reply_to))
            self.is_between = True
            self._show_address()

    @property
    def begun(self) -> str | None:
        """The word with an ``@``, or the command, that is being typed; None where none is."""
        row, column = self.entry.cursor_location
        if line_command.is_command(self.entry.text) and not row:
            return self.entry.text[:column]
        found = _BEGUN.search(self.entry.document.get_line(row)[:column])
        return found[1] if found is not None else None

    def complete_begun(self) -> None:
        """Have what was begun completed."""
        if self.begun is not None:
            self.post_message(self.WordBegun(self.begun))

    def complete(self, begun: str, names: list[str]) -> list[str]:
        """Go on with what was begun as far as there is only one way.

        Returns:
            The names it may still become; none where it is done, or something else is typed by now.
        """
        if not names or self.begun != begun:
            return []
        common = commonprefix(names)
        is_done = len(names) == 1 and not common.endswith("/")
        self.entry.insert(common[len(begun) :] + (" " if is_done else ""))
        return [] if len(names) == 1 else names

    # What was sent -------------------------------------------------------------------------------------------------

    def recall(self, steps: int) -> None:
        """Go back in what was sent, or forward again to the draft."""
        if self._recall.step(steps, self.entry.text):
            self.put(self._recall.shown)

    def look_back(self) -> None:
        """Look for something that was sent; while one looks already, further back."""
        self._recall.look(self.entry.text)
        self._show_found()

    def narrow(self, letters: str) -> None:
        """Look for what contains these letters as well."""
        self._recall.narrow((self._recall.wanted or "") + letters)
        self._show_found()

    @property
    def is_searching(self) -> bool:
        """Whether something is looked for in what was sent."""
        return self._recall.wanted is not None

    def press(self, key: str, character: str) -> bool:
        """Let the search have a key; whether it was for it alone."""
        is_taken = self._recall.press(key, character)
        self._show_found()
        return is_taken

    def _show_found(self) -> None:
        if self.entry.text != self._recall.shown:
            self.put(self._recall.shown)
        self._show_address()

    def leave(self) -> None:
        """Go back to where the person came from."""
        self.post_message(self.Left())
