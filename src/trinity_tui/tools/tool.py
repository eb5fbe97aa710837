"""What the loop of a model sees of the tools: which there are, what a call would do, and doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from trinity_tui.core.conversation import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trinity_tui.core.conversation import ToolSpec

RESULT_BYTES = 16 * 1024
"""What a model is shown of one result at most: its head and its tail."""


class Judged(msgspec.Struct, frozen=True):
    """A call, understood and judged before anything is done."""

    call: Call
    verdict: Literal["allow", "ask", "deny"]
    rule: str
    """Which rule said so, as it is found: ``[tools] deny "rm *"``, ``hard limit: .trinity``, ``role explorer``."""
    summary: str
    """What it would do, in a line; data, never markup."""
    grant: tuple[str, ...] = ()
    """What "always" would allow for this role: the exact beginning of an argv, or a tool and a folder; empty: it cannot
    be allowed for good."""
    diff: str = ""
    """What a file would be after it, as a unified diff."""


class Result(msgspec.Struct, frozen=True):
    """What came of a call."""

    text: str
    """For the model; fenced as data by whoever shows it to one."""
    is_error: bool = False
    diff: str = ""
    seconds: float = 0.0


class Toolbox(Protocol):
    """The tools of one instance."""

    specs: Sequence[ToolSpec]

    def judge(self, call: Call) -> Judged:
        """What a call would do and whether it may; a call of no tool, or with arguments of no sense, is denied."""
        ...

    async def use(self, judged: Judged, printed: Callable[[str], None]) -> Result:
        """Do what was allowed. What could be swapped since it was judged is checked again.

        Cancelling this ends everything it started within a second. It raises nothing else: a failure is a result.

        Args:
            judged: What ``judge`` said, allowed by a rule or by the person.
            printed: Called with what a command prints, as it comes.
        """
        ...
