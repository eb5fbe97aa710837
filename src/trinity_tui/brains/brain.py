"""The one interface of a brain: a prompt in, a stream of events out, every failure an error of ours with its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from trinity_tui.core.brain_name import BrainName
    from trinity_tui.core.conversation import Event, Prompt, Usage


class Brain(Protocol):
    """Where an instance's words come from."""

    name: BrainName
    window_tokens: int
    """How much it can take in at once, its answer included; 0 where that is not known."""
    has_tools: bool
    """Whether it calls tools by its own protocol; else calls in its text are for it."""

    def stream(self, prompt: Prompt) -> AsyncGenerator[Event]:
        """Ask it. ``End`` is the last event of a whole answer, and of no other.

        Closing the generator, or cancelling who iterates, ends the exchange at the provider at once.

        Raises:
            BrainError: It is not there, refuses, or its answer was cut.
        """
        ...

    def priced(self, usage: Usage) -> Usage:
        """The same with what it costs here."""
        ...

    async def aclose(self) -> None:
        """Let its connections go."""
        ...
