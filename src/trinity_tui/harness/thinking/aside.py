"""What a model says to something that nobody asked: one exchange, without tools, kept by no conversation.

Only the trace and the account know of it; what becomes of its words is for whoever wanted them.
"""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

from trinity_tui.core.address import COORDINATOR
from trinity_tui.core.errors import BrainError
from trinity_tui.core.message import format_time
from trinity_tui.harness.thinking.calls import Calls
from trinity_tui.harness.thinking.conversation import Conversation, Opened
from trinity_tui.harness.thinking.hands import Hands
from trinity_tui.harness.thinking.stopping import Stop
from trinity_tui.harness.thinking.talk import Talk
from trinity_tui.harness.thinking.telling import Telling

if TYPE_CHECKING:
    from trinity_tui.core.context import Sources
    from trinity_tui.core.trace import TraceLine
    from trinity_tui.harness.me import Me
    from trinity_tui.harness.thinking.approvals import Approvals
    from trinity_tui.harness.thinking.conversation import Closed
    from trinity_tui.harness.thinking.mind import Mind
    from trinity_tui.harness.thinking.situation import Situation
    from trinity_tui.harness.thinking.tracing import Trace


class Aside:
    """Puts such things to the brain of one instance.

    Args:
        me: Whose.
        mind: Its brain.
        situation: What else the brain is told.
        approvals: Where nothing is asked, as there are no tools.
        trace: Where each exchange is noted.
        stops: What the person may stop now; added to.
    """

    def __init__(
        self, me: Me, mind: Mind, situation: Situation, approvals: Approvals, trace: Trace, stops: list[Stop]
    ) -> None:
        self._me = me
        self._mind = mind
        self._situation = situation
        self._approvals = approvals
        self._trace = trace
        self._stops = stops

    async def ask(self, shown: str, asked: str, data: str, kind: str) -> Closed | None:
        """What the model says; None where there is no model.

        Args:
            shown: What the instance is on meanwhile, in a few words.
            asked: What it is to do.
            data: The texts of others it is about.
            kind: What those are, such as ``records``.
        """
        opened = Opened(f"aside-{secrets.token_hex(8)}", COORDINATOR, kind, shown, format_time(time.time()))
        stop = Stop(opened.id)
        self._stops.append(stop)
        try:
            async with self._mind.borrowed() as brain:
                if brain is None:
                    return None
                talk = self._talk(stop, opened, self._situation.aside(asked, data, kind))
                try:
                    return await talk.hold(brain, 1)
                except BrainError as error:
                    self._mind.lost(error.sentence())
                    return None
        finally:
            self._stops.remove(stop)

    def _talk(self, stop: Stop, opened: Opened, sources: Sources) -> Talk:
        conversation = Conversation(None)
        exchange = conversation.begin(opened)
        # It streams to nobody: it is said once it was looked through.
        telling = Telling(opened.id, lambda frame: None)
        calls = Calls(self._me, Hands(), self._approvals, conversation, telling, self._trace)
        return Talk(
            self._me, exchange, conversation, calls, telling, self._trace, lambda uses_text: sources, set(), stop
        )

    def note(self, line: TraceLine) -> None:
        """Keep in the trace what became of what was said."""
        self._trace.note(line)
