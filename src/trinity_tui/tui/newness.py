"""How much came to be known since the person looked: asked for when it may have changed, told by the Memory's tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tui.bridge import Answered
from trinity_tui.tui.delays import Delays
from trinity_tui.tui.memory.question import Question

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer

    from trinity_tui.tui.bridge import Bridge, Refused

TAB = "screen.memory"
LOOK_SECONDS = 1.0
"""What instances find out comes in bursts."""
AREAS = frozenset({"greeting", "memory"})


class Newness:
    """The count on the tab.

    Args:
        bridge: The way out.
        badges: Where it is written, by tab.
        later: Calls something after so many seconds.
        repaint: Called when it is another one.
    """

    def __init__(
        self, bridge: Bridge, badges: dict[str, int], later: Callable[[float, Callable[[], None]], Timer],
        repaint: Callable[[], None],
    ) -> None:  # fmt: skip
        self._question = Question("memory/news", bridge.ask)
        self._badges = badges
        self._delays = Delays(later)
        self._repaint = repaint

    def changed(self, area: str) -> None:
        """Something changed; look soon, if it may be this."""
        if area in AREAS:
            self._delays.before_long("look", LOOK_SECONDS, lambda: self._question.ask(limit=1))

    def takes(self, message: Answered | Refused) -> bool:
        """Take the end of a request this made, and know when the person has looked; whether it was one of ours."""
        if message.do == "memory/looked":
            self.changed("memory")
        if message.do != "memory/news" or dict(message.args) != {"limit": 1}:
            return False
        if self._question.ended(message.args) and isinstance(message, Answered):
            self._count(message.result)
        return True

    def _count(self, result: object) -> None:
        # The shapes of what is remembered are loaded with the first answer, not with the first frame.
        from trinity_tui.tui.memory.known import News, taken

        news = taken(result, News)
        count = news.counts.total if news is not None else 0
        if count != self._badges.get(TAB, 0):
            self._badges[TAB] = count
            self._repaint()
