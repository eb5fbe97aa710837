"""The Chat: what the person and one instance, or all, say to each other; beside it what that one does and learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from trinity_tui.core import typed
from trinity_tui.core.address import BROADCAST
from trinity_tui.tui import actions, pace
from trinity_tui.tui.bridge import Answered
from trinity_tui.tui.homes import partner
from trinity_tui.tui.last_known import told
from trinity_tui.tui.next_look import NextLook
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.screens.past import Past
from trinity_tui.tui.screens.stage import Stage
from trinity_tui.tui.sought import Sought
from trinity_tui.tui.talks import Talks
from trinity_tui.tui.widgets.body import Body
from trinity_tui.tui.widgets.memory import Memory
from trinity_tui.tui.widgets.output import Output
from trinity_tui.tui.widgets.partners import Partners
from trinity_tui.tui.widgets.tail import Tail
from trinity_tui.tui.widgets.trace import Trace
from trinity_tui.tui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.tui.bridge import AreaChanged, Refused
    from trinity_tui.tui.conversation import Conversation
    from trinity_tui.tui.screens.shared import Shared


class ChatScreen(Stage):
    """Talk with one instance, or with everybody."""

    AUTO_FOCUS = "#talk"
    BINDINGS: ClassVar = actions.bindings(["node"])
    TAB = "screen.chat"
    PANES: ClassVar = ("talk", "trace", "output", "memory")
    COLUMN: ClassVar = ("trace", "output", "memory")

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        clock, glyphs = shared.clock, shared.glyphs
        self._who = ""
        self._talks = Talks(shared.bridge.ask)
        self._sought = Sought(self._talks)
        self._next = NextLook(self, clock, "tick", self._ticked)
        self._has_seconds = False
        """Whether the frame says an age in seconds."""
        self.partners = Partners(glyphs)
        self.talk = Transcript(shared.as_of, glyphs)
        self.trace = Trace(shared.as_of, glyphs)
        self.output = Output(clock, glyphs)
        self.memory = Memory(clock, glyphs)
        self._past = Past(self.bridge, self.trace, self.talk)

    def panes(self) -> ComposeResult:
        """The conversation, beside it what the one who is talked with does, prints and learned."""
        yield self.partners
        yield Body(self.talk, self.trace, self.output, self.memory)

    # Who ----------------------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> str:
        """The instance that is talked with; empty while that is everybody."""
        return "" if self._who == BROADCAST else self._who

    def choose(self, name: str) -> None:
        """Talk with this one."""
        self.talk_with(name)

    @property
    def conversation(self) -> Conversation:
        """The one that is shown."""
        return self._talks.of(self._who)

    def visited(self, chosen: str) -> None:
        """Talk with who was chosen."""
        self.talk_with(chosen)

    def visit_thing(self, what: str) -> None:
        """Talk with an instance or everybody; or show a message where it was said."""
        if self.mirror is None or what in self.mirror.room.instances or what == BROADCAST:
            self.talk_with(what)
            return
        self._sought.begin(what)
        row = next((row for row in self.mirror.room.flow if row.id == what), None)
        if row is not None:
            self._look_for(row.from_, row.to)
        else:
            self._talks.ask_whole(what)

    def _look_for(self, sender: str, to: str) -> None:
        """Show the conversation a message belongs to, and look for the message in it."""
        who = partner(sender, to, self.mirror.room.instances) if self.mirror is not None else ""
        if not who:
            self._sought.end()
            self.notify("That was said where you did not talk with an instance.", markup=False, timeout=4)
            return
        self.talk_with(who)
        if self._is_ready:
            self.arrangement.focus("talk")
        self._seek()

    def _seek(self) -> None:
        """Choose the message that is wished for, as soon as it is there."""
        if not self._sought.id:
            return
        match self._sought.look_for(self._who):
            case "here":
                # It is laid out with the next frame, where the pane was never seen before.
                if self.talk.choose(self._sought.id):
                    self._sought.end()
                else:
                    self.call_after_refresh(self._seek)
            case "nowhere":
                self._sought.end()
                self.notify("It is not among what is kept of this conversation.", markup=False, timeout=4)
            case "awaited":
                pass

    def talk_with(self, who: str) -> None:
        """Show the conversation with this one; an empty name keeps the one before, or is everybody."""
        who = who or self._who or BROADCAST
        if who != self._who and self.is_seen:
            self._who = who
            self._open()

    def _open(self) -> None:
        names = tuple(self._partners)
        self._talks.begin(self._who)
        self.talk.open(self.conversation, names)
        self.trace.open(names)
        self.output.choose(self.chosen)
        self.memory.choose(self.chosen)
        self.bar.address(self._who)
        self._attend()
        self._renew_talk()

    @property
    def _partners(self) -> list[str]:
        return self.names if self._who == BROADCAST else [self._who]

    def _attend(self) -> None:
        """Have sent what they say, and what the one prints; and what they did while nobody listened."""
        self.bridge.listen(frozenset(self._partners))
        self._past.look(self._partners)
        self.follow_soon(self.chosen)

    @on(Partners.Chosen)
    def _choose_partner(self, event: Partners.Chosen) -> None:
        self.talk_with(event.who)

    def action_message_all(self) -> None:
        """Write to every instance."""
        self.talk_with(BROADCAST)
        self.write_to(BROADCAST)

    def action_message_chosen(self) -> None:
        """Write to who is talked with."""
        self.write_to(self._who)

    def action_node_left(self) -> None:
        """Talk with the one before."""
        self._step(-1)

    def action_node_right(self) -> None:
        """Talk with the one after."""
        self._step(1)

    def _step(self, by: int) -> None:
        everybody = [BROADCAST, *self.names]
        at = everybody.index(self._who) if self._who in everybody else 0
        self.talk_with(everybody[(at + by) % len(everybody)])

    # What changed ---------------------------------------------------------------------------------------------------

    def show(self, mirror: Mirror) -> None:
        """Show this mirror from now on."""
        for pane in (self.partners, self.talk, self.trace, self.output, self.memory):
            pane.show(mirror)

    def on_screen_resume(self) -> None:
        """Listen again."""
        if self._who:
            self._attend()
            self._renew_talk()

    def on_screen_suspend(self) -> None:
        """Nobody looks: nothing has to be sent."""
        if not self.is_seen:
            self.bridge.listen(frozenset())

    def renew(self, message: AreaChanged) -> None:
        """Hand a change to the pane that shows it."""
        match message.area:
            case "talk":
                self.talk.renew()
                self.trace.renew()
                self._tick()
                self.paint(self.talk)
            case "flow" | "deliveries":
                self._renew_talk()
            case "instance":
                self._renew_standing()
            case "link":
                self.renew_all()
            case "findings":
                self.memory.renew()
            case "output" if self.output.instance in message.names:
                self.output.renew()
            case _:
                pass

    def renew_all(self) -> None:
        """Anything may have changed."""
        self._renew_talk()
        for pane in (self.trace, self.output, self.memory):
            pane.renew()

    def _renew_talk(self) -> None:
        if self.mirror is None or not self._who:
            return
        self._talks.hear(self._who, self.mirror.room)
        self._renew_standing()
        self.talk.renew()

    def _renew_standing(self) -> None:
        """Say what the one who is talked with does now."""
        if self.mirror is not None:
            self.seats.take(self.mirror.room.instances.values())
        self.partners.renew(self.seats.taken, self._who)
        self.talk.about = self._about()
        self.talk.renew_title()
        self._tick()

    def _about(self) -> str:
        view = self.mirror.room.instances.get(self._who) if self.mirror is not None else None
        self._has_seconds = False
        if view is None or self.mirror is None:
            return "all" if self._who == BROADCAST else clean(self._who)
        text = told(self.mirror, view, -1, self.clock)
        self._has_seconds = text.age.endswith("s")
        standing = f"{self.glyphs.state(text.state)} {text.word} {text.age}".rstrip()
        parts = (text.id, standing, text.about, text.brain)
        return f" {self.glyphs.dot} ".join(self.glyphs.text(part) for part in parts if part)

    def _tick(self) -> None:
        """Look again when a second turns while one is shown that does, and else when the minute turns."""
        if self.header.is_ticking != self._is_at_work():
            self.header.is_ticking = self._is_at_work()
            self.header.renew()
        if not self.is_seen:
            return
        is_ticking = self.header.is_ticking or self.trace.is_ticking or self._has_seconds
        self._next.within(pace.next_look(self.clock.now(), "ticking" if is_ticking else "still"))

    def _ticked(self) -> None:
        self.header.renew()
        self.talk.renew()
        self.trace.renew()
        self._renew_standing()

    def _is_at_work(self) -> bool:
        if self.mirror is None or self.mirror.lost_at is not None:
            return False
        live = self.mirror.live.get(self._who)
        return live is not None and live.activity != "idle"

    # What came ------------------------------------------------------------------------------------------------------

    def takes(self, message: Answered | Refused) -> bool:
        """Take the end of a request this screen made."""
        if message.do == "conversation":
            self._talks.take_page(message)
            self._renew_talk()
            self._seek()
            return isinstance(message, Answered)
        if message.do == "trace":
            if isinstance(message, Answered):
                self._past.take(message.args, message.result)
            # What was kept is shown beside what happens; without it nothing else is less.
            return True
        if not self._talks.awaits(message):
            return False
        if isinstance(message, Answered):
            said = self._talks.take_whole(message.result)
            if self._sought.id and typed.text(said, "id") == self._sought.id:
                self._look_for(typed.text(said, "from"), typed.text(said, "to"))
            self._renew_talk()
        elif message.args["id"] == self._sought.id:
            self._sought.end()
            self.notify(clean(message.sentence), markup=False, severity="error")
        return True

    # Keys -----------------------------------------------------------------------------------------------------------

    @on(Transcript.OlderRequested)
    def action_answer_older(self) -> None:
        """Load what was said and done before."""
        self._past.look_back(self._partners)
        if not self._talks.look_back(self._who) and not self.conversation.has_older:
            self.notify("This is the beginning of what is kept.", markup=False, timeout=3)

    @on(Trace.OlderRequested)
    def _load_older_calls(self) -> None:
        if not self._past.look_back(self._partners):
            self.notify("This is the beginning of what is kept.", markup=False, timeout=3)

    def action_answer_retry(self) -> None:
        """Ask again what was answered last, or what is chosen."""
        answer = self.talk.chosen_answer()
        if answer is None or not answer.reply_to:
            self.notify("Nothing was answered yet.", markup=False, timeout=3)
        else:
            self.bridge.ask("retry", id=answer.reply_to)

    @property
    def copied_text(self) -> str:
        """The chosen row; in the conversation the chosen answer, or the last one."""
        answer = self.talk.chosen_answer()
        if self.focused is self.talk and answer is not None:
            return answer.text
        return super().copied_text

    @on(Tail.OpenRequested)
    def _open_row(self, event: Tail.OpenRequested) -> None:
        if isinstance(event.pane, Trace):
            self.errands.open_call(event.pane.call(event.index))
        elif isinstance(event.pane, Memory):
            self.errands.open_finding(event.pane.finding(event.index), None)

    def arranged(self, *, is_narrow: bool, is_tabbed: bool) -> None:
        """Name in the frames what lies behind them."""
        titles = {"trace": "Tools", "output": "Output", "memory": "Memory"} if is_tabbed else {}
        names = list(titles.values())
        bar = f" {self.glyphs.frame[5]} "
        for at, pane in enumerate((self.trace, self.output, self.memory)):
            pane.stand_beside(before=bar.join(names[:at]), after=bar.join(names[at + 1 :]))
