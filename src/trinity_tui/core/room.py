"""The room: everything the faces show that the log knows. ``core/room_fold.py`` makes it of the records."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import address, limits, typed
from trinity_tui.core.board import Board
from trinity_tui.core.dead import DeadLetters
from trinity_tui.core.delivery import Deliveries
from trinity_tui.core.diary import Diary
from trinity_tui.core.storm import SOURCE
from trinity_tui.core.usage_account import Account

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position

HIDDEN_FROM_FLOW = frozenset({"receipt"})


class InstanceView(msgspec.Struct):
    """One instance as the log knows it."""

    id: str
    role: str = ""
    brain: str = ""
    order: int = 0
    """Its place in the configuration; the first nine have a digit."""
    state: str = "OFFLINE"
    reason: str = ""
    source: str = ""
    since: str = ""
    epoch: int = 0
    pid: int = 0
    restarts: int = 0
    turn: str = ""
    """What a long turn is about, said by the instance itself; empty when none runs."""
    crash: str = ""
    """Why it last died, and when: shown for a while after it came back."""
    crash_at: str = ""
    stands_for: str = ""
    """Whom it stands in for as the backup; empty when for nobody."""
    sent: int = 0
    last_at: str = ""
    hold: str = ""
    """Why it is paused, also while its process is away; empty when it is not."""
    hold_by: str = ""
    hold_until: int = 0
    """When that ends by itself, seconds since the epoch; 0: when somebody ends it."""


class FlowRow(msgspec.Struct, frozen=True):
    """One message as the flow shows it."""

    position: int
    id: str
    from_: str
    to: str
    type: str
    priority: str
    timestamp: str
    text: str
    reply_to: str | None = None
    label: str = ""
    """What the type is about: a severity, a state, an exit code."""
    about: str = ""
    """Of whom the coordinator says how it is."""


class Finding(msgspec.Struct, frozen=True):
    """Something an instance learned and shared."""

    key: str
    id: str
    position: int
    from_: str
    text: str
    at: str
    rule: str = ""
    path: str = ""
    line: int = 0
    severity: str = "normal"
    kind: str = "finding"
    rests_on: tuple[str, ...] = ()


class Approval(msgspec.Struct, omit_defaults=True):
    """A request that waits for the person, or how it was decided."""

    id: str
    position: int
    from_: str
    command: str
    text: str
    at: str
    verdict: str = ""
    decided_by: str = ""
    decided_at: str = ""
    word: str = ""
    """What the person said with it."""
    granted: str = ""
    """Which grant decided it, in words, where nobody was asked."""
    kind: str = ""
    """``tool``, where a call of a model's waits; empty where a command of the configuration does."""
    tool: str = ""
    grant: tuple[str, ...] = ()
    """What "always" would allow to everyone of the sender's role; empty: nothing can be allowed for good."""
    diff: str = ""
    """What a file would be after it, cut; the message has it whole."""


class Alert(msgspec.Struct, frozen=True):
    """Something the person should know."""

    id: str
    position: int
    from_: str
    text: str
    at: str


class Link(msgspec.Struct):
    """That two have talked: how often, and when last."""

    count: int = 0
    last_at: str = ""
    last_position: int = 0


class Room(msgspec.Struct):
    """Everything the faces show that the log knows."""

    position: int = 0
    """Where to read on: one after the last record folded."""
    count: int = 0
    instances: dict[str, InstanceView] = msgspec.field(default_factory=dict[str, InstanceView])
    flow: list[FlowRow] = msgspec.field(default_factory=list[FlowRow])
    deliveries: Deliveries = msgspec.field(default_factory=Deliveries)
    dead: DeadLetters = msgspec.field(default_factory=DeadLetters)
    findings: dict[str, Finding] = msgspec.field(default_factory=dict[str, Finding])
    board: Board = msgspec.field(default_factory=Board)
    approvals: dict[str, Approval] = msgspec.field(default_factory=dict[str, Approval])
    questions: dict[str, FlowRow] = msgspec.field(default_factory=dict[str, FlowRow])
    """Questions to the person that wait for an answer."""
    alerts: list[Alert] = msgspec.field(default_factory=list[Alert])
    usage: Account = msgspec.field(default_factory=Account)
    """What models were used for."""
    diary: Diary = msgspec.field(default_factory=Diary)
    """What happened that is worth telling later, and who decided what."""
    links: dict[str, Link] = msgspec.field(default_factory=dict[str, Link])
    """By ``link_key``: who has talked to whom."""
    forbidden: int = 0
    """Records that said what their sender may not say."""
    last_forbidden: str = ""
    seen: bytearray = msgspec.field(default_factory=bytearray)
    """Fingerprints of the newest ids, so that a fold which begins here drops the same repeated ones."""

    def digest(self) -> str:
        """The same for equal rooms, and only for them."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]

    def how_decided(self, asked: Approval) -> str:
        """How a request was decided, in words: by whom, when, where, and what was said with it."""
        found = [one for one in self.diary.decisions if one.kind == "approval" and one.id == asked.id]
        via = f", {found[-1].via}" if found and found[-1].via else ""
        who = "the person" if asked.decided_by == address.HUMAN else asked.decided_by
        word = f": {asked.word}" if asked.word else ""
        return f"{asked.verdict}, by {who} at {asked.decided_at[11:19]}{via}{word}"

    def members(self, to: str, sender: str) -> list[str]:
        """Who stands behind an address."""
        return [view.id for view in self.instances.values() if address.reaches(to, sender, view.id, view.role)]


def link_key(one: str, other: str) -> str:
    """The key of a pair, whichever way round."""
    return f"{min(one, other)} {max(one, other)}"


def cut(content: str) -> str:
    """What a view keeps of a content; cutting what is cut changes nothing."""
    most = limits.HEAD_CHARACTERS
    return content if len(content) <= most else content[: most - 1] + "…"


def flow_row(position: Position, message: Message) -> FlowRow:
    """One message as the flow shows it."""
    data = message.metadata
    label = typed.text(data, "severity") or typed.text(data, "state") or typed.text(data, "verdict")
    return FlowRow(
        position=position, id=message.id, from_=message.from_, to=message.to, type=message.type,
        priority=message.priority, timestamp=message.timestamp, text=cut(message.content),
        reply_to=message.reply_to, label=label,
        about=typed.text(data, "instance") if message.type == "status" else "",
    )  # fmt: skip


def told_once(rows: Iterable[FlowRow]) -> list[FlowRow]:
    """The rows as a person reads them: a state said again in the same words, for another pid or source, is no news."""
    last: dict[str, str] = {}
    shown: list[FlowRow] = []
    for row in rows:
        if row.about:
            if last.get(row.about) == row.text:
                continue
            last[row.about] = row.text
        shown.append(row)
    return shown


def waiting(room: Room) -> int:
    """How many things wait for the person, what the person was told and has not seen among them."""
    open_approvals = sum(not approval.verdict for approval in room.approvals.values())
    held = sum(view.state == "PARKED" or is_stormy(view) for view in room.instances.values())
    return open_approvals + len(room.questions) + held + len(room.dead.waiting) + len(unseen(room))


def unseen(room: Room) -> list[Alert]:
    """What the person was told and has not seen."""
    sent = room.deliveries.by_id
    return [alert for alert in room.alerts if (delivery := sent.get(alert.id)) is not None and not delivery.read_at]


def is_stormy(view: InstanceView) -> bool:
    """Whether the storm guard paused it: the person is to let it go on."""
    return bool(view.hold) and view.hold_by == SOURCE
