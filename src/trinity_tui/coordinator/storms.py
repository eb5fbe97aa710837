"""The storm guard's authority: what goes round is paused, and the person is told once, with the loop drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.bus import new_message
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.storm import SOURCE
from trinity_tui.core.storm_watch import Watch, seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trinity_tui.coordinator.folding import Folding
    from trinity_tui.coordinator.standing import Standing
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Record
    from trinity_tui.core.storm import StormConfig
    from trinity_tui.core.storm_watch import Storm


class Storms:
    """Decides about storms.

    Args:
        folding: Whose records are watched.
        standing: Who there is, and who is paused already.
        limits: As configured.
        hold: Pause an instance, with the reason and who says so.
        found: Called when there is something to decide.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        folding: Folding,
        standing: Standing,
        limits: StormConfig,
        hold: Callable[[str, str, str], None],
        found: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        self._folding = folding
        self._standing = standing
        self._limits = limits
        self._hold = hold
        self._on_found = found
        self._clock = clock
        self._watch = Watch(limits)
        folding.listen(self._listen)

    def _listen(self, records: Sequence[Record]) -> None:
        now = self._clock()
        is_replay = not self._folding.caught_up.is_set()
        for record in records:
            self._watch.fold(record, min(now, seconds_of(record.message)) if is_replay else now)
        if self._watch.pending:
            self._on_found()

    def decide(self) -> list[Message]:
        """Pause who takes part in what was found, and the words for the person."""
        pending = self._watch.pending
        found = list(pending.values())
        pending.clear()
        return [message for storm in found for message in self._decide(storm)]

    def _decide(self, storm: Storm) -> list[Message]:
        if self._clock() - storm.seen_at > self._limits.window_seconds:
            return []  # Met in an old log: it is over, and whoever took part has long been at something else.
        members = [name for name in storm.members if self._standing.knows(name)]
        loose = [name for name in members if not self._standing.paused(name)]
        if storm.members and not loose:
            return []
        for name in loose:
            self._hold(name, f"{SOURCE}: {storm.text}", SOURCE)
        told = f"Storm guard: {storm.text}."
        if loose:
            told += f" Paused: {', '.join(loose)}. `trinity resume {loose[0]}` lets it go on."
        return [_alert(told, storm, members)]


def _alert(text: str, storm: Storm, members: list[str]) -> Message:
    metadata = {"storm": storm.key, "rule": storm.rule, "members": members}
    return new_message(COORDINATOR, HUMAN, "alert", text, origin="coordinator", priority="high", metadata=metadata)
