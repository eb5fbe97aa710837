"""A person who allowed nothing for good."""

from __future__ import annotations


def never(instance: str, command: str) -> str:
    """When that was allowed for good: not at all."""
    return ""


def forget(instance: str, command: str) -> None:
    """Remember none of it."""
