"""The first line: which workspace, how many are in which state, how much is said, what waits, how the link is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from trinity_tui.core.carrier import FILES
from trinity_tui.core.room import waiting
from trinity_tui.tui.cells import line
from trinity_tui.tui.last_known import NOT_KNOWN, as_of, state_of
from trinity_tui.tui.safe_text import clean, cut
from trinity_tui.tui.safe_text import width as cell_width
from trinity_tui.tui.tones import Toned

if TYPE_CHECKING:
    from textual.strip import Strip

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.traffic import Traffic

ORDER = ("ONLINE", "BUSY", "STARTING", "DEGRADED", "CRASHED", "UNKNOWN", "PAUSED", "PARKED", "OFFLINE")
SOON_SECONDS = 0.2
WHOLE_DATE_FROM = 60
"""From this width on the time of then has its year."""
NOTICE_WORD_FROM = 80
"""From this width on the count of the notices is followed by its word."""
WORDS_FROM = 110
"""From this width on the counts are followed by their words."""


class Header(Toned):
    """One line about everything."""

    def __init__(self, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__("header")
        self._clock = clock
        self._glyphs = glyphs
        self._mirror: Mirror | None = None
        self._traffic: Traffic | None = None
        self._notice = ""
        self.past = ""
        """The word that says that what is shown is the past; empty where it is not."""
        self.linked: Mirror | None = None
        """Whose link is told of, where what is shown has none of its own."""
        self._said: tuple[object, ...] = ()
        self._renewed = 0.0
        self.is_stale = False
        """Whether ``renew`` is due."""
        self.is_ticking = False
        """Whether the clock shows seconds: only while something else does."""

    def show(self, mirror: Mirror, traffic: Traffic | None = None) -> None:
        """Show this mirror from now on, and how much is said where that is counted."""
        self._mirror, self._traffic = mirror, traffic
        self.renew()

    def say(self, notice: str) -> None:
        """Say this while there is no mirror."""
        self._notice = notice
        self.renew()

    def renew_soon(self) -> None:
        """Something may have changed, as it does with every message: look at it a few times a second at most."""
        if self._clock.now() - self._renewed < SOON_SECONDS:
            self.is_stale = True
        else:
            self.renew()

    def renew(self) -> None:
        """Something may have changed; repaint if what is said did."""
        self._renewed, self.is_stale = self._clock.now(), False
        said = tuple(text for text, _, _ in self._parts())
        if said != self._said:
            self._said = said
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line: what matters most stays longest where there is little room."""
        width = self.size.width
        parts = self._parts()
        while len(parts) > 2 and sum(cell_width(text) + 2 for text, _, _ in parts) > width:
            parts.remove(min(parts, key=lambda part: part[2]))
        spans: list[Span] = []
        blank = self.tone("text")
        # A long sentence is no part for the right edge: there it would be drawn whole, and nothing of it seen.
        is_short = 2 * cell_width(parts[-1][0]) < width
        right = parts.pop() if len(parts) > 1 and is_short else None
        room = width - (cell_width(right[0]) + 1 if right else 0)
        for text, tone, _ in parts:
            shown = cut(text, room - 2, self._glyphs.more)
            room -= cell_width(shown) + 2
            spans += [(shown, self.tone(tone)), ("  ", blank)]
        if right is not None:
            spans += [(" " * max(0, room), blank), (right[0], self.tone(right[1]))]
        return line(spans, width, blank)

    def _parts(self) -> list[tuple[str, str, int]]:
        """Texts, their tones, and how long each stays when there is little room; the last one stands at the right."""
        time = self._clock.at(self._clock.now(), self._pattern())
        # In the past it is the time of then that matters.
        lasting = 11 if self.past else 3
        parts: list[tuple[str, str, int]] = [(" TRINITY ", "brand", 6)]
        if self.past:
            parts = [(f" {self.past} ", "past", 12)]
        mirror = self._mirror
        if mirror is None:
            return [*parts, (clean(self._notice), "dim", 9), (time, "faint", lasting)]
        if mirror.greeting is None:
            return [*parts, (clean(mirror.link_reason), "dim", 9), (time, "faint", lasting)]
        link = self.linked or mirror
        if not link.connected:
            parts.append((f"{self._glyphs.state('CRASHED')} {clean(link.link_reason)}", "error", 10))
        if mirror.only_looks:
            # Nobody decides anything in the past.
            parts.append((" looking only ", "waiting", 2 if self.past else 9))
        parts.append((self._glyphs.text(clean(mirror.greeting.workspace)), "strong", 5))
        if mirror.elsewhere:
            parts.append((f"on {clean(mirror.elsewhere)}", "dim", 4))
        parts.append((clean(mirror.greeting.computer), "dim", 2))
        if mirror.greeting.carrier != FILES:
            parts.append((clean(mirror.greeting.carrier.partition(":")[0]), "dim", 1))
        parts += self._counts(mirror)
        if self._traffic is not None and mirror.lost_at is None:
            parts.append((f"{self._traffic.all.total(self._clock.now())} msg/min", "dim", 1))
        if mirror.notices:
            parts.append((self._noticed(len(mirror.notices)), "warning", 8))
        count = waiting(mirror.room)
        if count:
            waits = "waiting" if mirror.lost_at is None else "waited"
            text = f" {count} {waits} for you " if self.size.width >= 60 else f" {count}! "
            parts.append((text, "waiting", 8))
        return [*parts, (time, "faint", lasting)]

    def _noticed(self, count: int) -> str:
        if self.size.width < NOTICE_WORD_FROM:
            return f"{self._glyphs.notice}{count}"
        return f"{self._glyphs.notice} {count} notice{'s' * (count > 1)}"

    def _pattern(self) -> str:
        if self.past:
            return "%Y-%m-%d %H:%M:%S" if self.size.width >= WHOLE_DATE_FROM else "%m-%d %H:%M:%S"
        return "%H:%M:%S" if self.is_ticking else "%H:%M"

    def _counts(self, mirror: Mirror) -> list[tuple[str, str, int]]:
        counted = Counter(state_of(mirror, view) for view in mirror.room.instances.values())
        has_words = self.size.width >= WORDS_FROM
        if mirror.lost_at is not None and counted:
            known = f"{self._glyphs.state(NOT_KNOWN)} {counted[NOT_KNOWN]}" + " last known" * has_words
            return [(f"{known} {as_of(mirror, self._clock)}", "state-unknown", 7)]
        return [
            (
                f"{self._glyphs.state(state)} {counted[state]}" + (f" {state.lower()}" if has_words else ""),
                f"state-{state.lower()}",
                4 if state in ("OFFLINE", "STARTING") else 7,
            )
            for state in ORDER
            if counted[state]
        ]
