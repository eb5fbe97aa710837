"""Whether an exchange with a model that failed before its first word is tried again, and after how long."""

from __future__ import annotations

ATTEMPTS = 4
"""So many at most."""
LONGEST_SECONDS = 30.0
"""Whom a provider asks to wait longer says so instead of waiting in silence."""
_FIRST_SECONDS = {"overloaded": 1.0, "cut": 0.25}
"""The kinds that may pass by themselves; doubled with each more."""


def wait_seconds(kind: str, attempt: int, asked_seconds: float | None, jitter: float) -> float | None:
    """How long to wait before the next attempt; None: there is none.

    Args:
        kind: The kind of ``BrainError``.
        attempt: How many were made, 1 or more.
        asked_seconds: How long the provider asked to wait.
        jitter: 0 to 1, so that many do not come back at once.
    """
    first = _FIRST_SECONDS.get(kind)
    if first is None or attempt >= ATTEMPTS:
        return None
    own = first * 2 ** (attempt - 1) * (1.0 + jitter / 2)
    wait = max(own, asked_seconds or 0.0)
    return wait if wait <= LONGEST_SECONDS else None
