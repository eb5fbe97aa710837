"""Why an instance is in the state it is in: what is said, by whom, since when, and how it last died."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content

from trinity_tui.core import inbox
from trinity_tui.core.usage_account import day
from trinity_tui.tui import homes, money
from trinity_tui.tui.clock import duration, seconds_of
from trinity_tui.tui.last_known import as_of, standing_still, told
from trinity_tui.tui.node import reason_now, shown_state, source_said
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.waiting.deeds import KEYS, DeedRequested
from trinity_tui.tui.widgets.dialog import CLOSE, Dialog

if TYPE_CHECKING:
    from textual.binding import BindingType

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.wire.face import LiveView
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs

LABEL_CELLS = 12
ENDED = frozenset({"OFFLINE", "CRASHED", "PARKED"})
"""States of one without a process: it is at nothing, and not even idle."""


class Why(Dialog[None]):
    """The state of one instance, with its source and reason."""

    HELP = """\
Where the state comes from, and why it is what it is. `c` leads to the chat, `l` to what it prints, and `s` starts one
that was given up.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        ("c", "go('c')", "Chat"), ("l", "go('l')", "Output"), ("s", "start", "Start"),
    ]  # fmt: skip

    HAS_AGES: ClassVar[bool] = True

    def __init__(self, mirror: Mirror, name: str, clock: Clock, glyphs: Glyphs) -> None:
        self._homes = homes.of_instance(name)
        tense = "is" if mirror.lost_at is None else "was"
        state = shown_state(mirror.room.instances[name], mirror.live.get(name))
        title = f"Why {tense} {clean(name)} {state.lower()}?"
        start = (KEYS["start"],) if _given_up(mirror, name) is not None else ()
        super().__init__(title, (*start, *((home.key, home.title) for home in self._homes), *CLOSE))
        self._mirror, self._name, self._glyphs = mirror, name, glyphs
        self._clock = standing_still(clock, lambda: mirror)
        self._view = mirror.room.instances[name]

    def action_go(self, key: str) -> None:
        """Go to where it talks or prints."""
        self.leave_for(self._homes, key)

    def action_start(self) -> None:
        """Have it run again, if it was given up."""
        item = _given_up(self._mirror, self._name)
        if item is not None:
            self.post_message(DeedRequested("start", (item,)))
            self.dismiss(None)

    @property
    def _live(self) -> LiveView | None:
        return self._mirror.live.get(self._name)

    def content(self) -> Content:
        """Everything that is known now, line by line."""
        self._view = self._mirror.room.instances.get(self._name, self._view)
        text = told(self._mirror, self._view, -1, self._clock)
        then = as_of(self._mirror, self._clock)
        word = f"{text.word}, {then}" if then else text.state.lower()
        state = Content.styled(f"{self._glyphs.state(text.state)} {word}", f"bold $node-{_color(text.state)}")
        rows = [_row(label, value) for label, value in self._facts() if value]
        return Content("\n").join([Content.assemble(_label("state"), state), *rows])

    def _facts(self) -> list[tuple[str, str]]:
        view, live, now = self._view, self._live, self._clock.now()
        since, crash = seconds_of(view.since), seconds_of(view.crash_at)
        return [
            ("not known", self._mirror.link_reason if self._mirror.lost_at is not None else ""),
            ("reason", reason_now(view, now) or "none was given"),
            source_said(view.source),
            ("since", f"{self._clock.at(since)} ({duration(now - since)})" if since is not None else ""),
            ("activity", f"{live.activity} {live.detail}" if live is not None and view.state not in ENDED else ""),
            ("heard", self._heard(live.heard_at) if live is not None and live.heard_at else ""),
            ("inbox", f"{live.inbox_depth} waiting" if live is not None else ""),
            ("role", view.role),
            ("origin", "chosen in the program (overrides.toml)" if live is not None and live.chosen else ""),
            ("brain", self._brain()),
            ("used today", self._used()),
            ("process", f"{view.pid}, run {view.epoch}" if view.pid else ""),
            ("restarts", str(view.restarts) if view.restarts else ""),
            ("last crash", f"{view.crash}, {duration(now - crash)} ago" if view.crash and crash is not None else ""),
            ("load", f"{live.cpu_percent:.0f} % CPU, {live.rss_bytes / 1e6:.0f} MB" if live and live.rss_bytes else ""),
        ]

    def _heard(self, at: float) -> str:
        # Time stands still while nobody is heard of: how long ago it was would be false a moment later.
        return f"{duration(self._clock.now() - at)} ago" if self._mirror.lost_at is None else self._clock.at(at)

    def _brain(self) -> str:
        used, asked = self._live.brain if self._live is not None else "", self._view.brain
        return f"{used}; asked for {asked}" if used and asked and used != asked else used or asked

    def _used(self) -> str:
        return money.told(self._mirror.room.usage.of(self._name, day(self._clock.now())))


def _given_up(mirror: Mirror, name: str) -> inbox.Item | None:
    items = inbox.items(mirror.room)
    return next((item for item in items if item.kind == "parked" and item.sender == name), None)


def _color(state: str) -> str:
    return "crashed" if state == "PARKED" else state.lower()


def _label(text: str) -> Content:
    return Content.styled(text.ljust(LABEL_CELLS), "$text-faint")


def _row(label: str, value: str) -> Content:
    return Content.assemble(_label(label), clean(value))
