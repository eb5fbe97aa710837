"""What an exchange used that was cut before its provider said so: what was heard of it, and the rest estimated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.context import tokens
from trinity_tui.core.conversation import Usage

if TYPE_CHECKING:
    from collections.abc import Iterable


def usage_of_cut(counted: Usage | None, prompt_tokens: int, written: Iterable[str]) -> Usage:
    """The tokens; without money, which is the price list's to say.

    Args:
        counted: What the provider said before the cut; None: nothing.
        prompt_tokens: Of what it was asked, as estimated.
        written: What it wrote, of every kind. Where nothing was, and nothing counted, nothing was used.
    """
    output = sum(tokens(text) for text in written)
    if counted is None:
        return Usage(prompt_tokens, output, estimated_tokens=prompt_tokens + output) if output else Usage()
    unsaid = max(0, output - counted.output_tokens)
    return Usage(
        counted.input_tokens, counted.output_tokens + unsaid, counted.cache_read_tokens, counted.cache_write_tokens,
        estimated_tokens=unsaid,
    )  # fmt: skip
