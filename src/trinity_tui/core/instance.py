"""One instance: what it is started with, and the rule that tells from everything known how it is.

Lifecycles (spawn, restart, park) are ``core.lifecycle``'s; here is what is shown, with its source and its reason.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from trinity_tui.core.brains_config import BrainsConfig
from trinity_tui.core.carrier import Carriage
from trinity_tui.core.storm import StormConfig
from trinity_tui.core.tools_config import ToolsConfig
from trinity_tui.core.wire.live import SILENT_SECONDS


class Brief(msgspec.Struct, frozen=True):
    """What an instance is told when it starts; written by the coordinator, read by the instance."""

    id: str
    role: str
    workspace: str
    """The folder, absolute."""
    brain: str = "auto"
    persona: str = ""
    checks: list[str] | None = None
    check_seconds: float = 300.0
    survey_seconds: float = 20.0
    orphan_ttl_seconds: float = 600.0
    propose_from: str = "high"
    durability: str = "interval"
    storm: StormConfig = StormConfig()
    carriage: Carriage = Carriage()
    """What carries the log."""
    turns_per_task: int = 16
    """How many exchanges with a model one message or task may take."""
    brains: BrainsConfig = BrainsConfig()
    """Where models are, with Ollama's place in full."""
    tools: ToolsConfig = ToolsConfig()
    """What its tools may do; without the allow rules the person has not trusted."""
    isolation: str = "none"
    """``worktree``: its tools work in a git worktree of its own."""


class Lifecycle(msgspec.Struct, frozen=True):
    """What supervision says: one of the shown states, why, and who says so."""

    state: str
    reason: str
    source: str


class Sign(msgspec.Struct, frozen=True):
    """The last sign of life on the live lane; times in seconds of one monotonic clock."""

    heard_at: float
    degraded: str = ""
    """Why the named brain is not in use."""
    recalled: Lifecycle | None = None
    """How it stood before the coordinator that hears it began; until it says itself how it is, nobody knows better."""


STANDSTILL_SECONDS = 2.0
"""Who listens and does not get to it for longer than this was stopped itself, or the whole machine was."""
PERSON = "person"
"""Who pauses, unless somebody else is named."""


def presence(lifecycle: Lifecycle, sign: Sign | None, paused: str, now: float, paused_by: str = PERSON) -> Lifecycle:
    """The state to show: supervision's, unless the live lane or the person knows more.

    Args:
        lifecycle: What supervision says.
        sign: What was last heard, None where nothing was.
        paused: Why it is paused; empty when it is not.
        now: On the same clock as the sign.
        paused_by: Who paused it.
    """
    if lifecycle.state != "ONLINE":
        return lifecycle
    if sign is None or _is_silent(sign, now):
        return Lifecycle("UNKNOWN", f"no heartbeat for {SILENT_SECONDS:g} s and no exit seen", "live lane")
    if paused:
        return Lifecycle("PAUSED", paused, paused_by)
    if sign.recalled is not None:
        return sign.recalled
    if sign.degraded:
        return Lifecycle("DEGRADED", sign.degraded, "instance")
    return lifecycle


def after_turn(sign: Sign, turned_at: float, now: float) -> Sign:
    """The sign as it counts at a turn of who listens: what was not heard while that one stood still is no silence.

    Args:
        sign: The last one.
        turned_at: The turn before, on the same clock as the sign.
        now: This turn.
    """
    if now - turned_at <= STANDSTILL_SECONDS or _is_silent(sign, turned_at):
        return sign
    return replace(sign, heard_at=now)


def _is_silent(sign: Sign, now: float) -> bool:
    return now - sign.heard_at > SILENT_SECONDS
