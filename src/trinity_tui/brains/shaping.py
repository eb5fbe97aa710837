"""A conversation as the providers' protocols want it, where they want more than ours says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.conversation import Turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

UNANSWERED = "It was interrupted; nothing is known of its result."


def answered(turns: Iterable[Turn]) -> Iterator[Turn]:
    """The turns with a result for every call: one that was interrupted left none, and a provider refuses that."""
    open_calls: dict[str, str] = {}
    for turn in turns:
        if turn.speaker == "tool":
            if open_calls.pop(turn.call_id, None) is not None:
                yield turn
            continue
        yield from _interrupted(open_calls)
        open_calls = {call.id: call.tool for call in turn.calls}
        if turn.text.strip() or turn.calls:
            yield turn
    yield from _interrupted(open_calls)


def _interrupted(calls: dict[str, str]) -> Iterator[Turn]:
    for call_id, tool in calls.items():
        yield Turn("tool", UNANSWERED, call_id=call_id, tool=tool, is_error=True)
