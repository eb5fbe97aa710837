"""How checks went, as findings: said when it is another result than the last time, taken back with the check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.bus import new_message
from trinity_tui.core.address import BROADCAST
from trinity_tui.harness.checking.checks import describe, failing_lines, timeless
from trinity_tui.harness.checking.permits import Result
from trinity_tui.harness.one_line import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.harness.checking.permits import State
    from trinity_tui.harness.me import Me
    from trinity_tui.harness.outbox import Outbox
    from trinity_tui.tools.command import Outcome


class Results:
    """Says them.

    Args:
        me: Who does.
        outbox: Where they are remembered and said.
        state: What the outbox keeps.
    """

    def __init__(self, me: Me, outbox: Outbox[State], state: State) -> None:
        self._me = me
        self._outbox = outbox
        self._state = state

    async def report(self, check: str, outcome: Outcome) -> None:
        """Say how a check went, if that is news."""
        line = describe(check, outcome)
        text = line if outcome.is_ok else "\n".join([line, *failing_lines(outcome.output)])
        same_as = timeless(text)
        before = self._state.results.get(check)
        if before is not None and (before.code, before.same_as) == (outcome.code, same_as):
            return
        metadata = {
            "key": _key(check), "kind": "check", "rule": "check", "command": check[:300],
            "exit_code": outcome.code,
            "severity": "low" if outcome.is_ok else "high", "seconds": round(outcome.seconds, 1),
        }  # fmt: skip
        finding = new_message(self._me.id, BROADCAST, "finding", text, origin="peer", metadata=metadata)
        self._state.results[check] = Result(outcome.code, line, same_as, finding.id)
        await self._outbox.publish(finding)

    async def keep_only(self, checks: Sequence[str]) -> None:
        """What was said of checks that are none any more no longer holds."""
        for check in [check for check in self._state.results if check not in checks]:
            result = self._state.results.pop(check)
            metadata = {"op": "retract", "key": _key(check)}
            retraction = new_message(
                self._me.id, BROADCAST, "memory", f"no check any more: {one_line(check, 80)}", origin="peer",
                metadata=metadata, reply_to=result.message_id,
            )  # fmt: skip
            await self._outbox.publish(retraction)


def _key(check: str) -> str:
    return f"check:{check}"[:300]
