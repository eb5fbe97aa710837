"""All tools of an instance as one, and what a turn's origin does to them.

What only another instance asked for is asked of the person before it changes anything, whatever the rules allow: a
message may change what an instance knows, never what it may do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.storm import is_peer
from trinity_tui.tools.tool import Judged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trinity_tui.core.conversation import Call, ToolSpec
    from trinity_tui.tools.tool import Result, Toolbox

HARMLESS = frozenset({"search", "read", "recall", "remember", "leave", "send", "ask", "task"})
"""What changes nothing but what is known; the storm guard bounds what is said."""
_LOOKING = frozenset({"status", "diff", "log"})


class Hands:
    """Several toolboxes; of two tools of one name the first one's counts.

    Args:
        boxes: The toolboxes.
    """

    def __init__(self, *boxes: Toolbox) -> None:
        self._box: dict[str, Toolbox] = {}
        specs: list[ToolSpec] = []
        for box in boxes:
            for spec in box.specs:
                if spec.name not in self._box:
                    self._box[spec.name] = box
                    specs.append(spec)
        self.specs: Sequence[ToolSpec] = tuple(specs)

    def judge(self, call: Call, asked_by: str) -> Judged:
        """What a call would do and whether it may.

        Args:
            call: What the model wants.
            asked_by: Who began the turn.
        """
        box = self._box.get(call.tool)
        if box is None:
            return Judged(call, "deny", f"there is no tool {call.tool[:40]!r}; there are {', '.join(self._box)}", "")
        judged = box.judge(call)
        if judged.verdict == "allow" and is_peer(asked_by) and changes(call):
            rule = f"{asked_by} asked for it, not you ({judged.rule})"
            return msgspec.structs.replace(judged, verdict="ask", rule=rule, grant=())
        return judged

    async def use(self, judged: Judged, printed: Callable[[str], None]) -> Result:
        """Do what was allowed."""
        return await self._box[judged.call.tool].use(judged, printed)


def changes(call: Call) -> bool:
    """Whether a call may change more than what is known, so that nobody does it twice by itself."""
    if call.tool == "git":
        return call.arguments.get("action") not in _LOOKING
    return call.tool not in HARMLESS
