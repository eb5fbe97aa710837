"""What goes round among instances, seen from the log: which message caused which, and when that has become a storm.

A fold of its own beside the room, with a bounded memory: nothing but the log, and the time at which a record was
seen, goes in. The chain comes from who answered whom, so one that lies about its hops is seen as well. What it found
waits in ``pending`` until the coordinator has told the person; an alert in the log that says so takes it out again,
so a coordinator that was restarted tells nothing twice.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core import address, storm, typed
from trinity_tui.core.message import parse_time
from trinity_tui.core.record import Position
from trinity_tui.core.storm import EXEMPT, Bucket, Repeats

if TYPE_CHECKING:
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Record
    from trinity_tui.core.storm import StormConfig

EDGES_KEPT = 4_096
"""How many messages are remembered with their cause."""
CHAIN_MOST = 256
"""So far back a chain is followed; a loop of more members is not seen as one."""
SENDERS_KEPT = 1_024
PENDING_KEPT = 64
EVICTED_SHARE = 20
"""The oldest one in so many is forgotten when there are more messages than are remembered."""
RATE_SLACK = 2
"""The log shows in a burst what left its sender evenly; only twice the sender's own limit counts."""


class Edge(msgspec.Struct, frozen=True, gc=False):
    """A message of a peer, and what caused it."""

    id: str
    sender: str
    to: str
    cause: str
    hops: int
    root: str
    position: Position
    said_at: str
    """As the record has it."""

    def reaches(self, name: str) -> bool:
        """Whether it can have caused what this one said: it was for it."""
        return self.to == name or (address.is_many(self.to) and self.sender != name)


class Storm(msgspec.Struct, frozen=True):
    """Too much, of whom, and how it went round."""

    rule: str
    text: str
    """The loop as it was drawn and how fast it went, or why one alone is too much."""
    members: tuple[str, ...]
    """Who is to be paused, in their order; empty where the sender's own refusal was enough."""
    sender: str
    seen_at: float

    @property
    def key(self) -> str:
        """The same for what is one storm."""
        return " ".join(sorted(self.members)) if self.members else f"{self.rule} {self.sender}"


