"""The Chat: what the person and one instance, or all, say to each other; beside it what that one does and learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal, Vertical

from trinity_tui.core import typed
from trinity_tui.core.address import BROADCAST
from trinity_tui.tui import pace
from trinity_tui.tui.bridge import Answered
from trinity_tui.tui.conversation import Conversation
from trinity_tui.tui.node import describe
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.screens.past import Past
from trinity_tui.tui.screens.stage import FOLLOW_SECONDS, Stage
from trinity_tui.tui.widgets.memory import Memory
from trinity_tui.tui.widgets.output import Output
from trinity_tui.tui.widgets.partners import Partners
from trinity_tui.tui.widgets.tail import Tail
from trinity_tui.tui.widgets.trace import Trace
from trinity_tui.tui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.timer import Timer

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.tui.bridge import AreaChanged, Refused
    from trinity_tui.tui.screens.shared import Shared

PAGE = 40
"""So many messages are asked for at a time."""


class ChatScreen(Stage):
    """Talk with one instance, or with everybody."""

    AUTO_FOCUS = "#talk"
    TAB = "screen.chat"
    PANES: ClassVar = ("talk", "trace", "output", "memory")
    COLUMN: ClassVar = ("trace", "output", "memory")

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        clock, glyphs = shared.clock, shared.glyphs
        self._who = ""
        self._conversations: dict[str, Conversation] = {}
        self._awaited: set[str] = set()
        """Messages that were asked for whole."""
        self._timer: Timer | None = None
        self._due = 0.0
        self._has_seconds = False
        """Whether the frame says an age in seconds."""
        self._follow_timer: Timer | None = None
        self.partners = Partners(glyphs)
        self.talk = Transcript(clock, glyphs)
        self.trace = Trace(clock, glyphs)
        self.output = Output(clock, glyphs)
        self.memory = Memory(clock, glyphs)
        self._past = Past(self.bridge, self.trace, self.talk)

    def panes(self) -> ComposeResult:
        """The conversation, beside it what the one who is talked with does, prints and learned."""
        yield self.partners
        with Horizontal(id="body"):
            yield self.talk
            with Vertical(id="side"):
                yield self.trace
                yield self.output
                yield self.memory

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
        return self._conversations.setdefault(self._who, Conversation(self._who))

    def visited(self, chosen: str) -> None:
        """Talk with who was chosen."""
        self.talk_with(chosen)

    def talk_with(self, who: str) -> None:
        """Show the conversation with this one; an empty name keeps the one before, or is everybody."""
        who = who or self._who or BROADCAST
        if who != self._who and self.is_seen:
            self._who = who
            self._open()

    def _open(self) -> None:
        names = tuple(self._partners)
        is_new = self._who not in self._conversations
        self.talk.open(self.conversation, names)
        self.trace.open(names)
        self.output.choose(self.chosen)
        self.memory.choose(self.chosen)
        self.bar.address(self._who)
        if is_new:
            self.bridge.ask("conversation", who=self._who, limit=PAGE)
        self._attend()
        self._renew_talk()

    @property
    def _partners(self) -> list[str]:
        return self.names if self._who == BROADCAST else [self._who]

    def _attend(self) -> None:
        """Have sent what they say, and what the one prints; and what they did while nobody listened."""
        self.bridge.listen(frozenset(self._partners))
        self._past.look(self._partners)
        if self._follow_timer is not None:
            self._follow_timer.stop()
        self._follow_timer = self.set_timer(FOLLOW_SECONDS, lambda: self.bridge.follow(self.chosen), name="follow")

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
        room = self.mirror.room
        role = room.instances[self._who].role if self._who in room.instances else ""
        for wanted in self.conversation.hear(room.flow, role):
            self._awaited.add(wanted)
            self.bridge.ask("body", id=wanted)
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
        text = describe(view, self.mirror.live.get(self._who), -1, self.clock.now())
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
        now = self.clock.now()
        is_ticking = self.header.is_ticking or self.trace.is_ticking or self._has_seconds
        due = now + pace.next_look(now, "ticking" if is_ticking else "still")
        if self._timer is not None:
            if now < self._due <= due:
                return
            self._timer.stop()
        self._due = due
        self._timer = self.set_timer(due - now, self._ticked, name="tick")

    def _ticked(self) -> None:
        self._timer = None
        self.header.renew()
        self.talk.renew()
        self.trace.renew()
        self._renew_standing()

    def _is_at_work(self) -> bool:
        live = self.mirror.live.get(self._who) if self.mirror is not None else None
        return live is not None and live.activity != "idle"

    # What came ------------------------------------------------------------------------------------------------------

    def takes(self, message: Answered | Refused) -> bool:
        """Take the end of a request this screen made."""
        if message.do == "conversation":
            known = self._conversations.get(message.args["who"])
            if known is not None and isinstance(message, Answered):
                known.take_page(message.result)
            self._renew_talk()
            return isinstance(message, Answered)
        if message.do == "trace":
            if isinstance(message, Answered):
                self._past.take(message.args, message.result)
            # What was kept is shown beside what happens; without it nothing else is less.
            return True
        if message.do != "body" or message.args["id"] not in self._awaited:
            return False
        self._awaited.discard(message.args["id"])
        if isinstance(message, Answered):
            self._take_body(message.result)
        return True

    def _take_body(self, result: object) -> None:
        for whole in typed.tables({"result": [result]}, "result"):
            for found in typed.tables({"message": [whole.get("message")]}, "message"):
                said = {**found, "content": whole.get("content"), "position": whole.get("position")}
                for conversation in self._conversations.values():
                    if conversation.find(typed.text(found, "id")) is not None:
                        conversation.take_whole(said)
        self._renew_talk()

    # Keys -----------------------------------------------------------------------------------------------------------

    @on(Transcript.OlderRequested)
    def action_answer_older(self) -> None:
        """Load what was said and done before."""
        self._past.look_back(self._partners)
        talked = self.conversation
        if talked.has_older and talked.before is not None:
            self.bridge.ask("conversation", who=self._who, before=talked.before, limit=PAGE)
        elif not talked.has_older:
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

    def action_answer_copy(self) -> None:
        """Copy the chosen answer, or the last one."""
        answer = self.talk.chosen_answer()
        if answer is not None:
            self.program.copy_to_clipboard(answer.text)
            self.notify("Copied.", markup=False, timeout=2)

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
