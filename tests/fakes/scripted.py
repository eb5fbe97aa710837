"""What a fake model server is to answer: replies in order, chosen by what it is asked, each with what is to go wrong.

A script is a JSON object; see ``Script`` and ``Reply``. What was asked, and how each exchange ended, is its journal.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

Fault = Literal["", "drop", "end", "error", "malformed", "silent", "html"]
"""``drop``: the connection breaks; ``end``: the stream ends properly, but too early; ``error``: the provider's own
error within the stream; ``malformed``: what is no JSON; ``silent``: nothing more comes; ``html``: a page of another
server."""


class ScriptedCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tool call of the model's."""

    tool: str
    arguments: dict[str, Any] = {}
    raw: str = ""
    """What stands in the place of the arguments, as it is sent; empty: the arguments."""

    @property
    def text(self) -> str:
        """The arguments as they are sent."""
        return self.raw or msgspec.json.encode(self.arguments).decode()


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer of the model."""

    text: str = ""
    thinking: str = ""
    calls: tuple[ScriptedCall, ...] = ()
    when: str = ""
    """A pattern that the last message of the prompt must contain."""
    system: str = ""
    """A pattern that the system prompt must contain, such as an instance's name."""
    model: str = ""
    """For this model only."""
    recites: bool = False
    """Whether it says the line of its prompt that has what is asked about between « and »: it knows nothing else."""
    stays: bool = False
    """Whether it is given again and again instead of once."""
    repeat: int = 1
    """How often the text comes, to make it long."""
    chunk: int = 4
    """Characters a piece."""
    first_seconds: float = 0.0
    """Before the first piece."""
    piece_seconds: float = 0.0
    """Before each further one."""
    fault: Fault = ""
    after: int = 0
    """So many pieces come before the fault."""
    error: str = "the model runner has unexpectedly stopped"
    """What the provider says, where it says so itself."""
    status: int = 200
    retry_after: str = ""
    """The header, with a status of refusal."""
    reason: str = ""
    """Why it ended, in the provider's word; the usual one where this is empty."""
    input_tokens: int = 26
    output_tokens: int = 0
    """One a piece where this is 0."""
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0

    @property
    def headers(self) -> dict[str, str]:
        """Of a refusal."""
        wait = {"Retry_After": self.retry_after} if self.retry_after else {}
        return wait | ({"Location": "/elsewhere"} if 300 <= self.status < 400 else {})

    def pieces(self, text: str) -> list[str]:
        """The text as it comes."""
        return [text[at : at + self.chunk] for at in range(0, len(text), self.chunk)]

    @property
    def whole(self) -> str:
        """All of its text."""
        return self.text * self.repeat


class Script(msgspec.Struct, forbid_unknown_fields=True):
    """What a server is and says."""

    models: list[str] = msgspec.field(default_factory=lambda: ["qwen2.5:7b"])
    loaded: list[str] = []
    """Those in memory."""
    parallel: int = 1
    """Requests a model answers at a time; more wait."""
    queue: int = 512
    """So many may wait; further ones are refused as overloaded."""
    context_length: int = 32_768
    abilities: list[str] = msgspec.field(default_factory=lambda: ["completion", "tools", "thinking"])
    """What its models can do."""
    key: str = ""
    """What a client must show; empty: nothing."""
    replies: list[Reply] = []
    otherwise: Reply = Reply(text="I have nothing to say to that.", stays=True)

    def reply_to(self, system: str, last: str, model: str) -> Reply:
        """The first reply that fits; it is used up, unless it stays."""
        for reply in self.replies:
            fits = re.search(reply.when, last) and re.search(reply.system, system)
            if fits and reply.model in ("", model):
                if not reply.stays:
                    self.replies.remove(reply)
                return reply
        return self.otherwise


def recited(reply: Reply, said: Iterable[str], asked: str) -> Reply:
    """The reply, with what it recites of what was said before the question."""
    if not reply.recites:
        return reply
    subject = re.search("«(.+?)»", asked)
    lines = (line for text in said for line in text.splitlines())
    found = (line.strip() for line in lines if subject is not None and subject[1] in line and "«" not in line)
    return msgspec.structs.replace(reply, text=next(found, "That I do not know."))


class Asked(msgspec.Struct):
    """One request, for the journal."""

    path: str
    body: Any
    headers: dict[str, str]
    ended: str = ""
    """``whole``, ``fault`` or ``left``: the client went away; empty while it runs."""
