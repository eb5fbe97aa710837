"""Where the person writes: addressed to one instance or all, a draft kept for each, what was sent at hand again.

A draft stays until it was sent and accepted, whatever happens to the screen in between.
"""

from __future__ import annotations

import re
from os.path import commonprefix
from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static, TextArea

from trinity_tui.core.address import BROADCAST
from trinity_tui.tui.safe_text import clean

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from trinity_tui.tui.glyphs import Glyphs

HISTORY_KEPT = 200
NEW_LINE_KEYS = ("alt+enter", "shift+enter", "ctrl+j")
"""Terminals differ in which of these they can send; ``ctrl+j`` is a line feed in all of them."""

_BEGUN = re.compile(r"(?:^|\s)@([^\s@]*)$")


class Drafts:
    """What is written and not sent, by address, and what was sent: the same on every screen.

    Args:
        texts: What was not sent before.
    """

    def __init__(self, texts: dict[str, str] | None = None) -> None:
        self.texts = texts if texts is not None else {}
        self.sent: list[str] = []
        self.under_way: set[str] = set()
        """What was sent and not accepted yet: it stays a draft, though the input is empty."""


class MessageBar(Horizontal):
    """The addressed input."""

    HELP = """\
`enter` sends, `alt+enter` (or `ctrl+j`) begins a new line, `up` brings back what was sent before.
`@` and a path of the workspace sends that file along as data, `tab` completes the path; `@@` is a plain `@`.
`esc` leaves; the draft stays, one for each address.
"""

    class Submitted(Message):
        """The person sent something."""

        def __init__(self, to: str, content: str, reply_to: str) -> None:
            super().__init__()
            self.to, self.content, self.reply_to = to, content, reply_to

    class PathBegun(Message):
        """The person wants a path completed."""

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

    def __init__(self, glyphs: Glyphs, drafts: Drafts | None = None) -> None:
        super().__init__(id="message-bar")
        self._glyphs = glyphs
        self._kept_texts = drafts if drafts is not None else Drafts()
        self._back = 0
        """How far back in the history the input is; 0 is the draft."""
        self._kept = ""
        self.to = ""
        self.reply_to = ""

    def compose(self) -> ComposeResult:
        """The address, and the input."""
        yield Static(id="message-to")
        yield Entry()

    @property
    def entry(self) -> Entry:
        """The input itself."""
        return self.query_one(Entry)

    def on_mount(self) -> None:
        """Nobody is addressed yet."""
        self._show_address()

    def on_descendant_focus(self) -> None:
        """The person writes."""
        self.add_class("-writing")

    def on_descendant_blur(self) -> None:
        """The person does something else."""
        self.remove_class("-writing")

    def address(self, to: str, reply_to: str = "") -> None:
        """Write to this one from now on; the draft to the one before is kept, and its own comes back."""
        if to != self.to:
            if self.to and not self._back:
                self._keep(self.to, self.entry.text)
            self.to = to
            self._back = 0
            self._put(self._kept_texts.texts.get(to, ""))
        self.reply_to = reply_to
        self._show_address()

    def on_text_area_changed(self) -> None:
        """What is written is a draft with every letter, as somebody may hang up."""
        if self.to and not self._back:
            self._keep(self.to, self.entry.text)

    def _keep(self, to: str, text: str) -> None:
        texts = self._kept_texts.texts
        if text and texts.get(to) != text:
            texts[to] = text
            self.post_message(self.Drafted())
        elif not text and to in texts and texts[to] not in self._kept_texts.under_way:
            del texts[to]
            self.post_message(self.Drafted())

    def put_away(self) -> None:
        """The screen is left: what is written is kept for the bar of the next one."""
        if self.to and not self._back:
            self._keep(self.to, self.entry.text)

    def take_out(self) -> None:
        """The screen is seen again: what was written on another one is here too."""
        if self.to and not self._back:
            kept = self._kept_texts.texts.get(self.to, "")
            if kept != self.entry.text:
                self._put(kept)

    def _show_address(self) -> None:
        name = "all" if self.to == BROADCAST else clean(self.to)
        verb = "answer" if self.reply_to else "to"
        text = f"{self._glyphs.prompt} {verb} {name}: " if name else f"{self._glyphs.prompt} "
        self.query_one("#message-to", Static).update(Content(text))
        self.entry.placeholder = "" if name else "a digit writes to an instance, 0 to all"

    def accepted(self, to: str, content: str) -> None:
        """What was sent is on record: its draft is done with."""
        self._kept_texts.under_way.discard(content)
        if self._kept_texts.texts.get(to) == content and (to != self.to or self.entry.text != content):
            del self._kept_texts.texts[to]
            self.post_message(self.Drafted())

    def refused(self, to: str, content: str, reply_to: str) -> None:
        """What was sent was not taken: give it back, unless something else was begun."""
        self._kept_texts.under_way.discard(content)
        self._kept_texts.texts.setdefault(to, content)
        if self.to == to and not self.entry.text:
            self._put(content)
            self.reply_to = reply_to
            self._show_address()

    def submit(self) -> None:
        """Send what is written."""
        content = self.entry.text
        if not content.strip() or not self.to:
            return
        self._kept_texts.under_way.add(content)
        self._keep(self.to, content)
        sent = self._kept_texts.sent
        if not sent or sent[-1] != content:
            sent.append(content)
            del sent[:-HISTORY_KEPT]
        self._back = 0
        self._put("")
        self.post_message(self.Submitted(self.to, content, self.reply_to))
        self.reply_to = ""
        self._show_address()

    @property
    def path(self) -> str | None:
        """The path that is being typed after an ``@``; None where none is."""
        row, column = self.entry.cursor_location
        found = _BEGUN.search(self.entry.document.get_line(row)[:column])
        return found[1] if found is not None else None

    def complete(self, begun: str, names: list[str]) -> list[str]:
        """Go on with a path as far as there is only one way.

        Returns:
            The names it may still become; none where it is done, or something else is typed by now.
        """
        if not names or self.path != begun:
            return []
        common = commonprefix(names)
        is_done = len(names) == 1 and not common.endswith("/")
        self.entry.insert(common[len(begun) :] + (" " if is_done else ""))
        return [] if len(names) == 1 else names

    def recall(self, steps: int) -> None:
        """Go back in what was sent, or forward again to the draft."""
        target = max(0, min(self._back + steps, len(self._kept_texts.sent)))
        if target == self._back:
            return
        if self._back == 0:
            self._kept = self.entry.text
        self._back = target
        self._put(self._kept_texts.sent[-target] if target else self._kept)

    def leave(self) -> None:
        """Go back to where the person came from."""
        self.post_message(self.Left())

    def _put(self, text: str) -> None:
        self.entry.text = text
        self.entry.move_cursor(self.entry.document.end)


class Entry(TextArea):
    """The input of the message bar."""

    def __init__(self) -> None:
        super().__init__(
            id="message-text", compact=True, show_line_numbers=False, soft_wrap=True, highlight_cursor_line=False
        )

    @property
    def bar(self) -> MessageBar:
        """The bar this is part of."""
        parent = self.parent
        assert isinstance(parent, MessageBar)
        return parent

    async def _on_key(self, event: events.Key) -> None:
        handled = True
        if event.key == "enter":
            self.bar.submit()
        elif event.key in NEW_LINE_KEYS:
            self.insert("\n")
        elif event.key == "escape":
            self.bar.leave()
        elif event.key == "tab" and self.bar.path is not None:
            self.bar.post_message(MessageBar.PathBegun(self.bar.path))
        elif event.key == "up" and self.cursor_at_first_line:
            self.bar.recall(1)
        elif event.key == "down" and self.cursor_at_last_line:
            self.bar.recall(-1)
        else:
            handled = False
        if handled:
            event.stop()
            event.prevent_default()
        else:
            await super()._on_key(event)
