"""When a process that ended is started again, and how fast a whole fleet may be. Time and jitter are arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from trinity_tui.core.config import RestartConfig

Restart = Literal["always", "on-failure", "never"]


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers one instance's lifecycle keeps to; times in seconds."""

    restart: Restart = "on-failure"
    grace_seconds: float = 10.0
    """Between TERM and KILL."""
    stable_seconds: float = 10.0
    """A run that was healthy this long is no failed one: what follows it is started at once."""
    first_delay_seconds: float = 0.5
    longest_delay_seconds: float = 60.0
    jitter: float = 0.2
    """The part of a delay that chance adds or takes."""
    alert_failures: int = 3
    """Failed runs in a row after which the person is told, once."""
    park_failures: int = 8
    """Failed runs in a row after which it is given up."""
    window_seconds: float = 600.0
    window_restarts: int = 10
    """Ends within the window after which it is given up, however healthy it was in between."""
    start_seconds: float = 30.0
    """Time to become ready."""
    ping_seconds: float = 30.0
    ping_timeout_seconds: float = 5.0
    ping_misses: int = 3
    slow_ping_seconds: float = 1.0
    starved_seconds: float = 600.0
    """How long one may leave its pings unanswered that gets no processor to answer them."""
    confirm_seconds: float = 1.0
    """After the grace, how long may pass until the last process is known to be gone."""
    final_codes: tuple[int, ...] = (78, 125)
    """Exit codes that say: do not start me again."""
    max_memory_bytes: int = 0
    """What it and all it started may use; 0: no limit."""
    max_age_seconds: float = 0.0
    """How long a run is to last; 0: for ever."""


def fleet_rules(config: RestartConfig) -> Rules:
    """The fleet's restart policy as it is configured."""
    return Rules(
        first_delay_seconds=config.first_delay_seconds,
        longest_delay_seconds=config.longest_delay_seconds,
        park_failures=config.park_failures,
        window_restarts=config.window_restarts,
    )


def delay(rules: Rules, failures: int, jitter: float) -> float:
    """Seconds until the next start after so many failed runs in a row; none after a stable one.

    Args:
        rules: The policy.
        failures: How many runs in a row ended before they were stable.
        jitter: Chance, between -1 and 1.
    """
    if failures <= 0:
        return 0.0
    doubled = rules.first_delay_seconds * 2.0 ** min(failures - 1, 30)
    return min(rules.longest_delay_seconds, doubled) * (1.0 + rules.jitter * max(-1.0, min(1.0, jitter)))


class Bucket(msgspec.Struct, frozen=True):
    """Tokens for starts, shared by a fleet: many at once, then only so many a second.

    It keeps an outage that ends every instance at one moment from becoming a storm of starts.
    """

    burst: float
    per_second: float
    tokens: float
    at: float

    def take(self, now: float) -> tuple[Bucket, float]:
        """The bucket after one start, and how many seconds that start has to wait (0.0: none)."""
        filled = min(self.burst, self.tokens + max(0.0, now - self.at) * self.per_second)
        wait = max(0.0, (1.0 - filled) / self.per_second)
        return msgspec.structs.replace(self, tokens=filled - 1.0, at=max(self.at, now)), wait


def bucket(cores: int, now: float) -> Bucket:
    """A full bucket for a machine with so many cores."""
    burst = 4.0 * max(1, cores)
    return Bucket(burst, 10.0, burst, now)
