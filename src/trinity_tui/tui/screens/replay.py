"""The Replay: the Room as it was at any kept moment. One looks, goes about and plays; nothing can be sent from here."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import on

from trinity_tui.tui import actions
from trinity_tui.tui.bridge import Answered
from trinity_tui.tui.clock import Clock
from trinity_tui.tui.memory.known import taken
from trinity_tui.tui.past.journey import Journey
from trinity_tui.tui.past.past_swarm import PastSwarm
from trinity_tui.tui.past.player import Player
from trinity_tui.tui.past.reel import Reel
from trinity_tui.tui.past.timeline import Timeline
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.screens.swarming import Swarming
from trinity_tui.tui.widgets.header import Header
from trinity_tui.tui.widgets.past_line import PastLine
from trinity_tui.tui.widgets.search_line import SearchField, SearchLine
from trinity_tui.tui.widgets.tail import Tail

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.tui.bridge import AreaChanged, Refused
    from trinity_tui.tui.screens.shared import Shared

LOOK_AGAIN_SECONDS = 0.3
"""How soon it is asked for the rest of the marks."""
LINE_SECONDS = 3.0
"""How soon the line of time has what is said while one looks at it."""
MINUTE, HOUR = 60.0, 3600.0
PLACEHOLDER = "when did builder-1 crash, approved, any words, 14:02, yesterday 9:30"


class MomentField(SearchField):
    """What is typed to find a moment."""

    HELP = """\
