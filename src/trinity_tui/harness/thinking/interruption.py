"""What is said of a turn that a death interrupted: that it is cut, and what may have been done though nobody saw it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trinity_tui.core import trace
from trinity_tui.core.message import format_time
from trinity_tui.core.redact import redact
from trinity_tui.core.wire.live import ToolUse

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.conversation import Call
    from trinity_tui.core.wire.live import FromInstance
    from trinity_tui.harness.thinking.conversation import Exchange
    from trinity_tui.harness.thinking.tracing import Trace

INTERRUPTED = "I was stopped in the middle of this answer and did not go on by myself"
MAY_HAVE_HAPPENED = "it had begun when the instance was stopped, and may have been done, wholly or in part"
NAMED_CHARACTERS = 80


def why_interrupted(exchange: Exchange, tell: Callable[[FromInstance], None], noted: Trace) -> str:
    """Why its answer is cut; a call that had begun is told and noted as one that may have happened."""
    call = exchange.next_call
    if call is None or call.id not in exchange.begun:
        return INTERRUPTED
    turn, name = exchange.opened.id, _named(call)
    tell(ToolUse(turn, call.id, call.tool, name, "cut", MAY_HAVE_HAPPENED))
    verdict, by = ("ask", "human") if call.id in exchange.asked else ("allow", "rule")
    noted.note(
        trace.Use(
            format_time(time.time()), turn, call.id, call.tool, call.arguments, name, verdict, "as it was then", by,
            "cut", MAY_HAVE_HAPPENED,
        )
    )  # fmt: skip
    return f"{INTERRUPTED}; `{name}` had begun and may have been done, wholly or in part"


def _named(call: Call) -> str:
    """A call in a few words, where no tool is there to say what it would do."""
    first = next((value for value in call.arguments.values() if isinstance(value, str)), "")
    return redact(f"{call.tool} {' '.join(first[:NAMED_CHARACTERS].split())}".strip())
