"""Which notices are told to who was told of those before: a new connection brings all that hold once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FRESH_MOST = 3
"""So many of those that come together are told one by one."""


class StandingNotices:
    """The notices that hold and were told."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def fresh(self, notices: Sequence[str], key: str) -> list[str]:
        """What is to be told now that these hold.

        Args:
            notices: All that hold.
            key: The key that shows all of them.
        """
        new = [notice for notice in notices if notice not in self._told]
        self._told = set(notices)
        # A full disk is noticed by everybody who writes: more than a few would cover what they are about.
        left = len(new) - FRESH_MOST
        return [*new[:FRESH_MOST], f"and {left} more: {key} says all of them"] if left > 0 else new
