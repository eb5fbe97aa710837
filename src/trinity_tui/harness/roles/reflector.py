"""The reflector: says what the records of the memory say together, each thing once, with the records it rests on.

What holds is read from the index that the coordinator keeps, so it is the memory's own account and not what this
instance happened to hear; it looks again when the index has changed.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.brains.builtin.defect import Defect
from trinity_tui.bus import new_message
from trinity_tui.core.address import BROADCAST
from trinity_tui.core.errors import StoreError
from trinity_tui.core.memory_message import has_memory
from trinity_tui.core.told import counted
from trinity_tui.core.words import fingerprint
from trinity_tui.harness.outbox import Outbox, Remembered
from trinity_tui.harness.roles.companion import Companion
from trinity_tui.memory.insights import Insight, Said, insights, news
from trinity_tui.memory.synthesis import SYNTHESIS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.core.message import Message
    from trinity_tui.harness.me import Me
    from trinity_tui.harness.thinking.prose import Prose
    from trinity_tui.memory.standing import Standing

QUIET_SECONDS = 0.5
"""How long to wait for more before the records are put together."""
LOOK_SECONDS = 2.0
"""How often it is looked whether the index has changed."""
PAUSE = 10
"""How many times as long as it takes to put them together nothing is done then."""
OVER_SECONDS = 600.0
"""What is over by itself, nobody says: after so long it is looked for."""
PROSE_SECONDS = 300.0
"""So often at the most a model is asked to write about it."""
RESTS_ON = 50
PROSE = "prose"
log = logging.getLogger("reflector")


class State(Remembered):
    """What the reflector remembers between its lives."""

    said: dict[str, Said] = msgspec.field(default_factory=dict[str, Said])
    """What it said and did not take back, by key."""
    written_of: str = ""
    """Of what the prose was written that is said, as a hash: of the same it is not written again."""


class Reflector(Companion):
    """Puts together what all have found out."""

    _standing: Standing | None = None
    """What held when it last looked."""

    async def begin(self, me: Me) -> None:
        """Remember what was said before."""
        await super().begin(me)
        self._outbox = Outbox(me, State)
        self._state = await self._outbox.open()
        self._found: dict[str, Insight] = {}
        self._seen: object = None
        self._rests_until = self._written_at = float("-inf")

    def learn(self, message: Message) -> bool:
        """Whether a message may do something to the memory."""
        return message.from_ != self.me.id and has_memory(message)

    def learned(self) -> None:
        """Look into the memory once no more comes."""
        self.me.due.hurry(QUIET_SECONDS)

    async def work(self) -> float:
        """Say what is new of what the records say together; waits while more is coming."""
        await self._outbox.publish()
        loop = asyncio.get_running_loop()
        if self.me.consumer.depth:
            return QUIET_SECONDS
        if (wait := self._rests_until - loop.time()) > 0:
            return wait
        if await self._look():
            await self._say()
        if self._standing is not None:
            await self._write(self._standing)
        return LOOK_SECONDS

    async def _look(self) -> bool:
        """See what holds; whether anything changed since the last time."""
        # What reads the index is loaded by the first look and not with the program.
        from trinity_tui.memory.standing import look, stamps

        loop, path, now = asyncio.get_running_loop(), self.me.workspace.memory_index, time.time()
        seen = (stamps(path), now // OVER_SECONDS)
        if seen == self._seen:
            return False
        began = loop.time()
        async with self.me.turn("thinking", "what the records say together"):
            try:
                standing = await asyncio.to_thread(look, path, now)
            except StoreError as error:
                log.info("%s: what holds is looked for again", error)
                return False
        self._seen, took = seen, loop.time() - began
        self._rests_until = loop.time() + PAUSE * took
        if standing is None:
            return False
        self._standing = standing
        self._found = insights(standing.synthesis, self._state.said)
        return True

    async def _say(self) -> None:
        found, said = self._found, self._state.said
        out: list[Message] = []
        for key, insight in news(found, said).items():
            message = self._finding(key, insight)
            said[key] = Said(insight.text, message.id, insight.record_ids, insight.authors)
            out.append(message)
        gone = [key for key in said if key not in found and key != PROSE]
        out += [self._retraction(key, said.pop(key)) for key in gone]
        await self._outbox.publish(*out)
        if out:
            log.info("%d standing, %d said or taken back", len(said), len(out))

    def _finding(self, key: str, insight: Insight) -> Message:
        metadata = {
            "key": key, "kind": insight.kind, "rule": insight.kind, "tags": [SYNTHESIS],
            "subject": insight.subject, "predicate": insight.predicate, "count": len(insight.record_ids),
            "rests_on": list(insight.record_ids[-RESTS_ON:]),
            "severity": "high" if insight.kind == "question" else "normal",
        }  # fmt: skip
        return new_message(self.me.id, BROADCAST, "finding", insight.text, origin="peer", metadata=metadata)

    def _retraction(self, key: str, said: Said) -> Message:
        return new_message(
            self.me.id, BROADCAST, "memory", f"no longer so: {said.text}", origin="peer", reply_to=said.id,
            metadata={"op": "retract", "key": key},
        )  # fmt: skip

    # What a model writes about it

    async def _write(self, standing: Standing) -> None:
        """Have a model write about what is said now, if it is not what was written of already."""
        found, said, now = self._found, self._state.said, asyncio.get_running_loop().time()
        holding = {record.id for record in standing.records}
        if PROSE in said and not holding.issuperset(said[PROSE].record_ids):
            await self._outbox.publish(self._retraction(PROSE, said.pop(PROSE)))
        of = fingerprint(" ".join(sorted(one.id for key, one in said.items() if key != PROSE)))
        if of == self._state.written_of or not found or now < self._written_at + PROSE_SECONDS:
            return
        if self.thinker is None or not await self.thinker.has_model():
            return
        # Only whoever thinks with a model writes prose.
        from trinity_tui.harness.thinking.prose import write

        prose = await write(self.thinker.aside, found, standing.records)
        self._written_at = asyncio.get_running_loop().time()
        if prose is not None:
            await self._keep(prose, of)

    async def _keep(self, prose: Prose, of: str) -> None:
        """Say it in place of what was written before; where nothing of it may be kept, that goes all the same."""
        said, state = self._state.said, self._state
        state.written_of = of
        out = [self._retraction(PROSE, said.pop(PROSE))] if PROSE in said and not prose.text else []
        if prose.text:
            metadata = {
                "key": PROSE, "kind": PROSE, "rule": PROSE, "tags": [SYNTHESIS], "brain": prose.brain,
                "rests_on": list(prose.names[:RESTS_ON]), "refused": prose.refused_count,
            }  # fmt: skip
            message = new_message(self.me.id, BROADCAST, "finding", prose.text, origin="peer", metadata=metadata)
            said[PROSE] = Said(prose.text, message.id, prose.names)
            out.append(message)
        self._outbox.save()
        await self._outbox.publish(*out)
        log.info("wrote about it; %d sentences were refused", prose.refused_count)

    # What it knows

    def known(self) -> Sequence[Defect]:
        """The records that are about a place."""
        records = self._standing.records if self._standing is not None else []
        return [
            Defect(next(iter(one.tags), ""), one.path, one.line, one.subject, "normal", one.text, "")
            for one in records
            if one.path and one.line > 0
        ]

    def facts(self) -> str:
        """What it has put together."""
        count = len(self._standing.records) if self._standing is not None else 0
        said = counted(len(self._state.said), "thing is", "things are")
        return f"{counted(count, 'record holds', 'records hold')}, {said} said of them."
