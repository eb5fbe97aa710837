"""What is written to one address: a draft with every letter, what was called back of it, and what became of the rest.

The line it is written in shows it; whom it goes to and what is looked for, that line says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from trinity_tui.tui import line_command
from trinity_tui.tui.drafts import Drafts, Outgoing
from trinity_tui.tui.recall import Recall

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.tui.addressing import Addressed


class Sheet(Protocol):
    """Where it is written."""

    @property
    def text(self) -> str:
        """What stands there."""
        ...

    def put(self, text: str) -> None:
        """Have this stand there instead."""
        ...


class Writing:
    """What is written.

    Args:
        drafts: What is written and not sent, and what was sent.
        sheet: Where it is written.
        drafted: Told that what is not sent yet has changed.
    """

    def __init__(self, drafts: Drafts, sheet: Sheet, drafted: Callable[[], object]) -> None:
        self._drafts = drafts
        self._sheet = sheet
        self._drafted = drafted
        self.recall = Recall(drafts.sent)
        self.to = ""
        self.reply_to = ""
        self._returned = ""
        """What was put back and not touched since: it was not sent."""

    @property
    def is_returned(self) -> bool:
        """Whether a draft stands there as it was left."""
        return bool(self._returned) and self._returned == self._sheet.text

    def address(self, to: str, reply_to: str) -> None:
        """Write to this one from now on; the draft to the one before is kept, and its own comes back."""
        if to != self.to:
            self.put_away()
            self.to = to
            self.recall.end()
            self._return(self._drafts.texts.get(to, ""))
        self.reply_to = reply_to

    def changed(self) -> None:
        """What is written is a draft with every letter, as somebody may hang up."""
        text, recall = self._sheet.text, self.recall
        if recall.back and recall.wanted is None and text != recall.shown:
            # What was called back and changed is what is written now; what was written before is called back with up.
            if recall.draft:
                self._drafts.remember(recall.draft)
            recall.end()
        self.put_away()

    def leave(self) -> None:
        """The person does something else: what is not sent is a draft."""
        if not self.recall.is_away:
            self._returned = self._sheet.text

    def put_away(self) -> None:
        """Keep what is written for whoever shows it next."""
        if not self.recall.is_away and self.to and self._drafts.keep(self.to, self._sheet.text):
            self._drafted()

    def take_out(self) -> None:
        """What was written elsewhere is here too."""
        if self.to and not self.recall.is_away:
            kept = self._drafts.texts.get(self.to, "")
            if kept != self._sheet.text:
                self._return(kept)

    def _return(self, draft: str) -> None:
        self._returned = draft
        self._sheet.put(draft)

    def understood(self, line: str) -> None:
        """The command is being done."""
        self._drafts.remember(line)
        if self._sheet.text == line:
            self._clear()

    def _clear(self) -> None:
        """What was written is done with; where it was called back, the draft is there again."""
        draft = self.recall.draft
        self.recall.end()
        self._return(draft)

    def send(self, found: Addressed) -> Outgoing:
        """What is written goes out, and stays a draft until everybody it is for has it."""
        written = self._sheet.text
        content = line_command.unescaped(found.content) if found.content == written else found.content
        reply_to = self.reply_to if found.recipients == (self.to,) else ""
        message = Outgoing(self.to, written, content, found.recipients, reply_to)
        self._drafts.send(message)
        self._clear()
        self._drafted()
        self.reply_to = ""
        return message

    def heard(self, to: str, content: str, *, is_taken: bool) -> None:
        """What was sent is on record, and its draft done with; or it comes back, unless something else was begun."""
        message = self._drafts.heard(to, content, is_taken=is_taken)
        if message is None:
            return
        is_shown = message.address == self.to
        if not message.refused and is_shown and self._sheet.text == message.written:
            # The same is being written once more.
            return
        if self._drafts.settle(message):
            self._drafted()
            if message.left and is_shown and not self._sheet.text:
                self.reply_to = message.reply_to
                self._return(message.left)
