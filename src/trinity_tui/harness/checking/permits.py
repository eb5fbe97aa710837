"""What a builder may run: asked of the person, once or for good, refused. A request that waits is one over all lives.

The request that waits is remembered with the state, so that its answer counts whenever it comes; what was allowed is
not: a life that begins asks again, and what was allowed for good is granted at once by the coordinator. A folder may
come from elsewhere with a state and a log that were made to agree, so a request counts only in the boot it was made in:
nobody elsewhere knows which that is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from trinity_tui.bus import new_message
from trinity_tui.core.address import HUMAN
from trinity_tui.core.message import Message
from trinity_tui.core.record import Position
from trinity_tui.harness.outbox import Remembered
from trinity_tui.process import procfs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.harness.me import Me
    from trinity_tui.harness.outbox import Outbox

Verdict = Literal["once", "always", "reject"]


class Result(msgspec.Struct, frozen=True):
    """How a check went the last time."""

    code: int | None
    line: str
    """In a line."""
    same_as: str
    """Equal for equal results, whatever time they took."""
    message_id: str
    """The finding that said it."""


class Request(msgspec.Struct, frozen=True):
    """A question to the person that waits."""

    message: Message
    position: Position = -1
    """Where it stands, once that is known."""


class State(Remembered):
    """What a builder remembers between its lives."""

    results: dict[str, Result] = msgspec.field(default_factory=dict[str, Result])
    """By check."""
    checked: str = ""
    """The files' fingerprint of the last time all was checked."""
    asked: dict[str, Request] = msgspec.field(default_factory=dict[str, Request])
    """By check: what waits for the person."""
    boot: str = ""
    """The boot in which that was asked."""


class Permits:
    """The person's word on each check.

    Args:
        me: Who asks.
        outbox: Where requests are remembered and said.
        state: What the outbox keeps.
    """

    def __init__(self, me: Me, outbox: Outbox[State], state: State) -> None:
        self._me = me
        self._outbox = outbox
        if not state.boot or state.boot != procfs.boot_id():
            state.asked.clear()
            state.boot = procfs.boot_id()
        self._asked = state.asked
        self._allowed: dict[str, Verdict] = {}
        self._refused: set[str] = set()

    def may(self, check: str) -> bool:
        """Whether it may be run now."""
        return check in self._allowed

    def is_refused(self, check: str) -> bool:
        """Whether the person said no, and did not bring it up again."""
        return check in self._refused

    def request(self, check: str) -> str:
        """The id of the request that waits; empty where none does."""
        return self._asked[check].message.id if check in self._asked else ""

    def began(self, check: str) -> None:
        """It runs now: what was allowed once is used up."""
        if self._allowed.get(check) == "once":
            del self._allowed[check]

    def reconsider(self, check: str) -> None:
        """The person brought it up: a no does not stand in the way of asking again."""
        self._refused.discard(check)

    async def ask(self, checks: Sequence[str]) -> None:
        """Ask for those that are neither allowed nor refused and about which no request waits."""
        fresh = [
            check for check in checks if not (check in self._asked or check in self._allowed or check in self._refused)
        ]
        self._asked |= {check: Request(self._message(check)) for check in fresh}
        await self._say(fresh)

    async def ask_again(self, checks: Sequence[str]) -> None:
        """At the start: what waited waits on under its id, also where the log is another one than it was asked in."""
        await self._say([check for check in checks if check in self._asked and not await self._is_known(check)])

    async def _say(self, checks: Sequence[str]) -> None:
        said = await self._outbox.publish(*[self._asked[check].message for check in checks])
        for check in checks:
            request = self._asked.get(check)
            if request is not None and request.message.id in said:
                self._asked[check] = Request(request.message, said[request.message.id])
        if checks:
            self._outbox.save()

    async def _is_known(self, check: str) -> bool:
        request = self._asked[check]
        if request.position < 0:
            return False
        found = self._me.bus.read(request.position, request.position + 1)
        return any([record.message.id == request.message.id async for record in found])

    def decided(self, request_id: str, verdict: str) -> str:
        """Take the person's word; the check it is about, empty where it is about none that waits."""
        check = next((check for check, asked in self._asked.items() if asked.message.id == request_id), "")
        if not check:
            return ""
        del self._asked[check]
        if verdict == "once" or verdict == "always":
            self._allowed[check] = verdict
        else:
            self._refused.add(check)
        self._outbox.save()
        return check

    def _message(self, check: str) -> Message:
        metadata = {"op": "request", "command": check, "folder": str(self._me.root)}
        text = f"May I run `{check}` in this folder?"
        return new_message(self._me.id, HUMAN, "approval", text, origin="peer", metadata=metadata)
