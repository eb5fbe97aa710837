"""What is written and not sent, by address, and what was sent: the same on every screen.

A draft stays until it was sent and everybody it was for has it, whatever happens to the screen in between.
"""

from __future__ import annotations

import msgspec

from trinity_tui.tui import addressing

HISTORY_KEPT = 200


class Outgoing(msgspec.Struct):
    """A message that was sent and not taken by all yet: it stays a draft, though the line is empty.

    Attributes:
        address: Whom the line was addressed to: the draft's address.
        written: As it was written, with the names it begins with.
        content: What is sent of it.
        recipients: Whom it goes to.
        reply_to: What it answers.
        waits_for: Of whom it is not known yet whether they have it.
        refused: Who did not get it.
    """

    address: str
    written: str
    content: str
    recipients: tuple[str, ...]
    reply_to: str = ""
    waits_for: list[str] = msgspec.field(default_factory=list[str])
    refused: list[str] = msgspec.field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.waits_for = list(self.recipients)

    @property
    def left(self) -> str:
        """What a person has to send again; empty where everybody has it."""
        if len(self.refused) == len(self.recipients):
            return self.written
        return addressing.again(self.content, self.refused) if self.refused else ""


class Drafts:
    """The drafts and the history of one program.

    Args:
        texts: What was not sent before, by address.
        sent: What was, the newest last.
    """

    def __init__(self, texts: dict[str, str] | None = None, sent: list[str] | None = None) -> None:
        self.texts = texts if texts is not None else {}
        self.sent = sent if sent is not None else []
        self.fresh: list[str] = []
        """What was sent and is not kept yet."""
        self._under_way: list[Outgoing] = []

    def keep(self, address: str, text: str) -> bool:
        """This is what is written to somebody now.

        Returns:
            Whether that is another draft than before.
        """
        before = self.texts.get(address, "")
        if text == before or (not text and any(one.written == before for one in self._under_way)):
            return False
        if text:
            self.texts[address] = text
        else:
            del self.texts[address]
        return True

    def send(self, message: Outgoing) -> None:
        """This goes out: it can be called back, and stays a draft until it is accepted."""
        self._under_way.append(message)
        self.remember(message.written)
        self.texts[message.address] = message.written

    def heard(self, to: str, content: str, *, is_taken: bool) -> Outgoing | None:
        """One of those a message is for has it, or will not have it.

        Returns:
            The message, once that is known of all it is for; None before, and where none is under way.
        """
        ours = (one for one in self._under_way if one.content == content and to in one.waits_for)
        message = next(ours, None)
        if message is None:
            return None
        message.waits_for.remove(to)
        if not is_taken:
            message.refused.append(to)
        if message.waits_for:
            return None
        self._under_way.remove(message)
        return message

    def settle(self, message: Outgoing) -> bool:
        """It is known of all whether they have it: the draft is done with, or what is left of it is one.

        Returns:
            Whether it is still the draft; else something was begun in its place, and that stays.
        """
        if self.texts.get(message.address) != message.written:
            return False
        if message.left:
            self.texts[message.address] = message.left
        else:
            del self.texts[message.address]
        return True

    def remember(self, text: str) -> None:
        """This can be called back."""
        if not self.sent or self.sent[-1] != text:
            self.sent.append(text)
            self.fresh.append(text)
            del self.sent[:-HISTORY_KEPT]
