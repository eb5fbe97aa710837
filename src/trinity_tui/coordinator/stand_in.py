"""Backups at work: watches who is down, says who stands in for whom, and has the backup run for that long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.bus import new_message
from trinity_tui.core import address
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.backup import Change, Post, decide, deputies, observe

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from trinity_tui.coordinator.folding import Folding
    from trinity_tui.coordinator.standing import Standing
    from trinity_tui.core.message import Message
    from trinity_tui.core.room import Room

TOLD_MOST = 20
"""So many senders of unread messages are told at once."""


class Staff:
    """Has backups run.

    Args:
        lend: Have this one run for a while, unless a person said otherwise; to the same effect however often.
        give_back: It is no longer needed.
        kept_down: Those a person keeps down.
    """

    def __init__(
        self,
        lend: Callable[[str], None],
        give_back: Callable[[str], None],
        kept_down: Callable[[], Collection[str]],
    ) -> None:
        self.lend = lend
        self.give_back = give_back
        self.kept_down = kept_down


class StandIns:
    """The backups of one workspace.

    Args:
        folding: What the log says.
        standing: How the instances stand; who stands in is noted there, and so put on record.
        staff: Has backups run.
        clock: Monotonic seconds.
    """

    def __init__(self, folding: Folding, standing: Standing, staff: Staff, clock: Callable[[], float]) -> None:
        self._folding = folding
        self._standing = standing
        self._staff = staff
        self._clock = clock
        self._posts: dict[str, Post] = {}
        self._is_restored = False

    def decide(self) -> list[Message]:
        """What changes, in words. What was decided before is on record by now, and is carried out."""
        room, standing, now = self._folding.room, self._standing, self._clock()
        if not self._is_restored:
            standing.stand_ins = {view.id: view.stands_for for view in room.instances.values() if view.stands_for}
            self._is_restored = True
        for backup in standing.stand_ins:
            self._staff.lend(backup)
        before, self._posts = self._posts, {}
        for view in room.instances.values():
            self._posts[view.id] = observe(before.get(view.id, Post()), view.state, now)
        unavailable = {view.id for view in room.instances.values() if view.state == "PARKED"} | {
            *self._staff.kept_down()
        }
        changes = decide(standing.backups(), self._posts, standing.stand_ins, unavailable, now)
        return [words for change in changes for words in self._change(change, room)]

    def _change(self, change: Change, room: Room) -> list[Message]:
        if change.begins:
            self._standing.stand_ins[change.backup] = change.primary
            return _begins(change, room)
        # Given back before it is on record: if we end in between, it is decided once more.
        self._staff.give_back(change.backup)
        del self._standing.stand_ins[change.backup]
        return [_ends(change)]

    def deputies(self) -> dict[str, str]:
        """Who gets the work of whom."""
        return deputies(self._standing.backups(), self._posts, self._clock())


def _begins(change: Change, room: Room) -> list[Message]:
    """The person is told, and whoever has written to the one that is down: what waits there stays its own."""
    primary, backup = change.primary, change.backup
    unread = [
        delivery
        for delivery in room.deliveries.by_id.values()
        if delivery.to == primary and not delivery.read_at and not delivery.ended
    ]
    state = room.instances[primary].state
    text = f"{primary} is {state}: {backup} stands in for it"
    waits = f", {len(unread)} unread in its queue" if unread else ""
    metadata = {"instance": primary, "backup": backup}
    words = [
        new_message(COORDINATOR, HUMAN, "alert", text + waits, origin="coordinator", priority="high", metadata=metadata)
    ]
    senders = list(dict.fromkeys(delivery.from_ for delivery in unread if delivery.from_ in room.instances))
    for sender in [one for one in senders if address.is_instance_id(one) and one != backup][:TOLD_MOST]:
        told = f"{text}. What you sent to {primary} waits there until it is back."
        words.append(new_message(COORDINATOR, sender, "message", told, origin="coordinator", metadata=metadata))
    return words


def _ends(change: Change) -> Message:
    text = f"{change.primary} works again: {change.backup} no longer stands in for it"
    metadata = {"instance": change.primary, "backup": change.backup}
    return new_message(COORDINATOR, HUMAN, "message", text, origin="coordinator", metadata=metadata)
