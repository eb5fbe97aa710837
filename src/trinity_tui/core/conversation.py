"""What is said between an instance and its brain: turns and tools in, pieces of an answer out.

One shape for every provider. What a model writes is data: a call it asks for is a wish, which ``core.policy`` judges.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Speaker = Literal["user", "assistant", "tool"]
EndReason = Literal["stop", "length", "tools", "refusal"]
"""``stop``: it had said all; ``length``: its limit was reached; ``tools``: it waits for its calls; ``refusal``: it
would not."""


class Call(msgspec.Struct, frozen=True):
    """A tool the model wants used."""

    id: str
    """Which result belongs to it; made by us where the provider gives none."""
    tool: str
    arguments: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])


class Turn(msgspec.Struct, frozen=True, omit_defaults=True):
    """One contribution to a conversation."""

    speaker: Speaker
    text: str = ""
    thinking: str = ""
    signature: str = ""
    """What the provider wants back with its thinking; means nothing to us."""
    calls: tuple[Call, ...] = ()
    call_id: str = ""
    """Whose result this is, where the speaker is ``tool``."""
    tool: str = ""
    is_error: bool = False
    """Whether a tool's result says that it failed or was not allowed."""
    cut: str = ""
    """Why the answer is not whole; empty where it is. A cut answer is never shown as a whole one."""
    at: str = ""
    """When, RFC 3339."""
    message_id: str = ""
    """The message on the bus that it came from or became."""


class ToolSpec(msgspec.Struct, frozen=True):
    """A tool as a model is told of it."""

    name: str
    description: str
    parameters: dict[str, Any]
    """JSON schema of an object."""


class Prompt(msgspec.Struct, frozen=True):
    """What a brain is asked. What is stable comes first, so that a provider can keep it."""

    stable: str
    """Role, persona, rules, tiers: the same from turn to turn."""
    fresh: str = ""
    """What holds now: findings, colleagues, the task."""
    turns: tuple[Turn, ...] = ()
    tools: tuple[ToolSpec, ...] = ()
    output_tokens: int = 4096
    """At most so many are to be written."""
    think: bool = False
    schema: dict[str, Any] | None = None
    """JSON schema the answer is to keep to; None: free text."""


class Usage(msgspec.Struct, frozen=True):
    """What one exchange used, by the provider's own figures."""

    input_tokens: int = 0
    """Read anew, without those from a cache."""
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    microdollars: int = 0
    """Millionths of a dollar; 0 where it costs nothing."""
    estimated_tokens: int = 0
    """Of all these, so many are estimated: the exchange was cut before the provider said."""
    assumed_microdollars: int = 0
    """Of the money, so much is counted by an assumed price: the model's own is not known."""

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.input_tokens + self.output_tokens + self.cache_read_tokens + self.cache_write_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(*(mine + theirs for mine, theirs in zip(_values(self), _values(other), strict=True)))


def _values(usage: Usage) -> tuple[int, ...]:
    return msgspec.structs.astuple(usage)


class Text(msgspec.Struct, frozen=True, tag="text"):
    """More of the answer."""

    text: str


class Thinking(msgspec.Struct, frozen=True, tag="thinking"):
    """More of what the model says to itself."""

    text: str
    signature: str = ""


class Called(msgspec.Struct, frozen=True, tag="called"):
    """A call, whole: its arguments are parsed."""

    call: Call


class Waiting(msgspec.Struct, frozen=True, tag="waiting"):
    """Nothing is said yet, and why: "slot 2 of 4", "loading qwen2.5:7b", "overloaded, again in 3 s"."""

    reason: str


class Counted(msgspec.Struct, frozen=True, tag="counted"):
    """What was used up to now, all together, as far as the provider says it before the end."""

    usage: Usage


class End(msgspec.Struct, frozen=True, tag="end"):
    """The answer is whole. Always the last event; a stream that ends without it was cut."""

    reason: EndReason
    usage: Usage = Usage()


Event = Text | Thinking | Called | Waiting | Counted | End
