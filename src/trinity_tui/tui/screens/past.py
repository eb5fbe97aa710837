"""What was kept of how answers came about, for the chat: the newest when somebody is talked with, older on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec

from trinity_tui.core.trace import Exchange, TraceLine, Use

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trinity_tui.tui.bridge import Bridge
    from trinity_tui.tui.widgets.trace import Trace
    from trinity_tui.tui.widgets.transcript import Transcript

PAGE = 60
"""So many lines are asked for at a time."""
NAMES_MOST = 16
"""Of so many at most at once, where everybody is talked with."""


class Past:
    """Asks for traces, and hands on what came: calls to the pane of tools, what was thought to the conversation.

    Args:
        bridge: The way out.
        trace: Shows calls.
        talk: Shows what was thought, folded.
    """

    def __init__(self, bridge: Bridge, trace: Trace, talk: Transcript) -> None:
        self._bridge = bridge
        self._trace = trace
        self._talk = talk
        self._before: dict[str, str] = {}
        """From where older lines are asked for; empty where there are none."""

    def look(self, names: Iterable[str]) -> None:
        """Ask for the newest."""
        for name in list(names)[:NAMES_MOST]:
            self._bridge.ask("trace", who=name, limit=PAGE)

    def look_back(self, names: Iterable[str]) -> bool:
        """Ask for older ones; whether there may be any."""
        places = [(name, self._before.get(name, "")) for name in list(names)[:NAMES_MOST]]
        wanted = [(name, before) for name, before in places if before and not self._trace.is_full]
        for name, before in wanted:
            self._bridge.ask("trace", who=name, before=before, limit=PAGE)
        return bool(wanted)

    def take(self, args: Mapping[str, Any], result: object) -> None:
        """A page came."""
        page = cast("dict[str, Any]", result) if isinstance(result, dict) else {}
        who, before = args["who"], page.get("before")
        if "before" in args or who not in self._before:
            self._before[who] = before if isinstance(before, str) else ""
        lines = list(_lines(page.get("lines")))
        self._trace.take_kept(who, [line for line in lines if isinstance(line, Use)])
        self._talk.take_kept([line for line in lines if isinstance(line, Exchange) and line.thinking.strip()])


def _lines(found: object) -> Iterable[TraceLine]:
    for line in cast("list[object]", found) if isinstance(found, list) else []:
        try:
            yield msgspec.convert(line, TraceLine)
        except msgspec.ValidationError:
            continue  # Of a newer version.
