"""Reading values of the kind that is expected out of metadata, which is written by others and may hold anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT_CHARACTERS = 300
"""No view needs a longer value than this out of metadata."""


def text(metadata: Mapping[str, Any], key: str, default: str = "") -> str:
    """A text, cut to a sane length; the default where it is missing or something else."""
    value = metadata.get(key)
    return value[:TEXT_CHARACTERS] if isinstance(value, str) else default


def whole(metadata: Mapping[str, Any], key: str, default: int = 0) -> int:
    """A whole number that fits 63 bits; the default where it is missing or something else."""
    value = metadata.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else default


def wholes(metadata: Mapping[str, Any], key: str) -> list[int]:
    """The whole numbers of a list."""
    value = metadata.get(key)
    if not isinstance(value, list):
        return []
    return [item for item in cast("list[object]", value) if isinstance(item, int) and not isinstance(item, bool)]


def texts(metadata: Mapping[str, Any], key: str, most: int = 50) -> list[str]:
    """The texts of a list, cut in number and length."""
    value = metadata.get(key)
    if not isinstance(value, list):
        return []
    return [item[:TEXT_CHARACTERS] for item in cast("list[object]", value)[:most] if isinstance(item, str)]


def tables(metadata: Mapping[str, Any], key: str, most: int = 50) -> list[dict[str, Any]]:
    """The tables of a list."""
    value = metadata.get(key)
    if not isinstance(value, list):
        return []
    return [cast("dict[str, Any]", item) for item in cast("list[object]", value)[:most] if isinstance(item, dict)]


def numbered(metadata: Mapping[str, Any], key: str) -> dict[str, int]:
    """The whole numbers of a table, by their names."""
    value = metadata.get(key)
    if not isinstance(value, dict):
        return {}
    table = cast("dict[object, object]", value)
    return {name: whole(cast("dict[str, Any]", table), name) for name in table if isinstance(name, str)}
