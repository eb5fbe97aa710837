"""How one instance's life stands: what is wanted, what is, when that ends by itself, and what a person sees of it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from trinity_tui.core.ping import Ping
from trinity_tui.core.restart import Rules

RECENT_SECONDS = 10.0
"""How long a restart stays the reason that is shown."""


class Desired(StrEnum):
    """What a person or the configuration wants."""

    UP = "up"
    DOWN = "down"


class Actual(StrEnum):
    """What is."""

    STOPPED = "stopped"
    WAITING = "waiting"
    STARTING = "starting"
    RUNNING = "running"
    UNHEALTHY = "unhealthy"
    STOPPING = "stopping"
    BACKOFF = "backoff"
    PARKED = "parked"
    COMPLETED = "completed"


class End(msgspec.Struct, frozen=True):
    """How a run ended."""

    text: str
    is_clean: bool = False
    is_final: bool = False
    is_failure: bool = True
    """Whether it says that the instance does not work; what is stopped for what it used does."""
    is_planned: bool = False
    """Whether it was to come: it counts for nothing."""


class Lifecycle(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known and decided about one instance's process."""

    rules: Rules = Rules()
    phase: float = 0.0
    """Where in the period this instance is pinged, from 0 to 1, so that a fleet is not pinged at once."""
    desired: Desired = Desired.DOWN
    actual: Actual = Actual.STOPPED
    epoch: int = 0
    pid: int | None = None
    adopted: bool = False
    reason: str = "not started"
    source: str = "supervision"
    deadline: float | None = None
    """When the present state ends by itself."""
    ready_at: float | None = None
    ping: Ping = Ping()
    failures: int = 0
    """Runs in a row that ended before they were stable."""
    alerted: bool = False
    recent: tuple[float, ...] = ()
    """When runs ended unasked, within the window."""
    restarts: int = 0
    """Starts nobody asked for; never reset."""
    restarted_at: float | None = None
    last_exit: str = ""
    end: End | None = None
    """Why the run that is being stopped has to be judged by the policy; None when someone asked for the stop."""
    again: bool = False
    """Start once the stop is done."""
    blocked: str = ""
    """What it would have to wait for now, were it to start; empty when for nothing."""
    unasked: bool = False
    """Whether the start that is waited for is one nobody asked for."""
    shown_before: str = "OFFLINE"
    """What was shown when the stop began."""
    unconfirmed: bool = False
    """The stop ran out of time; its answer may still come."""


class Shown(msgspec.Struct, frozen=True):
    """A state under its name on the screen, why, and who says so."""

    state: str
    reason: str
    source: str


LIVE = (Actual.STARTING, Actual.RUNNING, Actual.UNHEALTHY)
"""There is a process, or is about to be, and nobody stops it."""


def due(state: Lifecycle) -> float | None:
    """When ``Elapsed`` is next to be given, monotonic; None while only events can change something."""
    moments = [state.deadline]
    if state.actual in (Actual.RUNNING, Actual.UNHEALTHY):
        sent = state.ping.sent_at
        moments.append(state.ping.next_at if sent is None else sent + state.rules.ping_timeout_seconds)
    return min((moment for moment in moments if moment is not None), default=None)


def awaits_pong(state: Lifecycle) -> bool:
    """Whether a ping is under way."""
    return state.actual in (Actual.RUNNING, Actual.UNHEALTHY) and state.ping.sent_at is not None


def awaits_word(state: Lifecycle) -> bool:
    """Whether anybody is to say something within a time: that it is ready, that it is stopped, that it is well."""
    return awaits_pong(state) or state.actual in (Actual.STARTING, Actual.STOPPING)


def is_unanswered(state: Lifecycle, now: float) -> bool:
    """Whether a ping was to be answered by now, and was not."""
    moment = due(state)
    return awaits_pong(state) and moment is not None and now >= moment


def shown(state: Lifecycle, now: float) -> Shown:
    """The state as a person sees it."""
    name, reason = shown_name(state), state.reason
    if state.restarted_at is not None and state.actual in LIVE and now - state.restarted_at < RECENT_SECONDS:
        reason = f"restarted: {state.last_exit}"
    elif state.actual is Actual.RUNNING and name == "DEGRADED":
        reason = f"answers slowly: {state.ping.latency_seconds:.1f} s"
    return Shown(name, reason, state.source)


def shown_name(state: Lifecycle) -> str:
    """Its name on the screen."""
    match state.actual:
        case Actual.STOPPED | Actual.WAITING | Actual.COMPLETED:
            return "OFFLINE"
        case Actual.STARTING:
            return "STARTING"
        case Actual.RUNNING:
            return "DEGRADED" if state.ping.latency_seconds > state.rules.slow_ping_seconds else "ONLINE"
        case Actual.UNHEALTHY:
            return "DEGRADED"
        case Actual.STOPPING:
            return state.shown_before if state.end is None or state.end.is_planned else "CRASHED"
        case Actual.BACKOFF:
            return "CRASHED"
        case Actual.PARKED:
            return "PARKED"
