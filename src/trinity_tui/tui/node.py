"""What is said about one instance wherever it is shown: state, activity and for how long, what it is on, or why not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.told import to_you
from trinity_tui.tui.clock import duration, seconds_of
from trinity_tui.tui.safe_text import clean

if TYPE_CHECKING:
    from trinity_tui.core.room import InstanceView
    from trinity_tui.core.wire.face import LiveView
    from trinity_tui.tui.glyphs import Glyphs

CRASH_NOTE_SECONDS = 10
"""How long an instance says that it was restarted."""
BUSY_ACTIVITIES = frozenset({"thinking", "writing", "tool"})
_TO_START = " to the next start"
_NEXT_START = re.compile(r"next start in (\d+(?:\.\d+)?) s$")
PLAIN_STATES = frozenset({"ONLINE", "BUSY"})
DIGITS = 9


class NodeText(msgspec.Struct, frozen=True):
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


def source_said(source: str) -> tuple[str, str]:
    """Where a state comes from, as a label and who: a ping says nothing, it is how the state was found out."""
    return ("checked by" if source == "ping" else "said by", "you" if source == "person" else source or "nobody yet")


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
    age = _age(view, live, is_busy or waits, now)
    about, is_alarming = _about(view, live, state, now)
    is_counted = age.endswith("s") or about.endswith(f"s{_TO_START}")
    return NodeText(
        id=clean(view.id), key=key_of(seat), state=state, word=_word(state, live), age=age,
        about=clean(note or about), is_alarming=bool(note) or is_alarming,
        brain=clean((live.brain if live else "") or view.brain), role=clean(view.role),
        queued=live.inbox_depth if live else 0, is_ticking=bool(note) or is_busy or is_counted,
    )  # fmt: skip


def spelled(text: NodeText, glyphs: Glyphs) -> NodeText:
    """The same in signs this terminal has."""
    if not glyphs.ascii:
        return text
    parts = {name: glyphs.text(getattr(text, name)) for name in ("id", "word", "about", "brain", "role")}
    return msgspec.structs.replace(text, **parts)


def sentence(text: NodeText) -> str:
    """One instance as one sentence: what a voice would read out."""
    state = text.state.lower()
    doing = f"{state}, {text.word}" if text.word not in ("", state) else state
    parts = [f"{doing} for {text.age}" if text.age else doing, text.about]
    if text.queued and f"{text.queued} queued" != text.about:
        parts.append(f"{text.queued} queued")
    return f"{text.key} {text.id}: ".lstrip() + ", ".join(part for part in parts if part)


def reason_now(view: InstanceView, now: float) -> str:
    """Why its state is so, for people; how long it is until the next start is counted from the crash on.

    The record of a crash says how long that takes. Where the state is not of that record, what was said stays.
    """
    reason = to_you(view.reason)
    said = _NEXT_START.search(reason)
    at = seconds_of(view.since) if said is not None and view.since == view.crash_at else None
    if said is None or at is None:
        return reason
    left = at + float(said[1]) - now
    return reason[: said.start()] + (f"{duration(left)}{_TO_START}" if left >= 1 else "starts in a moment")


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


def _about(view: InstanceView, live: LiveView | None, state: str, now: float) -> tuple[str, bool]:
    if state not in PLAIN_STATES and view.reason:
        return reason_now(view, now), state != "STARTING"
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
