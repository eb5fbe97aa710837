"""How far each message has come, what became of dead letters, and who has talked to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core import address, typed
from trinity_tui.core.dead import letter_of
from trinity_tui.core.delivery import receiver
from trinity_tui.core.diary import Decision
from trinity_tui.core.folds.waiting import answered
from trinity_tui.core.room import Link, link_key

if TYPE_CHECKING:
    from trinity_tui.core.dead import Letter
    from trinity_tui.core.folds.changing import Changing
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position
    from trinity_tui.core.room import FlowRow

LINKS_KEPT = 2_000


def receipt(change: Changing, position: Position, message: Message) -> None:
    """Somebody has received or read what was addressed to them."""
    deliveries = change.room.deliveries
    view = change.room.instances.get(receiver(message))
    if view is not None:
        deliveries.mark(message, view.role)
    deliveries.receipt(message)
    change.dirty.add("deliveries")
    if message.from_ == address.COORDINATOR:
        _end(change, position, message)


def _end(change: Changing, position: Position, message: Message) -> None:
    """How messages ended that nobody read, and which dead letters need nobody's care any more."""
    room = change.room
    for entry in typed.tables(message.metadata, "endings"):
        name, stage = typed.text(entry, "id"), typed.text(entry, "stage")
        room.deliveries.end(name, stage, typed.text(entry, "reason"))
        for letter in typed.tables({"letters": [entry.get("letter")]}, "letters"):
            room.dead.buried(letter_of(letter))
    by, via = typed.text(message.metadata, "by", address.HUMAN), typed.text(message.metadata, "via")
    consumer = typed.text(message.metadata, "consumer")
    for name in typed.texts(message.metadata, "dropped"):
        for letter in room.dead.settled(name, consumer):
            _cared(change, letter, "dropped", by, position, message.timestamp, via)
    change.dirty.add("approvals")


def _cared(change: Changing, letter: Letter, verdict: str, by: str, position: Position, at: str, via: str = "") -> None:
    """A dead letter needs nobody's care any more."""
    text = f"a {letter.type or 'message'} of {letter.from_ or 'somebody'}: {letter.reason}"
    change.decided(Decision("dead", letter.id, letter.consumer, text, verdict, by, at, letter.at, position, via=via))


def written(change: Changing, position: Position, message: Message, row: FlowRow) -> None:
    """A message begins its way, and ends what waited for it."""
    room = change.room
    expected = len(room.members(message.to, message.from_)) if address.is_many(message.to) else 1
    room.deliveries.written(position, message, expected)
    view = room.instances.get(message.from_)
    is_human = message.from_ == address.HUMAN
    settled, consumer = (typed.text(message.metadata, key) if is_human else "" for key in ("resent_of", "given_up_by"))
    if message.reply_to:
        settled = room.deliveries.answered(message, view.role if view is not None else "") or settled
        answered(change, position, message, row)
    for letter in room.dead.settled(settled, consumer) if settled else ():
        verdict = "answered after all" if message.reply_to == settled else "sent again"
        _cared(change, letter, verdict, message.from_, position, message.timestamp)
    change.dirty.add("deliveries")
    if view is not None:
        view.sent += 1
        view.last_at = message.timestamp
        change.dirty.add(f"instance:{view.id}")
    _link(change, row)


def _link(change: Changing, row: FlowRow) -> None:
    """Note who talked to whom; a word to a role is one to each who has it, a broadcast is talk with nobody."""
    role = address.role_of(row.to) is not None
    others = change.room.members(row.to, row.from_) if role else [] if address.is_many(row.to) else [row.to]
    for other in others:
        if other != row.from_:
            _note_link(change, link_key(row.from_, other), row)


def _note_link(change: Changing, key: str, row: FlowRow) -> None:
    links = change.room.links
    link = links.pop(key, None) or Link()
    link.count += 1
    link.last_at, link.last_position = row.timestamp, row.position
    links[key] = link
    if len(links) > LINKS_KEPT:
        del links[next(iter(links))]
    change.dirty.add("links")
