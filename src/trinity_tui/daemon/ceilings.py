"""How much the person allowed a brain to use at most: a lower limit needs no word, a higher one is asked for once.

Until the word is given the limit that was allowed holds on. It is remembered for this coordinator's life, and for good
where the person said always.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.budget import exceeds, least

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.budget import Budget


class Ceilings:
    """The limits that were allowed.

    Args:
        remembered: What was allowed for good of something; None: nothing was.
        remember: Keep that for good.
    """

    def __init__(self, remembered: Callable[[str], Budget | None], remember: Callable[[str, Budget], None]) -> None:
        self._remembered = remembered
        self._remember = remember
        self._allowed: dict[str, Budget] = {}
        self._held: dict[str, Budget] = {}

    def allow(self, about: str, budget: Budget, *, is_for_good: bool) -> None:
        """The person allowed so much.

        Args:
            about: Which brain of which instance, without the limits.
            budget: How much; 0 of anything: without a limit.
            is_for_good: Whether it outlives this coordinator.
        """
        if is_for_good and self._remembered(about) != budget:
            self._remember(about, budget)
        self._allowed[about] = budget

    def of(self, about: str) -> Budget | None:
        """How much is allowed; None: the person was not asked, or did not allow it."""
        return self._allowed.get(about) or self._remembered(about)

    def hold(self, instance: str, wanted: Budget, allowed: Budget | None) -> bool:
        """Have an instance keep to what is allowed; whether it wants more than that."""
        is_more = allowed is not None and exceeds(wanted, allowed)
        if allowed is not None and is_more:
            self._held[instance] = least(wanted, allowed)
        else:
            self._held.pop(instance, None)
        return is_more

    def held(self, instance: str, wanted: Budget) -> Budget:
        """What counts of what an instance is to be allowed."""
        held = self._held.get(instance)
        return wanted if held is None else least(wanted, held)
