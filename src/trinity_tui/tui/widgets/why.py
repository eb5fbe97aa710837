"""Why an instance is in the state it is in: what is said, by whom, since when, and how it last died."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content

from trinity_tui.core.usage_account import day
from trinity_tui.tui.clock import duration, seconds_of
from trinity_tui.tui.money import told
from trinity_tui.tui.node import describe
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.wire.face import LiveView
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs

LABEL_CELLS = 12


class Why(Dialog[None]):
    """The state of one instance, with its source and reason."""

    HELP = "Where the state comes from, and why it is what it is. `esc` closes.\n"

    HAS_AGES: ClassVar[bool] = True

    def __init__(self, mirror: Mirror, name: str, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__(f"Why is {clean(name)} so?")
        self._mirror, self._name, self._clock, self._glyphs = mirror, name, clock, glyphs
        self._view = mirror.room.instances[name]

    @property
    def _live(self) -> LiveView | None:
        return self._mirror.live.get(self._name)

    def content(self) -> Content:
        """Everything that is known now, line by line."""
        self._view = self._mirror.room.instances.get(self._name, self._view)
        text = describe(self._view, self._live, -1, self._clock.now())
        state = Content.styled(
            f"{self._glyphs.state(text.state)} {text.state.lower()}", f"bold $node-{_color(text.state)}"
        )
        rows = [_row(label, value) for label, value in self._facts() if value]
        return Content("\n").join([Content.assemble(_label("state"), state), *rows])

    def _facts(self) -> list[tuple[str, str]]:
        view, live, now = self._view, self._live, self._clock.now()
        since, crash = seconds_of(view.since), seconds_of(view.crash_at)
        return [
            ("reason", view.reason or "none was given"),
            ("said by", view.source or "nobody yet"),
            ("since", f"{self._clock.at(since)} ({duration(now - since)})" if since is not None else ""),
            ("activity", f"{live.activity} {live.detail}" if live is not None else ""),
            ("heard", f"{duration(now - live.heard_at)} ago" if live is not None and live.heard_at else ""),
            ("inbox", f"{live.inbox_depth} waiting" if live is not None else ""),
            ("role", view.role),
            ("origin", "chosen in the program (overrides.toml)" if live is not None and live.chosen else ""),
            ("brain", (live.brain if live is not None else "") or view.brain),
            ("used today", self._used()),
            ("process", f"{view.pid}, run {view.epoch}" if view.pid else ""),
            ("restarts", str(view.restarts) if view.restarts else ""),
            ("last crash", f"{view.crash}, {duration(now - crash)} ago" if view.crash and crash is not None else ""),
            ("load", f"{live.cpu_percent:.0f} % CPU, {live.rss_bytes / 1e6:.0f} MB" if live and live.rss_bytes else ""),
        ]

    def _used(self) -> str:
        return told(self._mirror.room.usage.of(self._name, day(self._clock.now())))


def _color(state: str) -> str:
    return "crashed" if state == "PARKED" else state.lower()


def _label(text: str) -> Content:
    return Content.styled(text.ljust(LABEL_CELLS), "$text-faint")


def _row(label: str, value: str) -> Content:
    return Content.assemble(_label(label), clean(value))
