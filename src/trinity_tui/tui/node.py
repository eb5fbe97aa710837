"""What is said about one instance wherever it is shown: state, activity and for how long, what it is on, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trinity_tui.tui.clock import duration, seconds_of
from trinity_tui.tui.safe_text import clean

if TYPE_CHECKING:
    from trinity_tui.core.room import InstanceView
    from trinity_tui.core.wire.face import LiveView

CRASH_NOTE_SECONDS = 10
"""How long an instance says that it was restarted."""
BUSY_ACTIVITIES = frozenset({"thinking", "writing", "tool"})
PLAIN_STATES = frozenset({"ONLINE", "BUSY"})
DIGITS = 9
WAITING_SECONDS = 60
"""So long what is said of one that waits changes with every second; after that, with every minute."""


@dataclass(frozen=True, slots=True)
class NodeText:
    """One instance in words, cleaned."""

    id: str
    key: str
    """The digit that addresses it; empty beyond the ninth."""
    state: str
    word: str
    """The activity while the state is a plain one, else the state."""
    age: str
    """Since when, as a duration; empty where that is not interesting."""
    about: str
    """What it is on, or the reason of a state that is not plain."""
    is_alarming: bool
    """Whether ``about`` says why something is not as it should be."""
    brain: str
    role: str
    queued: int
    is_ticking: bool
    """Whether this text changes with every second."""


def shown_state(view: InstanceView, live: LiveView | None) -> str:
    """The state with what the live lane knows: an instance that is online and works is busy."""
    if view.state == "ONLINE" and live is not None and live.activity in BUSY_ACTIVITIES:
        return "BUSY"
    return view.state


def key_of(seat: int) -> str:
    """The digit of a seat; the tenth and later have none."""
    return str(seat + 1) if 0 <= seat < DIGITS else ""


def describe(view: InstanceView, live: LiveView | None, seat: int, now: float) -> NodeText:
    """One instance in words.

    Args:
        view: What the log says.
        live: What it does now, if that is known.
        seat: Its place among the nodes, from 0.
        now: Seconds since the epoch.
    """
    state = shown_state(view, live)
    note = crash_note(view, now)
    waits = state == "ONLINE" and live is not None and live.activity == "waiting" and live.since > 0
    is_busy = state == "BUSY"
    is_fresh = waits and live is not None and now - live.since < WAITING_SECONDS
    age = _age(view, live, is_busy or waits, now)
    about, is_alarming = _about(view, live, state)
    return NodeText(
        id=clean(view.id), key=key_of(seat), state=state, word=_word(state, live), age=age,
        about=clean(note or about), is_alarming=bool(note) or is_alarming,
        brain=clean((live.brain if live else "") or view.brain), role=clean(view.role),
        queued=live.inbox_depth if live else 0, is_ticking=bool(note) or is_busy or is_fresh,
    )  # fmt: skip


def crash_note(view: InstanceView, now: float) -> str:
    """For a while after it came back: that it was restarted, and why."""
    at = seconds_of(view.crash_at) if view.crash else None
    if at is None or not 0 <= now - at < CRASH_NOTE_SECONDS or view.state not in PLAIN_STATES:
        return ""
    return f"restarted {int(now - at)} s ago: {view.crash}"


def _word(state: str, live: LiveView | None) -> str:
    if state in PLAIN_STATES and live is not None:
        return clean(live.activity)
    return state.lower() if state != "ONLINE" else "online"


def _age(view: InstanceView, live: LiveView | None, is_timed: bool, now: float) -> str:
    if is_timed and live is not None and live.since:
        return duration(now - live.since)
    since = seconds_of(view.since) if view.state not in PLAIN_STATES else None
    return duration(now - since) if since is not None else ""


def _about(view: InstanceView, live: LiveView | None, state: str) -> tuple[str, bool]:
    if state not in PLAIN_STATES and view.reason:
        return view.reason, state != "STARTING"
    detail = (live.detail if live else "") or view.turn
    if detail:
        return detail, False
    if live is not None and live.inbox_depth:
        return f"{live.inbox_depth} queued", False
    added = "added" if live is not None and live.chosen else ""
    return " · ".join(word for word in (telling_role(view.id, view.role), added) if word), False


def telling_role(name: str, role: str) -> str:
    """The role, where the id does not say it already."""
    return "" if name.startswith(role) else role
