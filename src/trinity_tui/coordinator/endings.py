"""Says of messages that nobody read how they ended: on record, to an instance that sent one, to the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.bus import new_message
from trinity_tui.core import address, endings, record
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.dead import Letter
from trinity_tui.core.record import DamagedLine
from trinity_tui.core.room import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from trinity_tui.bus import DeadLetter
    from trinity_tui.core.endings import Ending
    from trinity_tui.core.message import Message
    from trinity_tui.core.room import Room

LOOK_SECONDS = 0.25
"""How often the deliveries are looked at, at the most."""
TOLD_ONE_BY_ONE = 3
"""So many at a time are told of each; more are told of in one alert."""


class Endings:
    """Decides about messages that came to nothing.

    Args:
        room: The room as it is when asked.
        there: Who is configured, with the role of each.
        letters: The dead letters that were written since it was last asked.
        clock: Seconds since the epoch.
        outsiders: Who finds what is said to it in a file.
    """

    def __init__(
        self,
        room: Callable[[], Room],
        there: Callable[[], Mapping[str, str]],
        letters: Callable[[], list[DeadLetter]],
        clock: Callable[[], float],
        outsiders: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._room = room
        self._there = there
        self._letters = letters
        self._clock = clock
        self._outsiders = outsiders
        self._looked_at = float("-inf")
        self._unsettled: list[Letter] = []
        """Dead letters that are not on record yet."""

    def decide(self) -> list[Message]:
        """The records, and the words for who sent them."""
        now, room = self._clock(), self._room()
        if 0 <= now - self._looked_at < LOOK_SECONDS:
            return []
        # Who shares the log from another folder is in the room and not in this configuration.
        known = {view.id: view.role for view in room.instances.values()}
        self._looked_at, there = now, known | dict(self._there())
        self._unsettled += [letter_of(found) for found in self._letters()]
        self._unsettled = [letter for letter in self._unsettled if room.dead.is_new(letter)]
        found = endings.decide(room.deliveries, there, now, self._outsiders()) + endings.buried(
            self._unsettled, room.dead
        )
        said = [_record(metadata) for metadata in endings.records(found)]
        said += [_told(ending) for ending in found if _waits_for_word(ending, there)]
        return said + _alerts([ending for ending in found if ending.from_ == HUMAN or ending.letter is not None])


def _waits_for_word(ending: Ending, there: Mapping[str, str]) -> bool:
    return ending.letter is None and (ending.from_ in there or address.is_elsewhere(ending.from_))


def letter_of(found: DeadLetter) -> Letter:
    """A dead letter as faces show it; what its line does not tell any more is left out."""
    try:
        message = record.decode(found.line.encode())
    except DamagedLine:
        name = f"{found.consumer}@{found.position}"
        return Letter(name, found.consumer, "", found.consumer, "", "", found.reason, found.attempts, found.at, 0)
    return Letter(
        message.id, found.consumer, message.from_, message.to, message.type, cut(message.content)[:120],
        found.reason[:300], found.attempts, found.at, found.position,
    )  # fmt: skip


def _record(metadata: dict[str, object]) -> Message:
    return new_message(COORDINATOR, COORDINATOR, "receipt", "", origin="coordinator", metadata=metadata)


def _told(ending: Ending) -> Message:
    """To the instance that sent it, or to another computer.

    It answers nothing: else it would count as the answer of whom it was for.
    """
    metadata = {"delivery": ending.stage, "of": ending.id}
    text = f"Your message {ending.id} to {ending.to} {_ended(ending)}."
    return new_message(COORDINATOR, ending.from_, "message", text, origin="coordinator", metadata=metadata)


def _alerts(found: list[Ending]) -> list[Message]:
    if len(found) > TOLD_ONE_BY_ONE:
        listed = " `trinity messages --dead`" if any(ending.letter for ending in found) else ""
        return [_alert(f"{len(found)} messages came to nothing, the first: {_sentence(found[0])}{listed}", found)]
    return [_alert(_sentence(ending), [ending]) for ending in found]


def _alert(text: str, found: list[Ending]) -> Message:
    metadata = {"ended": [ending.id for ending in found[:50]]}
    return new_message(COORDINATOR, HUMAN, "alert", text, origin="coordinator", priority="high", metadata=metadata)


def _sentence(ending: Ending) -> str:
    letter = ending.letter
    if letter is None:
        return f"Your message to {ending.to} {_ended(ending)}. `trinity resend {ending.id}`"
    whose = "your message" if letter.from_ == HUMAN else f"a {letter.type or 'message'} of {letter.from_ or 'somebody'}"
    tries = f" after {letter.attempts} attempts" if letter.attempts > 1 else ""
    return f"{letter.consumer} gave up {whose}{tries}: {letter.reason}. `trinity resend {letter.id}`"


def _ended(ending: Ending) -> str:
    return {"failed": "failed", "expired": "expired", "dead": "was given up"}[ending.stage] + f": {ending.reason}"
