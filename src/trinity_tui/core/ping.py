"""The health check of one instance: when its loop is asked for a sign, what an answer says, and what a missing one.

``core.lifecycle`` sends and obeys. Who gives no answer hangs, unless it had no processor to give one: then nothing is
wrong with it, a new run would wait for the same processor, and it is given far longer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from trinity_tui.core.starvation import KEPT_LOOKS, Look, starved

if TYPE_CHECKING:
    from trinity_tui.core.restart import Rules

SAY_AGAIN_MISSES = 12
"""After so many misses the figures of who is starved are told anew; not each time, for each is a record."""


class Ping(msgspec.Struct, frozen=True):
    """Where the health check stands."""

    nonce: int = 0
    sent_at: float | None = None
    """When the ping that is not answered yet was sent."""
    next_at: float | None = None
    misses: int = 0
    latency_seconds: float = 0.0
    unanswered_since: float | None = None
    """When the first of the pings that were missed was sent."""
    looks: tuple[Look, ...] = ()
    """What was seen of its threads at the last misses; empty where the kernel does not say."""


class Complaint(msgspec.Struct, frozen=True):
    """What is to be said of one that gives no answer, and whose word that is."""

    reason: str
    source: str


def begin(rules: Rules, phase: float, now: float) -> Ping:
    """Nothing was asked yet; the first ping comes when it is this instance's turn in the period."""
    return Ping(next_at=_next_at(rules, phase, now))


def ask(ping: Ping, now: float) -> Ping:
    """One more was sent."""
    return replace(ping, nonce=ping.nonce + 1, sent_at=now)


def answer(ping: Ping, nonce: int, rules: Rules, phase: float, now: float) -> Ping | None:
    """What an answer makes of it; None when it answers nothing that is asked."""
    if ping.sent_at is None or nonce not in (ping.nonce, ping.nonce - 1):
        return None
    well = replace(ping, misses=0, unanswered_since=None, looks=())
    if nonce != ping.nonce:
        # Late, but from its loop: slow is not hung, and the ping under way goes on.
        return replace(well, latency_seconds=rules.ping_timeout_seconds + now - ping.sent_at)
    latency = now - ping.sent_at
    # A slow answer is asked about again soon: an instance that was only held up is not DEGRADED for half a minute.
    is_slow = latency > rules.slow_ping_seconds
    next_at = now + rules.ping_timeout_seconds if is_slow else _next_at(rules, phase, now)
    return replace(well, sent_at=None, next_at=next_at, latency_seconds=latency)


def miss(ping: Ping, look: Look | None) -> Ping:
    """The one under way was not answered in time.

    Args:
        ping: Where it stood.
        look: Its threads at this moment; None where nobody can tell.
    """
    looks = () if look is None else (*ping.looks, look)[-KEPT_LOOKS:]
    since = ping.sent_at if ping.unanswered_since is None else ping.unanswered_since
    return replace(ping, misses=ping.misses + 1, unanswered_since=since, looks=looks)


def give_back(ping: Ping, seconds: float, now: float) -> Ping:
    """The same, less a time in which no answer could be taken: as if what is unanswered had been sent later."""
    sent, since = ping.sent_at, ping.unanswered_since
    return replace(
        ping,
        sent_at=None if sent is None else min(now, sent + seconds),
        unanswered_since=None if since is None else min(now, since + seconds),
    )


def why_given_up(ping: Ping, rules: Rules, now: float) -> str:
    """Why a run is stopped that missed as many as this one; empty when it is not."""
    if ping.misses < rules.ping_misses:
        return ""
    if starved(ping.looks) is None:
        return f"hung: {ping.misses} pings unanswered"
    unanswered = now - (now if ping.unanswered_since is None else ping.unanswered_since)
    return f"no answer for {unanswered:.0f} s, for want of a processor" if unanswered >= rules.starved_seconds else ""


def complaint(ping: Ping, rules: Rules) -> Complaint | None:
    """What is said of one that is not given up; None when what was said last still holds."""
    wait = starved(ping.looks)
    if wait is None:
        return Complaint(f"ping unanswered, {ping.misses} of {rules.ping_misses}", "ping")
    is_said = ping.misses > rules.ping_misses and ping.misses % SAY_AGAIN_MISSES
    return None if is_said else Complaint(str(wait), "kernel")


def _next_at(rules: Rules, phase: float, now: float) -> float:
    period = rules.ping_seconds
    return now + period - (now - phase * period) % period
