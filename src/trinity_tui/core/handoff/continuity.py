"""How well what is known goes from one session to the next, counted from the events; each figure with its interval.

A share is shown with Wilson's interval, for the counts are small, and as unknown below ``LEAST`` cases. Repetition and
reversal are told from keys and signatures alone, so a figure is only as good as the events are.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.handoff import repeats
from trinity_tui.core.handoff.measures import in_order, of_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trinity_tui.core.handoff.measures import Event

LEAST = 5
"""Cases below which a share says nothing."""
LEAST_SESSIONS = 5
"""The fewest sessions in which a steady rise can be told from chance."""
EXACT_SESSIONS = 10
"""Up to here all orders are counted: the approximation is off."""
WILSON_Z = 1.959964
_OK = frozenset({"ok", "done", "completed"})


class Share(msgspec.Struct, frozen=True):
    """Part of a whole, and how far it can be trusted."""

    count: int
    of: int
    low: float = 0.0
    high: float = 1.0

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None where there are too few cases."""
        return self.count / self.of if self.of >= LEAST else None


class Waits(msgspec.Struct, frozen=True):
    """How long it took until something was resolved."""

    median_seconds: float | None
    """None where less than half of them ever were."""
    resolved: int
    open: int


class Trend(msgspec.Struct, frozen=True):
    """Whether a figure rises or falls from session to session."""

    slope: float
    """By session: the median of all slopes between two."""
    chance: float
    """How likely such a trend is where there is none, in both directions."""
    sessions: int


def share(count: int, of: int) -> Share:
    """A share with Wilson's interval at 95 %."""
    if not of:
        return Share(0, 0)
    part, z = count / of, WILSON_Z
    middle = (part + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(part * (1 - part) / of + z * z / (4 * of * of))
    return Share(count, of, max(0.0, middle - half), min(1.0, middle + half))


def decision_fidelity(events: Iterable[Event]) -> Share:
    """Of the decisions on what was decided before, those that keep it or say what they supersede."""
    flips = repeats.decisions(events)
    return share(flips.cases - len(flips.events), flips.cases)


def autonomy(events: Iterable[Event]) -> Share:
    """Of the actions, those an instance began by itself. Alone it rewards noise: see ``useful_autonomy`` beside it."""
    actions = of_kind(events, "action")
    return share(sum(event.origin == "self" for event in actions), len(actions))


def useful_autonomy(events: Iterable[Event], reverted: Iterable[str] = ()) -> Share:
    """Of the actions an instance began by itself, those that went well and were not taken back.

    Args:
        events: What happened.
        reverted: The messages (``ref``) of the actions that were.
    """
    own = [event for event in of_kind(events, "action") if event.origin == "self"]
    back = frozenset(reverted)
    return share(sum(event.value in _OK and event.ref not in back for event in own), len(own))


def repeated_blockers(events: Iterable[Event]) -> Share:
    """Of the blockers that were met before, those an earlier session had already logged a resolution for."""
    again = repeats.blockers(events)
    return share(len(again.events), again.cases)


def repeated_failures(events: Iterable[Event]) -> Share:
    """Of the failures, those like one an earlier session logged: the same tool, class of error and file."""
    again = repeats.failures(events)
    return share(len(again.events), again.cases)


def adaptation(events: Sequence[Event]) -> float | None:
    """1 where nothing that was learned had to be learned again, 0 where everything had; None: not enough data."""
    blockers, failures = repeated_blockers(events).value, repeated_failures(events).value
    return None if blockers is None or failures is None else 1 - (blockers + failures) / 2


def time_to_unblock(events: Iterable[Event], now: float) -> Waits:
    """The median time from a blocker to its resolution, open ones counted as far as they are (Kaplan-Meier)."""
    since: dict[str, float] = {}
    waits: list[tuple[float, bool]] = []
    for event in in_order(events):
        name = repeats.signature(event.key)
        if event.event == "blocker":
            since.setdefault(name, event.ts)
        elif event.event == "unblock" and name in since:
            waits.append((event.ts - since.pop(name), True))
    resolved = len(waits)
    waits += [(max(0.0, now - moment), False) for moment in since.values()]
    return Waits(_kaplan_meier_median(waits), resolved, len(since))


def trend(values: Sequence[float]) -> Trend | None:
    """Mann-Kendall's test and Theil and Sen's slope over a figure's values, one a session; None: too few sessions."""
    count = len(values)
    if count < LEAST_SESSIONS:
        return None
    pairs = list(itertools.combinations(range(count), 2))
    score = sum(_sign(values[j] - values[i]) for i, j in pairs)
    slope = median((values[j] - values[i]) / (j - i) for i, j in pairs)
    ties = [sum(1 for value in values if value == one) for one in set(values)]
    if count <= EXACT_SESSIONS and max(ties) == 1:
        return Trend(slope, _exact_chance(count, abs(score)), count)
    spread = (count * (count - 1) * (2 * count + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)) / 18
    z = (abs(score) - 1) / math.sqrt(spread) if spread and score else 0.0
    return Trend(slope, math.erfc(z / math.sqrt(2)), count)


def _exact_chance(count: int, score: int) -> float:
    """The share of all orders of so many values with a score at least as far from none."""
    orders = {0: 1}  # By the number of pairs that fall.
    for size in range(2, count + 1):
        grown: dict[int, int] = defaultdict(int)
        for falling, number in orders.items():
            for more in range(size):
                grown[falling + more] += number
        orders = grown
    pairs = count * (count - 1) // 2
    far = sum(number for falling, number in orders.items() if abs(pairs - 2 * falling) >= score)
    return far / math.factorial(count)


def _kaplan_meier_median(waits: Iterable[tuple[float, bool]]) -> float | None:
    ordered = sorted(waits, key=lambda wait: (wait[0], not wait[1]))
    still = 1.0
    for index, (seconds, is_resolved) in enumerate(ordered):
        if is_resolved:
            still *= 1 - 1 / (len(ordered) - index)
            if still <= 0.5 + 1e-12:
                return seconds
    return None


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