The moment in words: `when did builder-1 crash`, `failed task`, `approved`, words that were said, or a time such as
`14:02`, `yesterday 9:30`, `2h ago`. `enter` goes to the newest such moment, `b` to the one before it, `esc` stops
looking.
"""


class ReplayScreen(Swarming):
    """The past."""

    AUTO_FOCUS = "#timeline"
    TAB = "screen.replay"
    PANES: ClassVar = ("timeline", "swarm", "flow", "memory")
    BINDINGS: ClassVar = actions.bindings(["replay"])

    def __init__(self, shared: Shared) -> None:
        self.reel = Reel(shared.bridge, self._shown, self._stopped)
        then = Clock(lambda: self.reel.now or shared.clock.now(), shared.clock.zone)
        super().__init__(shared, PastSwarm(then, shared.glyphs, shared.seats), then)
        self.header = Header(then, shared.glyphs)
        self.header.past = "REPLAY"
        self.line = PastLine(self.reel, shared.clock, shared.glyphs)
        self.player = Player(self.reel, shared.clock, self, self._moved)
        self.journey = Journey(self.reel, self.player, self.line, shared.clock, shared.bridge, self._mention)
        self.search = SearchLine(shared.glyphs, PLACEHOLDER, MomentField)
        self._wanted: int | None = None
        """The position somebody came to see, before the log was known."""

    def panes(self) -> ComposeResult:
        """The swarm of then beside what was said and learned, and below them the line of time."""
        yield from super().panes()
        yield self.search
        yield self.line

    def begun(self) -> None:
        """Nothing is sent or decided here."""
        super().begun()
        self.bar.display = False
        self.search.display = False

    def show(self, mirror: Mirror) -> None:
        """The coordinator is known; what is shown of it is the past."""
        self.header.linked = mirror
        if mirror.greeting is not None:
            self.reel.greeting = msgspec.structs.replace(mirror.greeting, room=None, live=[], notices=[])
        if self.reel.mirror is not None:
            self.header.show(self.reel.mirror, self.swarm.traffic)

    def renew(self, message: AreaChanged) -> None:
        """What is said now is a moment one can go to a moment later."""
        if message.area == "flow":
            self._delays.before_long("line", LINE_SECONDS, self._ask_line)

    def renew_all(self) -> None:
        """Begin where nothing was begun; nothing that was shown has changed."""
        self.approval_line.display = False
        if self.mirror is not None and self.reel.greeting is None:
            self.show(self.mirror)
        self._ask_line()
        if self.reel.window is None and self.reel.greeting is not None and not self.reel.is_waiting:
            if self._wanted is not None:
                self.reel.seek(self._wanted)
            else:
                self.reel.go_to_end()

    def visit_thing(self, what: str) -> None:
        """Show the moment of a position in the log."""
        if what.isdecimal():
            self._wanted = int(what)
            if self.reel.greeting is not None:
                self.journey.to_position(self._wanted)
            self.arrangement.focus("timeline")

    def on_screen_suspend(self) -> None:
        """The past stands still while nobody looks."""
        if not self.is_seen:
            self.player.stop()

    # What is shown -------------------------------------------------------------------------------------------------

    def takes(self, message: Answered | Refused) -> bool:
        """Take the end of a request this screen made."""
        if message.do == "replay/timeline":
            known = taken(message.result, Timeline) if isinstance(message, Answered) else None
            if known is not None:
                self._take_line(known)
            return True
        if self.journey.quest.takes(message):
            return True
        is_ours = self.reel.takes(message)
        self.player.fold()
        return is_ours

    def _take_line(self, known: Timeline) -> None:
        self.reel.first, self.reel.end = known.first, max(known.end, self.reel.end)
        self.line.take(known)
        if not known.is_whole:
            self._delays.before_long("marks", LOOK_AGAIN_SECONDS, self._ask_line)

    def _ask_line(self) -> None:
        if self.is_seen:
            self.bridge.ask("replay/timeline")

    def _shown(self, is_on_top: bool) -> None:
        mirror = self.reel.mirror
        if mirror is None or not self.is_mounted:
            return
        if is_on_top:
            self._renew_on_top(mirror)
        else:
            for pane in (self.swarm, self.flow, self.memory):
                pane.show(mirror)
            self.flow.action_list_newest()
        self.header.show(mirror, self.swarm.traffic)
        self.line.refresh()

    def _renew_on_top(self, mirror: Mirror) -> None:
        dirty = mirror.take_dirty()
        names = {entry.partition(":")[2] for entry in dirty if entry.startswith("instance:")}
        if names:
            self.swarm.renew(names)
        self.swarm.renew_traffic()
        self.flow.renew()
        if "findings" in dirty:
            self.memory.renew()

    def _moved(self) -> None:
        """It played on, or stands still."""
        if self.reel.is_playing:
            self.swarm.look()
            self.header.renew()
        self.line.refresh()

    def _stopped(self, sentence: str) -> None:
        """It goes no further there, or was refused."""
        self.journey.stop()
        self.notify(clean(sentence), markup=False, timeout=4)

    def _mention(self, sentence: str) -> None:
        self.notify(sentence, markup=False, timeout=3)

    # Going about ---------------------------------------------------------------------------------------------------

    @on(PastLine.StepRequested)
    def _step(self, event: PastLine.StepRequested) -> None:
        self.journey.step(event.by)

    @on(PastLine.MomentRequested)
    def _go_to_moment(self, event: PastLine.MomentRequested) -> None:
        self.journey.to_moment(event.at)

    @on(PastLine.EndRequested)
    def _go_to_end(self) -> None:
        self.journey.to_end()

    def action_replay_minute_back(self) -> None:
        """A minute earlier."""
        self.journey.by_seconds(-MINUTE)

    def action_replay_minute_on(self) -> None:
        """A minute later."""
        self.journey.by_seconds(MINUTE)

    def action_replay_hour_back(self) -> None:
        """An hour earlier."""
        self.journey.by_seconds(-HOUR)

    def action_replay_hour_on(self) -> None:
        """An hour later."""
        self.journey.by_seconds(HOUR)

    def action_replay_mark_before(self) -> None:
        """The mark before."""
        self.journey.to_mark(-1)

    def action_replay_mark_after(self) -> None:
        """The mark after."""
        self.journey.to_mark(1)

    def action_replay_live(self) -> None:
        """Back to the Room as it is now."""
        self.program.call_later(self.program.run_action, "screen('room')")

    def action_replay_play(self) -> None:
        """Play, or stop."""
        self.journey.play()

    def action_replay_faster(self) -> None:
        """Play faster."""
        self.player.faster(1)

    def action_replay_slower(self) -> None:
        """Play slower."""
        self.player.faster(-1)

    # Looking for the moment ----------------------------------------------------------------------------------------

    def action_pane_find(self) -> None:
        """Look for the moment; in a list, for a text in it."""
        if isinstance(self.focused, Tail):
            super().action_pane_find()
            return
        self.player.stop()
        self.search.display = True
        self.search.begin()

    @on(SearchLine.Changed)
    def _typed(self) -> None:
        self.search.refuse("")

    @on(SearchField.Left)
    def _look_for(self) -> None:
        self.search.display = False
        self.arrangement.focus("timeline")
        self.journey.look_for(self.search.field.value.strip())

    def action_replay_again(self) -> None:
        """The same, further back."""
        self.journey.look_further()

    def action_go_back(self) -> None:
        """Stop looking, then as anywhere."""
        if self.journey.quest.is_looking or self.line.notice:
            self.journey.stop()
        else:
            super().action_go_back()

    @property
    def refusal(self) -> str:
        """Nothing can be done to the past."""
        when = self.clock.at(self.reel.now, "%Y-%m-%d %H:%M:%S")
        return f"This is the past ({when}): nothing can be sent or decided here. l goes back to live."

    def action_instance_why(self) -> None:
        """Say where the state of the chosen instance came from."""
        if self.reel.mirror is not None:
            self.errands.show_why(self.reel.mirror, self.chosen)

    def action_usage_show(self) -> None:
        """Show what models had been used for."""
        if self.reel.mirror is not None:
            self.errands.show_usage(self.reel.mirror.room)
