"""Tells the person that something began to wait: the count on the Inbox's tab, and the terminal's bell or notification.

The bell and the notification are for somebody who looks elsewhere: they are off unless the person asked for them, come
at most once in five seconds, and say how many wait where several came together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core import inbox
from trinity_tui.tui.delays import Delays
from trinity_tui.tui.request_text import in_short
from trinity_tui.tui.safe_text import clean, cut
from trinity_tui.tui.waiting.deeds import asks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.timer import Timer

    from trinity_tui.core.preferences import Preferences
    from trinity_tui.core.room import Room

TAB = "screen.inbox"
AREAS = frozenset({"approvals", "alerts", "deliveries", "instance", "greeting"})
LOOK_SECONDS = 0.25
"""Deliveries change with every message; what waits seldom does."""
RING_SECONDS = 5.0
IDLE_SECONDS = 60.0
"""Who touched neither key nor mouse for so long may look elsewhere, whatever the terminal says of its focus."""
TEXT_CELLS = 120


class Presence:
    """Whether somebody is in front of the screen.

    Args:
        now: Monotonic or wall seconds, the same throughout.
        has_focus: Whether the terminal has the focus, as far as it says.
    """

    def __init__(self, now: Callable[[], float], has_focus: Callable[[], bool]) -> None:
        self._now = now
        self._has_focus = has_focus
        self.last = now()
        """When somebody was last noticed."""

    def noticed(self) -> float:
        """A key or the mouse was touched; how long that had not happened."""
        before, self.last = self.last, self._now()
        return self.last - before

    @property
    def is_here(self) -> bool:
        """Whether somebody looks at the screen, most likely."""
        return self._has_focus() and self._now() - self.last < IDLE_SECONDS


class Attention:
    """Notices what begins to wait.

    Args:
        presence: Whether somebody looks.
        wanted: What the person wants to hear and see.
        badges: Where the count is written, by tab.
        now: In seconds.
        later: Calls something after so many seconds.
        repaint: Called when the count is another one.
        write: Writes to the terminal.
        environ: Says what is between us and the terminal.
    """

    def __init__(
        self, presence: Presence, wanted: Preferences, badges: dict[str, int], now: Callable[[], float],
        later: Callable[[float, Callable[[], None]], Timer], repaint: Callable[[], None],
        write: Callable[[str], None], environ: Mapping[str, str],
    ) -> None:  # fmt: skip
        self._presence = presence
        self._wanted = wanted
        self._badges = badges
        self._now = now
        self._delays = Delays(later)
        self._repaint = repaint
        self._write = write
        self._environ = environ
        self._known: set[str] | None = None
        """The keys of what waited when it was last looked at; None before the first time."""
        self._new: dict[str, inbox.Item] = {}
        """What began to wait and was not told yet."""
        self._rung_at = float("-inf")

    def changed(self, area: str, room: Room) -> None:
        """Something changed; look soon, if it may be this, and at once for the first picture."""
        if area in AREAS and self._known is None:
            self._look(room)
        elif area in AREAS:
            self._delays.before_long("look", LOOK_SECONDS, lambda: self._look(room))

    def _look(self, room: Room) -> None:
        waiting = {item.key: item for item in inbox.everything(room)}
        if len(waiting) != self._badges.get(TAB, 0):
            self._badges[TAB] = len(waiting)
            self._repaint()
        if self._known is not None and not self._presence.is_here:
            self._new |= {key: item for key, item in waiting.items() if key not in self._known}
        self._known = set(waiting)
        self._new = {key: item for key, item in self._new.items() if key in waiting}
        self._ring()

    def _ring(self) -> None:
        if self._presence.is_here:
            self._new.clear()
        if not self._new or not (self._wanted.bell or self._wanted.desktop):
            return
        if (rest := self._rung_at + RING_SECONDS - self._now()) > 0:
            self._delays.before_long("ring", rest, self._ring)
            return
        self._rung_at = self._now()
        sent = sequences(sentence(list(self._new.values())), self._wanted, self._environ)
        self._new.clear()
        self._write(sent)


def sentence(items: list[inbox.Item]) -> str:
    """What is told of these; nothing in it acts on a terminal."""
    if len(items) != 1:
        return f"{len(items)} wait for you"
    item = items[0]
    return cut(clean(f"{item.sender} {asks(item)}: {in_short(item)}"), TEXT_CELLS)


def sequences(text: str, wanted: Preferences, environ: Mapping[str, str]) -> str:
    """What the terminal is sent.

    Args:
        text: Cleaned.
        wanted: The bell, the notification, or both.
        environ: tmux and screen are asked to let a notification through to the terminal around them.
    """
    # OSC 777 has its parts between semicolons, and some take a text that begins with a digit for another command.
    said = text.replace(";", ",")
    sent = ""
    if wanted.desktop:
        sent += _through(f"\x1b]9;Trinity: {said}\x07", environ)
        sent += _through(f"\x1b]777;notify;Trinity;{said}\x07", environ)
    return sent + ("\x07" if wanted.bell else "")


def _through(sequence: str, environ: Mapping[str, str]) -> str:
    if environ.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environ.get("STY"):
        return f"\x1bP{sequence}\x1b\\"
    return sequence
