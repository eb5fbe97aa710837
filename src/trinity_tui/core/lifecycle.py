"""One instance's life as a pure reducer: what is wanted, what is, and what to do about the difference.

::

    STOPPED ──▶ STARTING ──ready──▶ RUNNING ◀──pong── UNHEALTHY
                 ▲    │               │ ping missed ──▶  │
                 │    └── died, hung, not ready, asked ──┤
                 │                                       ▼
    BACKOFF ◀─ policy ◀──── nothing of the run is left ◀─ STOPPING
    PARKED  ◀─ gave up      COMPLETED ◀─ ended clean      STOPPED ◀─ wanted down
    WAITING ◀─ wherever it would start and others have to be ready or started first; its end is that start

Timers are deadlines kept in the state (``due`` names the next), so a stale one cannot fire; every event of a run
carries its epoch, and one of another epoch changes nothing. ``desired`` is written by people and configuration alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from trinity_tui.core import ping as health
from trinity_tui.core.lifecycle_events import (
    Adopted,
    Alert,
    Begin,
    Blocked,
    Effect,
    Elapsed,
    Event,
    Exited,
    Outgrown,
    PongReceived,
    Ready,
    Restart,
    SendPing,
    Spawn,
    Spawned,
    SpawnFailed,
    StoodStill,
    StopTree,
    TreeGone,
    WantDown,
    WantUp,
)
from trinity_tui.core.lifecycle_state import LIVE, Actual, Desired, End, Lifecycle, awaits_pong, due, shown_name
from trinity_tui.core.ping import Ping
from trinity_tui.core.restart import Rules, delay

if TYPE_CHECKING:
    from trinity_tui.core.starvation import Look

Step = tuple[Lifecycle, list[Effect]]


def step(state: Lifecycle, event: Event, now: float, jitter: float = 0.0) -> Step:
    """What the event makes of the state, and what to do.

    Args:
        state: The instance so far.
        event: What happened.
        now: Monotonic seconds.
        jitter: Chance between -1 and 1, for the back-off.
    """
    match event:
        case WantUp() | Restart() | WantDown() | Begin():
            return _wish(state, event, now)
        case Blocked():
            return _block(state, event, now)
        case Elapsed():
            return _elapsed(state, event, now, jitter)
        case StoodStill():
            return _give_back(state, event.seconds, now), []
        case Adopted():
            return _adopt(state, event, now)
        case Spawned() | SpawnFailed() | Ready() | Exited() | TreeGone() | PongReceived() | Outgrown():
            return _of_run(state, event, now, jitter) if event.epoch == state.epoch else (state, [])
        case _:
            assert_never(event)


def _wish(state: Lifecycle, event: WantUp | WantDown | Restart | Begin, now: float) -> Step:
    if isinstance(event, Begin):
        wanted = state.desired is Desired.UP and state.actual is Actual.STOPPED
        return _begin(state, now, "starting", "supervision") if wanted else (state, [])
    if isinstance(event, WantDown):
        if state.desired is Desired.DOWN:
            return state, []
        return _want_down(replace(state, desired=Desired.DOWN, again=False), event, now)
    forgiven = replace(state, desired=Desired.UP)
    if state.actual is Actual.STOPPING:
        return replace(_forgive(forgiven), again=True, end=None, source=event.by), []
    if state.actual not in LIVE:
        return _begin(_forgive(forgiven), now, f"started by {event.by}", event.by)
    if isinstance(event, Restart):
        return _stop(replace(_forgive(forgiven), again=True), now, f"restarting, asked by {event.by}", event.by)
    return forgiven, []


def _want_down(state: Lifecycle, event: WantDown, now: float) -> Step:
    by = event.by
    if state.actual in LIVE:
        return _stop(state, now, f"stopping, asked by {by}", by, most_seconds=event.grace_seconds)
    if state.actual is Actual.STOPPING:
        before = shown_name(state)
        return replace(state, end=None, shown_before=before, reason=f"stopping, asked by {by}", source=by), []
    stopped = state if state.actual is Actual.STOPPED else _rest(state, Actual.STOPPED, f"stopped by {by}")
    return replace(stopped, source=by), []


def _forgive(state: Lifecycle) -> Lifecycle:
    return replace(state, failures=0, recent=(), alerted=False)


def _block(state: Lifecycle, event: Blocked, now: float) -> Step:
    state = replace(state, blocked=event.by)
    if state.actual is not Actual.WAITING:
        return state, []
    if state.blocked:
        return replace(state, reason=state.blocked), []
    return _restart(state, now) if state.unasked else _begin(state, now, "starting", "supervision")


def _wait(state: Lifecycle, *, unasked: bool) -> Lifecycle:
    """It would start now, but for what it has to wait for; no run is begun, so there is none to go wrong."""
    waiting = _rest(state, Actual.WAITING, state.blocked)
    return replace(waiting, source="supervision", again=False, unasked=unasked)


def _begin(state: Lifecycle, now: float, reason: str, source: str) -> Step:
    if state.blocked:
        return _wait(state, unasked=False), []
    epoch = state.epoch + 1
    started = replace(
        state, actual=Actual.STARTING, epoch=epoch, pid=None, adopted=False, reason=reason, source=source,
        deadline=now + state.rules.start_seconds, ready_at=None, ping=Ping(), end=None, again=False,
        restarted_at=None, unconfirmed=False, unasked=False,
    )  # fmt: skip
    return started, [Spawn(epoch)]


def _stop(
    state: Lifecycle, now: float, reason: str, source: str, end: End | None = None, most_seconds: float | None = None
) -> Step:
    grace = state.rules.grace_seconds if most_seconds is None else min(most_seconds, state.rules.grace_seconds)
    stopping = replace(
        state, actual=Actual.STOPPING, reason=reason, source=source, end=end, shown_before=shown_name(state),
        deadline=now + grace + state.rules.confirm_seconds,
    )  # fmt: skip
    return stopping, [StopTree(state.epoch, grace)]


def _rest(state: Lifecycle, actual: Actual, reason: str) -> Lifecycle:
    return replace(state, actual=actual, pid=None, adopted=False, reason=reason, deadline=None, end=None, ping=Ping())


def _adopt(state: Lifecycle, event: Adopted, now: float) -> Step:
    if state.actual in (*LIVE, Actual.STOPPING) or event.epoch < state.epoch:
        return state, []
    adopted = replace(
        state, actual=Actual.RUNNING, epoch=event.epoch, pid=event.pid, adopted=True, deadline=None,
        reason="kept over the coordinator's restart", source="supervision",
        ready_at=now - event.age_seconds, ping=health.begin(state.rules, state.phase, now), unconfirmed=False,
    )  # fmt: skip
    if adopted.desired is Desired.DOWN:
        return _stop(adopted, now, "stopping, as was asked before", "supervision")
    return adopted, []


def _of_run(
    state: Lifecycle,
    event: Spawned | SpawnFailed | Ready | Exited | TreeGone | PongReceived | Outgrown,
    now: float,
    jitter: float,
) -> Step:
    match event:
        case Spawned():
            return _spawned(state, event, now)
        case Ready() if state.actual is Actual.STARTING:
            ping = health.begin(state.rules, state.phase, now)
            ready = replace(state, actual=Actual.RUNNING, deadline=None, ready_at=now, ping=ping, reason="ready")
            return replace(ready, source="instance"), []
        case SpawnFailed() if state.actual is Actual.STARTING:
            failed = _judge(state, End(f"could not be started: {event.reason}"), now)
            return _gone(failed, now, jitter)
        case Exited() if state.actual in (*LIVE, Actual.STOPPING):
            return _exited(state, event, now, jitter)
        case TreeGone() if state.actual is Actual.STOPPING or state.unconfirmed:
            return _tree_gone(state, event, now, jitter)
        case PongReceived() if state.actual in (Actual.RUNNING, Actual.UNHEALTHY):
            return _pong(state, event, now), []
        case Outgrown() if state.actual in (Actual.RUNNING, Actual.UNHEALTHY):
            end = End(event.reason, is_failure=False, is_planned=event.is_planned)
            return _stop(_judge(state, end, now), now, f"{end.text}; starting it anew", "supervision", end)
        case _:
            return state, []


def _spawned(state: Lifecycle, event: Spawned, now: float) -> Step:
    if state.actual is Actual.STARTING:
        return replace(state, pid=event.pid, deadline=now + state.rules.start_seconds), []
    return (replace(state, pid=event.pid) if state.actual is Actual.STOPPING else state), []


def _exited(state: Lifecycle, event: Exited, now: float, jitter: float) -> Step:
    end = _end_of(event, state.rules)
    if state.actual is Actual.STOPPING:
        return replace(state, pid=None, last_exit=state.last_exit if state.end else end.text), []
    judged = _judge(replace(state, pid=None), end, now)
    if event.remains:
        return _stop(judged, now, f"{end.text}; clearing what it left", "supervision", end)
    return _gone(judged, now, jitter)


def _end_of(event: Exited, rules: Rules) -> End:
    if event.signal is not None:
        return End(f"signal {event.signal}")
    if event.code is None:
        return End("ended, status unknown")
    if event.code in rules.final_codes:
        return End(f"ended with {event.code}", is_final=True)
    return End(f"exit code {event.code}", is_clean=event.code == 0)


def _judge(state: Lifecycle, end: End, now: float) -> Lifecycle:
    is_stable = state.ready_at is not None and now - state.ready_at >= state.rules.stable_seconds
    kept = tuple(at for at in state.recent if now - at < state.rules.window_seconds)
    judged = replace(state, end=end, last_exit=end.text)
    if end.is_planned:
        return judged
    judged = replace(judged, recent=(*kept, now)[-state.rules.window_restarts :])
    if is_stable:
        return replace(judged, failures=0, alerted=False)
    return replace(judged, failures=state.failures + 1) if end.is_failure else judged


def _tree_gone(state: Lifecycle, event: TreeGone, now: float, jitter: float) -> Step:
    if event.survivors:
        pids = ", ".join(map(str, event.survivors))
        return _unstopped(state, f"could not be killed: pid {pids}")
    return _gone(replace(state, unconfirmed=False), now, jitter)


def _unstopped(state: Lifecycle, reason: str) -> Step:
    """Never a second run beside one that may live: parked when it was to go on."""
    if state.desired is Desired.DOWN:
        return replace(_rest(state, Actual.STOPPED, reason), unconfirmed=True, end=state.end), []
    parked = replace(_rest(state, Actual.PARKED, reason), unconfirmed=True, end=state.end)
    return parked, [] if state.unconfirmed else [Alert(f"parked: {reason}", parked=True)]


def _gone(state: Lifecycle, now: float, jitter: float) -> Step:
    """Nothing of the run is left: what now?"""
    if state.desired is Desired.DOWN:
        return _rest(state, Actual.STOPPED, f"stopped by {state.source}"), []
    if state.again or state.end is None:
        return _begin(state, now, f"started by {state.source}", state.source)
    verdict = _verdict(state, state.end)
    if verdict is not None:
        actual, reason = verdict
        alert = Alert(f"parked: {reason}", parked=True)
        return replace(_rest(state, actual, reason), source="supervision"), [alert] if actual is Actual.PARKED else []
    return _back_off(state, state.end, now, jitter)


def _verdict(state: Lifecycle, end: End) -> tuple[Actual, str] | None:
    rules = state.rules
    if end.is_planned:
        return None
    if end.is_final:
        return Actual.PARKED, f"{end.text}: not started again until you say so"
    if rules.restart == "never" or (rules.restart == "on-failure" and end.is_clean):
        done = end.is_clean
        return (Actual.COMPLETED, "finished") if done else (Actual.PARKED, f"{end.text}; restart is off")
    if end.is_failure and state.failures >= rules.park_failures:
        return Actual.PARKED, f"ended {state.failures} times in a row, last: {end.text}"
    if len(state.recent) >= rules.window_restarts:
        return Actual.PARKED, f"ended {len(state.recent)} times in {rules.window_seconds:.0f} s, last: {end.text}"
    return None


def _back_off(state: Lifecycle, end: End, now: float, jitter: float) -> Step:
    if end.is_planned:
        renewed, started = _begin(state, now, f"started anew: {end.text}", "supervision")
        return replace(renewed, restarts=state.restarts + 1), started
    if not end.is_failure:
        return _restart(state, now)
    effects: list[Effect] = []
    if state.failures >= state.rules.alert_failures and not state.alerted:
        effects.append(Alert(f"ended {state.failures} times in a row, last: {end.text}"))
        state = replace(state, alerted=True)
    wait = delay(state.rules, state.failures, jitter)
    if wait <= 0.0:
        restarted, started = _restart(state, now)
        return restarted, effects + started
    resting = _rest(state, Actual.BACKOFF, f"{end.text}; next start in {wait:.1f} s")
    return replace(resting, deadline=now + wait, source="supervision"), effects


def _restart(state: Lifecycle, now: float) -> Step:
    if state.blocked:
        return _wait(state, unasked=True), []
    started, effects = _begin(state, now, f"restarted: {state.last_exit}", "supervision")
    return replace(started, restarts=state.restarts + 1, restarted_at=now), effects


def _pong(state: Lifecycle, event: PongReceived, now: float) -> Lifecycle:
    ping = health.answer(state.ping, event.nonce, state.rules, state.phase, now)
    return state if ping is None else replace(state, actual=Actual.RUNNING, ping=ping, reason="answers", source="ping")


def _elapsed(state: Lifecycle, event: Elapsed, now: float, jitter: float) -> Step:
    moment = due(state)
    if moment is None or now < moment:
        return state, []
    match state.actual:
        case Actual.BACKOFF:
            return _restart(state, now)
        case Actual.STARTING:
            end = End(f"not ready after {state.rules.start_seconds:.0f} s")
            return _stop(_judge(state, end, now), now, end.text, "supervision", end)
        case Actual.STOPPING:
            return _unstopped(state, "its end was not confirmed in time")
        case Actual.RUNNING | Actual.UNHEALTHY:
            return _check_ping(state, event.look, now)
        case Actual.STOPPED | Actual.WAITING | Actual.PARKED | Actual.COMPLETED:
            return state, []


def _give_back(state: Lifecycle, seconds: float, now: float) -> Lifecycle:
    """Our own standstill is nobody's silence: whatever is waited for has as long as if that time had not been."""
    if state.actual in (Actual.STARTING, Actual.STOPPING) and state.deadline is not None:
        return replace(state, deadline=state.deadline + seconds)
    return replace(state, ping=health.give_back(state.ping, seconds, now)) if awaits_pong(state) else state


def _check_ping(state: Lifecycle, look: Look | None, now: float) -> Step:
    if state.ping.sent_at is None:
        return _send_ping(state, now)
    missed = replace(state, ping=health.miss(state.ping, look))
    if why := health.why_given_up(missed.ping, state.rules, now):
        end = End(why)
        return _stop(_judge(missed, end, now), now, f"{end.text}; stopping it", "ping", end)
    if said := health.complaint(missed.ping, state.rules):
        missed = replace(missed, reason=said.reason, source=said.source)
    return _send_ping(replace(missed, actual=Actual.UNHEALTHY), now)


def _send_ping(state: Lifecycle, now: float) -> Step:
    asked = replace(state, ping=health.ask(state.ping, now))
    return asked, [SendPing(state.epoch, asked.ping.nonce)]
