"""The reflector: sees what several findings have in common and which of them cannot both be true, with their ids."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.brains.builtin.defect import Defect
from trinity_tui.brains.builtin.synthesis import FindingRef, contradictions, group
from trinity_tui.bus import new_message
from trinity_tui.core import typed
from trinity_tui.core.address import BROADCAST, COORDINATOR, HUMAN
from trinity_tui.harness.outbox import Outbox, Remembered
from trinity_tui.harness.roles.companion import IDLE_SECONDS, Companion, moved_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.core.message import Message
    from trinity_tui.harness.me import Me

QUIET_SECONDS = 0.5
"""How long to wait for more before the findings are put together."""
KEPT = 2_000
RESTS_ON = 50
log = logging.getLogger("reflector")


class State(Remembered):
    """What the reflector remembers between its lives."""

    findings: dict[str, FindingRef] = msgspec.field(default_factory=dict[str, FindingRef])
    """By author and key: who says it again replaces it."""
    said: dict[str, tuple[str, str]] = msgspec.field(default_factory=dict[str, tuple[str, str]])
    """Patterns that stand: key → (text, message id)."""


class Reflector(Companion):
    """Puts findings together."""

    async def begin(self, me: Me) -> None:
        """Remember the findings heard and the patterns said before."""
        await super().begin(me)
        self._outbox = Outbox(me, State)
        self._state = await self._outbox.open()
        self._is_stale = True
        if self._outbox.is_first:
            await self.recall()

    def learn(self, message: Message) -> bool:
        """Take in a finding, that one was taken back, or that some stand at other lines."""
        findings = self._state.findings
        operation = typed.text(message.metadata, "op")
        if message.type == "finding" and typed.text(message.metadata, "kind", "finding") != "pattern":
            key = f"{message.from_}:{typed.text(message.metadata, 'key', message.id)}"
            findings.pop(key, None)
            findings[key] = _reference(message)
            while len(findings) > KEPT:
                del findings[next(iter(findings))]
        elif message.type == "memory" and operation == "retract":
            for key in [key for key, found in findings.items() if found.id == message.reply_to]:
                if message.from_ in (findings[key].author, COORDINATOR, HUMAN):
                    del findings[key]
        elif message.type == "memory" and operation == "move":
            self._move(message)
        else:
            return False
        return True

    def learned(self) -> None:
        """Save it; put it together with the rest once no more comes."""
        self._is_stale = True
        self._outbox.save()
        self.me.due.hurry(QUIET_SECONDS)

    def _move(self, message: Message) -> None:
        findings = self._state.findings
        for finding_key, line in moved_lines(message).items():
            key = f"{message.from_}:{finding_key}"
            if key in findings:
                findings[key] = msgspec.structs.replace(findings[key], line=line)

    async def work(self) -> float:
        """Put together what was heard since; waits while more is coming."""
        if not self._is_stale:
            await self._outbox.publish()
            return IDLE_SECONDS
        if self.me.consumer.depth:
            return QUIET_SECONDS
        self._is_stale = False
        async with self.me.turn("thinking", f"{len(self._state.findings)} findings"):
            await self._publish()
        return IDLE_SECONDS

    async def _publish(self) -> None:
        found, said = self._patterns(), self._state.said
        out: list[Message] = []
        for key, pattern in found.items():
            if key not in said or said[key][0] != pattern.text:
                message = self._pattern(key, pattern)
                said[key] = (pattern.text, message.id)
                out.append(message)
        out += [self._retraction(key, *said.pop(key)) for key in list(said) if key not in found]
        await self._outbox.publish(*out)
        if out:
            log.info("%d patterns stand, %d said or taken back", len(said), len(out))

    def _patterns(self) -> dict[str, _Seen]:
        findings = list(self._state.findings.values())
        seen = {f"{p.kind}:{p.subject}": _Seen(p.kind, p.text, p.finding_ids) for p in group(findings)}
        for conflict in contradictions(findings):
            key = f"contradiction:{conflict.subject}:{conflict.predicate}"
            seen[key] = _Seen("contradiction", conflict.text, conflict.finding_ids)
        return seen

    def _pattern(self, key: str, pattern: _Seen) -> Message:
        metadata = {
            "key": key[:300], "kind": "pattern", "rule": pattern.kind, "rests_on": list(pattern.finding_ids[:RESTS_ON]),
            "severity": "high" if pattern.kind == "contradiction" else "normal",
        }  # fmt: skip
        return new_message(self.me.id, BROADCAST, "finding", pattern.text, origin="peer", metadata=metadata)

    def _retraction(self, key: str, text: str, message_id: str) -> Message:
        metadata = {"op": "retract", "key": key[:300]}
        return new_message(
            self.me.id, BROADCAST, "memory", f"no longer so: {text}", origin="peer", metadata=metadata,
            reply_to=message_id,
        )  # fmt: skip

    def known(self) -> Sequence[Defect]:
        """The findings heard, as far as they are about a place."""
        return [
            Defect(f.rule, f.path, f.line, f.symbol, "normal", f.text, "")
            for f in self._state.findings.values()
            if f.path and f.line > 0
        ]

    def facts(self) -> str:
        """What it has put together."""
        return f"{len(self._state.findings)} findings heard, {len(self._state.said)} patterns stand."


class _Seen(msgspec.Struct, frozen=True):
    """A pattern or a contradiction, ready to be said."""

    kind: str
    text: str
    finding_ids: tuple[str, ...]


def _reference(message: Message) -> FindingRef:
    data = message.metadata
    return FindingRef(
        id=message.id, author=message.from_, rule=typed.text(data, "rule"), path=typed.text(data, "path"),
        line=typed.whole(data, "line"), symbol=typed.text(data, "symbol"), text=message.content[:300],
        subject=typed.text(data, "subject"), predicate=typed.text(data, "predicate"), value=typed.text(data, "value"),
    )  # fmt: skip
