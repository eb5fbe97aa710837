"""Makes what a model wrote writable: half a character, as some providers send it, would be refused by every file."""

from __future__ import annotations

from typing import Any, cast

DEPTH = 32


def sound(text: str) -> str:
    """The text with what is no character replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="replace").decode()
    return text


def sound_values(arguments: dict[str, Any]) -> dict[str, Any]:
    """The same for all texts of a call's arguments; what is nested too deep to be written is left out."""
    return {sound(str(key)): _sound(value, DEPTH) for key, value in arguments.items()}


def _sound(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return sound(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return str(value)  # JSON of ours has no larger whole numbers.
    if not isinstance(value, dict | list):
        return value
    if not depth:
        return None
    if isinstance(value, dict):
        table = cast("dict[object, Any]", value)
        return {sound(str(key)): _sound(inner, depth - 1) for key, inner in table.items()}
    return [_sound(inner, depth - 1) for inner in cast("list[Any]", value)]
