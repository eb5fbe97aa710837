"""The explorer: looks at the folder's files, says what it finds, looks again at changes, takes back what is gone.

A finding is said once. One that only moved with the lines above it, or counts a little more, is the same finding: where
the moved ones stand now is said in one ``memory`` message (``metadata.op = "move"``, ``lines``: key → line).
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.brains.builtin.defect import Defect
from trinity_tui.brains.builtin.work import SurveyOrder, SurveyReport
from trinity_tui.bus import new_message
from trinity_tui.core.address import BROADCAST
from trinity_tui.core.told import counted
from trinity_tui.harness.child import ask
from trinity_tui.harness.outbox import Outbox, Remembered
from trinity_tui.harness.roles.companion import Companion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trinity_tui.core.message import Message
    from trinity_tui.harness.me import Me

BURST = 40
"""Findings said after one look; the graver come first, the rest follow with the next looks."""
STANDING_MOST = 500
"""When so many stand, only grave ones are added: nobody reads more, and the room keeps no more."""
AGAIN_SECONDS = 2.0
KEY_CHARACTERS = 300
MOVED_AT_ONCE = 25
"""Moved findings in one message, so that its metadata keeps to its limit."""
_FIGURES = re.compile(r"\d+")
log = logging.getLogger("explorer")


class Said(msgspec.Struct, frozen=True):
    """A finding that stands, and the message that said it."""

    defect: Defect
    message_id: str


class State(Remembered):
    """What the explorer remembers between its lives."""

    said: dict[str, Said] = msgspec.field(default_factory=dict[str, Said])
    """By the finding's key: rule, path and symbol."""


class Explorer(Companion):
    """Finds what is worth knowing about the folder."""

    async def begin(self, me: Me) -> None:
        """Remember what was said before."""
        await super().begin(me)
        self._outbox = Outbox(me, State)
        self._state = await self._outbox.open()
        self._has_looked = False

    async def work(self) -> float:
        """Look once; seconds until the next look."""
        me = self.me
        async with me.turn("thinking", "looking at what changed", is_routine=self._has_looked):
            order = SurveyOrder(str(me.root), str(me.places.folder / "survey.json"), list(self._state.said))
            report = await ask(order, SurveyReport, me.root)
            log.info(
                "looked at %d files (%d changed): %d findings",
                report.file_count,
                report.parsed_count,
                report.defect_count,
            )
            more = await self._publish(report)
            self._has_looked = report.is_complete
        return AGAIN_SECONDS if more or not report.is_complete else me.brief.survey_seconds

    async def _publish(self, report: SurveyReport) -> bool:
        said = self._state.said
        fresh = self._sayable([defect for defect in report.defects if not _is_said(defect, said)])
        moved = [defect for defect in report.defects if _is_said(defect, said) and said[defect.key].defect != defect]
        now, later = fresh[:BURST], fresh[BURST:]
        messages = [self._finding(defect) for defect in now]
        messages += self._moves([defect for defect in moved if said[defect.key].defect.line != defect.line])
        messages += [self._retraction(said.pop(key)) for key in report.gone if key in said]
        said |= {defect.key: Said(defect, message.id) for defect, message in zip(now, messages, strict=False)}
        said |= {defect.key: Said(defect, said[defect.key].message_id) for defect in moved}
        await self._outbox.publish(*messages)
        if moved and not messages:
            self._outbox.save()
        if messages:
            log.info("said %d findings, took back or moved %d", len(now), len(messages) - len(now))
        return bool(later)

    def _sayable(self, fresh: list[Defect]) -> list[Defect]:
        room = STANDING_MOST - len(self._state.said)
        grave = [defect for defect in fresh if defect.severity == "high"]
        return fresh[:room] if room > len(grave) else grave

    def _finding(self, defect: Defect) -> Message:
        metadata = {
            "key": defect.key[:KEY_CHARACTERS], "rule": defect.rule, "path": defect.path, "line": defect.line,
            "symbol": defect.symbol, "severity": defect.severity, "evidence": defect.evidence,
        }  # fmt: skip
        text = f"{defect.path}:{defect.line} {defect.text}"
        return new_message(self.me.id, BROADCAST, "finding", text, origin="peer", metadata=metadata)

    def _moves(self, moved: list[Defect]) -> Iterator[Message]:
        for first in range(0, len(moved), MOVED_AT_ONCE):
            part = moved[first : first + MOVED_AT_ONCE]
            metadata = {"op": "move", "lines": {defect.key[:KEY_CHARACTERS]: defect.line for defect in part}}
            text = f"findings that stand at other lines now: {', '.join(f'{d.path}:{d.line}' for d in part)}"
            yield new_message(self.me.id, BROADCAST, "memory", text, origin="peer", metadata=metadata)

    def _retraction(self, said: Said) -> Message:
        text = f"no longer so: {said.defect.path} {said.defect.text}"
        metadata = {"op": "retract", "key": said.defect.key[:KEY_CHARACTERS]}
        return new_message(
            self.me.id, BROADCAST, "memory", text, origin="peer", metadata=metadata, reply_to=said.message_id
        )

    def known(self) -> Sequence[Defect]:
        """What was found and still stands."""
        return [said.defect for said in self._state.said.values()]

    def facts(self) -> str:
        """How much it has found."""
        return f"{counted(len(self._state.said), 'finding stands', 'findings stand')}."


def _is_said(defect: Defect, said: dict[str, Said]) -> bool:
    before = said.get(defect.key)
    if before is None or before.defect.severity != defect.severity:
        return False
    return _FIGURES.sub("", before.defect.text) == _FIGURES.sub("", defect.text)
