"""The requests that wait for the person: asked, granted for good, withdrawn or decided, each of them once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from trinity_tui.coordinator import statements
from trinity_tui.core import approvals
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bus import Bus
    from trinity_tui.coordinator.folding import Folding
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position
    from trinity_tui.core.room import Approval

Verdict = Literal["once", "always", "reject"]
"""What the person may decide."""
WORD_CHARACTERS = 300
VIA_CHARACTERS = 100


class Approvals:
    """What may be done only once the person allowed it.

    Args:
        bus: The log.
        folding: What it says.
        granted_at: When the person allowed this instance this command for good, RFC 3339; empty: not at all.
        grant: Remember that the person did.
        say_first: Put on record before anything else is decided.
        nudge: Have the coordinator decide soon.
    """

    def __init__(
        self,
        bus: Bus,
        folding: Folding,
        granted_at: Callable[[str, str], str],
        grant: Callable[[str, str], None],
        say_first: Callable[[Message], None],
        nudge: Callable[[], None],
    ) -> None:
        self._bus = bus
        self._folding = folding
        self._granted_at = granted_at
        self._grant = grant
        self._say_first = say_first
        self._nudge = nudge
        self._listener: Callable[[str, str], None] = lambda command, verdict: None
        self._questions: dict[str, str] = {}
        """What the coordinator itself has to ask of the person: command and sentence."""
        self._looked_up: set[str] = set()
        """Requests that wait and were found not to be granted."""
        self._deciding = asyncio.Lock()
        """Two who decide the same at once: the second one is told how the first one did."""

    def ask(self, command: str, text: str) -> None:
        """Ask the person to allow something, unless that very request waits already."""
        self._questions[command] = text
        self._nudge()

    def on_verdict(self, listener: Callable[[str, str], None]) -> None:
        """Be told what the person decided about such a request: its command, and the verdict."""
        self._listener = listener

    def withdraw(self, approval_id: str, instance: str) -> None:
        """Who asked does not want it any more."""
        asked = self._folding.room.approvals.get(approval_id)
        if asked is not None and not asked.verdict and asked.from_ == instance:
            self._say_first(statements.decision(asked, "withdrawn", instance))

    def decide(self) -> list[Message]:
        """What the coordinator has to ask, and what was allowed for good and is decided without asking again."""
        waiting = {asked.id: asked for asked in self._folding.room.approvals.values() if not asked.verdict}
        commands = {asked.command for asked in waiting.values()}
        questions, self._questions = self._questions, {}
        new = [asked for name, asked in waiting.items() if name not in self._looked_up]
        self._looked_up = set(waiting)
        return [
            *(statements.request(command, text) for command, text in questions.items() if command not in commands),
            *(
                statements.decision(asked, "always", "grant", granted=approvals.named(grant[0], at))
                for asked in new
                if (grant := self._grant_of(asked)) is not None and (at := self._granted_at(*grant))
            ),
        ]

    async def settle(self, approval_id: str, verdict: Verdict, word: str = "", via: str = "") -> Position:
        """The person decided.

        Args:
            approval_id: Of the request.
            verdict: What it was.
            word: What the person says with it; the instance is told.
            via: Where, as the face says of itself.

        Raises:
            ClientError: No such request waits (4), it is decided already, or cannot be allowed for good (1).
        """
        async with self._deciding:
            asked = self._waiting(approval_id)
            if verdict == "always":
                grant = self._grant_of(asked)
                if grant is None:
                    raise ClientError(approvals.ONLY_ONCE, 1, "`--once` allows it now.")
                self._grant(*grant)
                self._looked_up.clear()
            said = statements.decision(asked, verdict, HUMAN, word[:WORD_CHARACTERS], via=via[:VIA_CHARACTERS])
            (position,) = await self._bus.publish(said)
            await self._folding.reached(position)
        if asked.from_ == COORDINATOR:
            self._listener(asked.command, verdict)
        return position

    def _grant_of(self, asked: Approval) -> tuple[str, str] | None:
        """To whom "always" would allow what; None where this cannot be allowed for good."""
        view = self._folding.room.instances.get(asked.from_)
        return approvals.grant_of(asked, view.role if view is not None else "")

    def _waiting(self, approval_id: str) -> Approval:
        """The request, which nobody decided yet."""
        room = self._folding.room
        asked = room.approvals.get(approval_id)
        if asked is None:
            waiting = [approval.id for approval in room.approvals.values() if not approval.verdict]
            hint = f"Waiting: {', '.join(waiting)}." if waiting else "Nothing waits."
            raise ClientError(f"no request {approval_id!r} waits for you", 4, hint)
        if asked.verdict:
            raise ClientError(f"that was decided already: {room.how_decided(asked)}")
        return asked
