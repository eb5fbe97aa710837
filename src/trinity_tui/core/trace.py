"""A line of an instance's ``trace.jsonl``: an exchange with its brain, or a call of a tool; redacted and cut.

What was said to others is in the log; here is how it came about.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from trinity_tui.core.conversation import Usage
from trinity_tui.core.redact import redact, redact_values

TEXT_CHARACTERS = 4_000
"""What is kept of each text."""


class Exchange(msgspec.Struct, frozen=True, tag="exchange", omit_defaults=True):
    """A prompt and what was said to it."""

    at: str
    turn: str
    """The id of the message it is about."""
    brain: str
    seconds: float
    prompt_tokens: int
    """Of the prompt, as estimated."""
    left_out: tuple[str, ...] = ()
    """What there was no room for."""
    text: str = ""
    thinking: str = ""
    calls: tuple[str, ...] = ()
    """The tools it wants used."""
    end: str = ""
    """Why it ended; empty where it did not by itself."""
    problem: str = ""
    usage: Usage = Usage()


class Use(msgspec.Struct, frozen=True, tag="use", omit_defaults=True):
    """A call, who let it happen, and what came of it."""

    at: str
    turn: str
    call: str
    tool: str
    arguments: Any
    summary: str
    verdict: Literal["allow", "ask", "deny"]
    rule: str
    """Which rule said so."""
    decided_by: str
    """``rule``, ``human``, the grant of the person's in words, or why nobody had to."""
    state: str
    """``done``, ``failed``, ``refused`` or ``cut``."""
    result: str = ""
    seconds: float = 0.0


TraceLine = Exchange | Use


def redacted(line: TraceLine) -> TraceLine:
    """The line as it may be kept."""
    if isinstance(line, Exchange):
        return msgspec.structs.replace(
            line, text=_shown(line.text), thinking=_shown(line.thinking), problem=redact(line.problem)
        )
    return msgspec.structs.replace(
        line, tool=_shown(line.tool), rule=_shown(line.rule), summary=_shown(line.summary),
        arguments=redact_values(line.arguments, TEXT_CHARACTERS), result=_shown(line.result),
    )  # fmt: skip


def _shown(text: str) -> str:
    return str(redact_values(text, TEXT_CHARACTERS))
