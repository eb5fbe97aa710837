"""What an instance did with its tools in a stretch of time, from its trace: files it wrote, commands it ran."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec

from trinity_tui.core.handoff.life import line
from trinity_tui.core.message import parse_time
from trinity_tui.core.trace import Use

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trinity_tui.core.trace import TraceLine

WRITERS = frozenset({"write", "edit"})
RUNNERS = frozenset({"run", "shell"})
KEPT = 30
SUMMARY_CHARACTERS = 200


class Failure(msgspec.Struct, frozen=True):
    """A call that failed or was refused."""

    tool: str
    why: str
    at: float


class Deeds(msgspec.Struct, frozen=True):
    """What was done."""

    written: tuple[str, ...] = ()
    """Files, the last written last."""
    ran: tuple[str, ...] = ()
    """Commands, each with how it came out the last time."""
    failed: tuple[Failure, ...] = ()
    """The calls that came to nothing, the newest last."""


def deeds(lines: Iterable[TraceLine], since: float, until: float) -> Deeds:
    """What the calls of a trace did.

    Args:
        lines: The trace; what is no call is passed over.
        since: Seconds since the epoch.
        until: Likewise; what was told at this very moment counts.
    """
    written: dict[str, None] = {}
    ran: dict[str, str] = {}
    failed: list[Failure] = []
    for use in lines:
        if not isinstance(use, Use) or not since <= _seconds(use.at) <= until:
            continue
        if use.state != "done":
            failed.append(Failure(use.tool, _outcome(use), _seconds(use.at)))
        if use.tool in WRITERS and use.state == "done" and (path := _path(use.arguments)):
            written.pop(path, None)
            written[path] = None
        if use.tool in RUNNERS and use.state in ("done", "failed"):
            summary = line(use.summary, SUMMARY_CHARACTERS)
            ran.pop(summary, None)
            ran[summary] = f"`{summary}`: {_outcome(use)}"
    return Deeds(tuple(written)[-KEPT:], tuple(ran.values())[-KEPT:], tuple(failed[-KEPT:]))


def _path(arguments: Any) -> str:
    path = cast("dict[str, Any]", arguments).get("path") if isinstance(arguments, dict) else None
    return line(path, SUMMARY_CHARACTERS) if isinstance(path, str) else ""


def _outcome(use: Use) -> str:
    """How it ended, which its result says first, and what it said last."""
    said = [one.strip() for one in use.result.strip().split("\n") if one.strip()] or [use.state]
    last = f", {line(said[-1], SUMMARY_CHARACTERS)}" if len(said) > 1 else ""
    return f"{line(said[0], SUMMARY_CHARACTERS)}{last}"


def _seconds(text: str) -> float:
    try:
        return parse_time(text)
    except ValueError:
        return -1.0
