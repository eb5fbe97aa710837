"""The arguments of a tool call as a provider writes them: JSON of an object, and nothing else is done."""

from __future__ import annotations

import json
from typing import Any, cast


class CallError(Exception):
    """The arguments of a call are no object; the tool's name is the argument."""


def arguments_of(tool: str, text: str) -> dict[str, Any]:
    """The arguments of a call.

    Args:
        tool: Whose.
        text: As they came, all pieces together; empty: there are none.

    Raises:
        CallError: They cannot be read.
    """
    try:
        arguments: object = json.loads(text or "{}")
    except (ValueError, RecursionError):
        raise CallError(tool) from None
    if not isinstance(arguments, dict):
        raise CallError(tool)
    return cast("dict[str, Any]", arguments)
