"""How each instance is, as the coordinator says, and what of its changes is worth telling later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from trinity_tui.core import address, typed
from trinity_tui.core.diary import Decision
from trinity_tui.core.room import InstanceView, is_stormy

if TYPE_CHECKING:
    from trinity_tui.core.folds.changing import Changing
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position
    from trinity_tui.core.room import FlowRow


def status(change: Changing, position: Position, message: Message, row: FlowRow) -> None:
    """The coordinator says how an instance is, or an instance it introduced that a long turn runs."""
    data, instances = message.metadata, change.room.instances
    name = typed.text(data, "instance", message.from_)
    is_lifecycle = message.from_ == address.COORDINATOR
    if is_lifecycle and "unwatched_seconds" in data:
        change.room.diary.note("gap", name, row)
        change.dirty.add("diary")
    if not address.is_instance_id(name) or (not is_lifecycle and name not in instances):
        return
    change.dirty.add(f"instance:{name}")
    if not is_lifecycle:
        instances[name].turn = typed.text(data, "turn", instances[name].turn)
        if change.room.usage.fold(message):
            change.room.diary.spent(message)
            change.dirty |= {"usage", "diary"}
    elif typed.text(data, "removed") == "yes":
        instances.pop(name, None)
        if change.room.deliveries.marks.pop(name, None) is not None:
            change.dirty.add("deliveries")
    else:
        view = instances.setdefault(name, InstanceView(name))
        before = msgspec.structs.replace(view)
        _lifecycle(view, message)
        _turned(change, before, view, position, message, row)
        change.dirty.add("diary")


def _lifecycle(view: InstanceView, message: Message) -> None:
    data = message.metadata
    state = typed.text(data, "state", view.state)
    if state != view.state:
        view.since = message.timestamp
        view.turn = ""
    view.state, view.reason = state, typed.text(data, "reason")
    view.source = typed.text(data, "source")
    view.hold, view.hold_by = typed.text(data, "hold"), typed.text(data, "hold_by")
    view.hold_until = typed.whole(data, "hold_until")
    view.role = typed.text(data, "role", view.role)
    view.brain = typed.text(data, "brain", view.brain)
    view.order = typed.whole(data, "order", view.order)
    view.epoch = typed.whole(data, "epoch", view.epoch)
    view.pid = typed.whole(data, "pid", view.pid)
    view.restarts = typed.whole(data, "restarts", view.restarts)
    view.stands_for = typed.text(data, "stands_for")
    if typed.text(data, "crash"):
        view.crash, view.crash_at = typed.text(data, "crash"), message.timestamp


def _turned(
    change: Changing, before: InstanceView, view: InstanceView, position: Position, message: Message, row: FlowRow
) -> None:
    """What of a change of state is worth telling later, and whether it ended what had waited for the person."""
    diary, crash = change.room.diary, typed.text(message.metadata, "crash")
    if crash:
        diary.note("crash", view.id, row, crash, epoch=typed.whole(message.metadata, "crash_epoch"))
    if view.restarts > before.restarts:
        diary.note("restart", view.id, row, view.reason)
    if view.state == "PARKED" != before.state:
        diary.note("parked", view.id, row, view.reason)
    if is_stormy(view) and not is_stormy(before):
        diary.note("storm", view.id, row, view.hold)
    if before.state == "PARKED" != view.state:
        _freed(change, "parked", before, before.reason, f"now {view.state.lower()}", view.source, position, row)
    if is_stormy(before) and not view.hold:
        _freed(change, "storm", before, before.hold, "let go on", view.source, position, row)


def _freed(
    change: Changing, kind: Literal["parked", "storm"], before: InstanceView, why: str, verdict: str, by: str,
    position: Position, row: FlowRow,
) -> None:  # fmt: skip
    name = before.id
    change.decided(Decision(kind, name, name, why, verdict, by, row.timestamp, before.since, position))