class Watch:
    """Sees storms in the log.

    Args:
        limits: As configured.

    Attributes:
        pending: What the person has not been told of yet, by ``Storm.key``.
    """

    def __init__(self, limits: StormConfig) -> None:
        self._limits = limits
        self._edges: dict[str, Edge] = {}
        self._buckets: dict[str, Bucket] = {}
        self._repeats = Repeats(limits.window_seconds)
        self._forgiven: dict[str, Position] = {}
        """By instance: what was said before this is not held against it."""
        self._held: set[str] = set()
        self._told: dict[str, float] = {}
        self.pending: dict[str, Storm] = {}

    def fold(self, record: Record, at: float) -> None:
        """Take one record.

        Args:
            record: The next of the log.
            at: When it was seen, in seconds since the epoch.
        """
        message = record.message
        if not self._limits.enabled:
            return
        if message.from_ == address.COORDINATOR:
            self._authority(record, at)
        elif message.type == "status":
            self._refused(message, at)
        elif message.from_ != address.HUMAN and message.type not in EXEMPT:
            self._peer(record, at)

    def _authority(self, record: Record, at: float) -> None:
        """What the coordinator told the person of a storm, and whom the person let go on."""
        message, data = record.message, record.message.metadata
        if message.type == "alert" and (key := typed.text(data, "storm")):
            self.pending.pop(key, None)
            self._told.pop(key, None)
            self._told[key] = at
            _bound(self._told, PENDING_KEPT)
            self._forgive(typed.texts(data, "members"), record.position)
        elif message.type == "status" and (name := typed.text(data, "instance")):
            is_held = bool(typed.text(data, "hold"))
            if name in self._held and not is_held:
                self._forgive([name], record.position)
            (self._held.add if is_held else self._held.discard)(name)

    def _forgive(self, names: list[str], position: Position) -> None:
        for name in names:
            self._forgiven[name] = position
            self._buckets.pop(name, None)
        _bound(self._forgiven, SENDERS_KEPT)

    def _peer(self, record: Record, at: float) -> None:
        message = record.message
        edge = self._edge(record)
        self._edges[edge.id] = edge
        # Many at once: a dictionary that is emptied from its front one by one is walked from its front each time.
        _bound(self._edges, EDGES_KEPT, EDGES_KEPT // EVICTED_SHARE)
        if not edge.hops:
            return
        limits = self._limits
        if edge.hops >= limits.max_hops and (found := self._loop(edge, "hops", at)):
            self._found(found)
        count = self._repeats.count(message, edge.root, at)
        self._repeats.note(message, edge.root, at, limits.repeats)
        if count >= limits.repeats:
            reason = storm.repeats_reason(message.to, count, limits)
            self._found(self._loop(edge, "repeats", at) or self._alone(edge.sender, "repeats", reason, at))
        bucket = self._buckets.setdefault(message.from_, Bucket(RATE_SLACK * limits.per_minute, at))
        _bound(self._buckets, SENDERS_KEPT)
        if not bucket.take(limits.per_minute, at):
            self._found(self._alone(edge.sender, "rate", storm.rate_reason(limits), at))

    def _edge(self, record: Record) -> Edge:
        message = record.message
        before = self._cause(message, storm.cause_of(message))
        return _after(before, message, record.position)

    def _cause(self, message: Message, cause: str) -> Edge | None:
        """What caused a message, if that was a peer's, was for its sender, and is not forgiven."""
        before = self._edges.get(cause)
        if before is None or not before.reaches(message.from_):
            return None
        return before if before.position >= self._forgiven.get(message.from_, 0) else None

    def _refused(self, message: Message, at: float) -> None:
        """An instance says that its own guard kept a message back: what goes round there is told as any other."""
        data = message.metadata
        rule, reason = typed.text(data, "refused"), typed.text(data, "reason")
        if rule not in ("hops", "rate", "repeats") or typed.text(data, "instance", message.from_) != message.from_:
            return
        found: Storm | None = None
        before = self._cause(message, typed.text(data, "cause"))
        if before is not None and before.hops + 1 >= self._limits.repeats and rule != "rate":
            found = self._loop(_after(before, message, before.position), rule, at)
        self._found(found or Storm(rule, f"{message.from_}: {reason}", (), message.from_, at))

    def _loop(self, newest: Edge, rule: str, at: float) -> Storm | None:
        """What goes round in the chain that ends here: from somebody back to the same one, the newest such round."""
        chain = self._chain(newest)
        last: dict[str, int] = {}
        for index, edge in enumerate(chain):
            if edge.sender in last:
                round_ = [item.sender for item in reversed(chain[last[edge.sender] : index + 1])]
                members = tuple(dict.fromkeys(round_))
                told = [item for item in chain if item.sender in members]
                seconds = max(0.0, _seconds(told[0].said_at) - _seconds(told[-1].said_at))
                text = f"{' → '.join(round_)}, {len(told)} messages in {seconds:.0f} s"
                return Storm(rule, text, members, newest.sender, at)
            last[edge.sender] = index
        return None

    def _alone(self, sender: str, rule: str, reason: str, at: float) -> Storm:
        """One whose own guard should have refused it: it is paused by itself."""
        return Storm(rule, f"{sender}: {reason}", (sender,), sender, at)

    def _chain(self, newest: Edge) -> list[Edge]:
        """What led to a message, the newest first."""
        chain = [newest]
        while len(chain) < CHAIN_MOST and chain[-1].hops and (before := self._edges.get(chain[-1].cause)):
            chain.append(before)
        return chain

    def _found(self, found: Storm) -> None:
        if not found.members and found.seen_at - self._told.get(found.key, -1e12) < self._limits.window_seconds:
            return
        self.pending.setdefault(found.key, found)
        _bound(self.pending, PENDING_KEPT)


def _after(before: Edge | None, message: Message, position: Position) -> Edge:
    if before is None:
        return Edge(message.id, message.from_, message.to, "", 0, message.id, position, message.timestamp)
    hops, root = before.hops + 1, before.root
    return Edge(message.id, message.from_, message.to, before.id, hops, root, position, message.timestamp)


def _bound(kept: dict[str, Any], most: int, more: int = 0) -> None:
    """Forget the oldest of too many, and so many more of them."""
    if len(kept) > most:
        for oldest in list(itertools.islice(kept, len(kept) - most + more)):
            del kept[oldest]


def seconds_of(message: Message) -> float:
    """When it was said, as its sender has it; 0 where that is no time."""
    return _seconds(message.timestamp)


def _seconds(timestamp: str) -> float:
    try:
        return parse_time(timestamp)
    except ValueError:
        return 0.0
