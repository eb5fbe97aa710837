"""What all full screens do: what is written is sent, and keys act on who is chosen, on what waits, on the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widgets import TextArea

from trinity_tui.core.address import BROADCAST, HUMAN
from trinity_tui.tui import actions, addressing, line_command
from trinity_tui.tui.delays import Delays
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.screens import dialogs
from trinity_tui.tui.screens.doable import Doable
from trinity_tui.tui.screens.errands import Errands
from trinity_tui.tui.screens.frame import Frame
from trinity_tui.tui.widgets.approval_line import ApprovalRequested
from trinity_tui.tui.widgets.entry import Entry
from trinity_tui.tui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.geometry import Offset
    from textual.widget import Widget

    from trinity_tui.tui.bridge import Answered, Refused
    from trinity_tui.tui.screens.shared import Shared

FOLLOW_SECONDS = 0.15
"""An instance is followed once it has stayed chosen for so long: arrows pass over many."""


def _commands() -> type[Provider]:
    # The palette is needed when it is opened, and takes its time to load.
    from trinity_tui.tui.screens.commands import Commands

    return Commands


class Stage(Frame):
    """A full screen."""

    BINDINGS: ClassVar = actions.bindings([
        "message", "pane", "go", "instance", "waiting", "notice", "help", "command", "coordinator", "answer", "usage",
        "jump",
    ])  # fmt: skip
    COMMANDS: ClassVar = {_commands}

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._themes = shared.themes
        self._came_from: Widget | None = None
        self._delays = Delays(self.set_timer)
        self.doable = Doable(self)
        self.errands = Errands(self, shared.bridge, shared.clock, shared.glyphs, shared.via)

    @property
    def themes(self) -> list[str]:
        """Those that are offered: our own and the person's, whose contrast is checked, and none of Textual's."""
        return self._themes()

    def takes(self, message: Answered | Refused) -> bool:
        """Take the end of a request that only this screen understands; whether it was one."""
        return False

    # Messages ------------------------------------------------------------------------------------------------------

    def write_to(self, name: str, reply_to: str = "") -> None:
        """Put the cursor into the message bar, addressed to this one."""
        if self.refusal:
            self.notify(self.refusal, markup=False, timeout=4)
            return
        if not isinstance(self.focused, Entry):
            self._came_from = self.focused
        self.bar.address(name, reply_to)
        self.bar.entry.focus()

    def answer(self, to: str, reply_to: str) -> None:
        """The person wants to answer a message."""
        self.write_to(to if to != HUMAN else BROADCAST, reply_to)

    def action_message_seat(self, digit: int) -> None:
        """Write to the instance with this digit."""
        name = self.seats.by_digit(digit)
        if name:
            self.choose(name)
            self.write_to(name)
        else:
            self.notify(f"No instance has the digit {digit}.", markup=False)

    def action_message_all(self) -> None:
        """Write to every instance."""
        self.write_to(BROADCAST)

    def action_message_chosen(self) -> None:
        """Write to the chosen instance."""
        if self.chosen:
            self.write_to(self.chosen)

    @on(MessageBar.Submitted)
    def _send(self, event: MessageBar.Submitted) -> None:
        reply = {"reply_to": event.reply_to} if event.reply_to else {}
        self.bridge.ask("send", to=event.to, content=event.content, **reply)

    @on(MessageBar.CommandGiven)
    async def _command(self, event: MessageBar.CommandGiven) -> None:
        if problem := await self.doable.do_typed(event.line):
            self.notify(clean(problem), severity="warning", markup=False)

    @on(MessageBar.WordBegun)
    def _complete(self, event: MessageBar.WordBegun) -> None:
        if line_command.is_command(event.begun):
            self.hints.offer(self.bar.complete(event.begun, self.doable.completions(event.begun)))
        else:
            self.bridge.complete(event.begun[1:])

    def offer(self, begun: str, paths: list[str]) -> None:
        """Offer these for a path that was begun, and names that begin so."""
        names = [name for name in addressing.names(self._people()) if name.startswith(begun)]
        self.hints.offer(self.bar.complete(f"@{begun}", [f"@{word}" for word in dict.fromkeys((*names, *paths))]))

    @on(TextArea.Changed)
    def _show_what_is_typed(self) -> None:
        # A letter is waited for; what the panes show is not.
        self.paint(self.bar.entry)
        if self.hints.offers:
            word = self.bar.begun
            self.hints.offer([name for name in self.hints.offers if word is not None and name.startswith(word)])

    @on(MessageBar.Left)
    def _leave_bar(self) -> None:
        home = self.query_one(f"#{self.PANES[0]}")
        target = self._came_from if self._came_from is not None and self._came_from.is_on_screen else home
        target.focus()

    # Going about ---------------------------------------------------------------------------------------------------

    def node_spots(self) -> dict[str, Offset]:
        """Where on the screen a node's label goes; none where no node is seen, or its state would be covered."""
        return {}

    def action_jump_show(self) -> None:
        """Show where one can go to."""
        # Loaded when it is wanted, as dialogs are.
        from trinity_tui.tui.screens.jumping import Jumping

        Jumping(self).show()

    # The chosen instance -------------------------------------------------------------------------------------------

    def _state(self) -> str:
        view = self._mirror.room.instances.get(self.chosen) if self._mirror is not None else None
        return view.state if view is not None else ""

    def follow_soon(self, name: str) -> None:
        """Have sent what this one prints, if it stays chosen."""
        self._delays.soon("follow", FOLLOW_SECONDS, lambda: self.bridge.follow(name))

    def _ask_of_chosen(self, do: str) -> None:
        if self.chosen:
            self.bridge.ask(do, who=self.chosen)

    def action_instance_restart(self) -> None:
        """Stop the chosen instance and start it again."""
        self._ask_of_chosen("restart")

    def action_instance_toggle(self) -> None:
        """Start the chosen instance, or stop it."""
        self._ask_of_chosen("start" if self._state() in ("OFFLINE", "PARKED") else "stop")

    def action_instance_pause(self) -> None:
        """Pause the chosen instance, or let it go on."""
        self._ask_of_chosen("resume" if self._state() == "PAUSED" else "pause")

    def action_instance_pause_all(self) -> None:
        """Pause every instance, once the person has agreed."""
        self.errands.confirmed(
            "Pause every instance?",
            "Brains and tools stop within a second. p lets one go on again.",
            "pause",
            who="all",
        )

    def action_instance_add(self) -> None:
        """Add an instance."""
        if self._mirror is not None:
            self.errands.add_instance(self._mirror.room, self.chosen)

    def action_instance_remove(self) -> None:
        """Remove the chosen instance, once the person has agreed."""
        if self._mirror is not None:
            self.errands.remove_instance(self._mirror, self.chosen)

    def action_instance_why(self) -> None:
        """Say where the state of the chosen instance comes from, and why it is so."""
        if self._mirror is not None:
            self.errands.show_why(self._mirror, self.chosen)

    def action_instance_brain(self) -> None:
        """Choose what the chosen instance thinks with."""
        if self._mirror is not None:
            self.errands.choose_brain(self._mirror, self.chosen)

    def action_instance_changes(self) -> None:
        """Show what the chosen instance changed in its own worktree."""
        self._ask_of_chosen("changes")

    def action_usage_show(self) -> None:
        """Show what models were used for today."""
        if self._mirror is not None:
            self.errands.show_usage(self._mirror.room)

    def action_answer_stop(self) -> None:
        """Stop what the chosen instance is writing; what there is of it stays."""
        if self.chosen:
            self.bridge.ask("cut", who=self.chosen)

    # The program ---------------------------------------------------------------------------------------------------

    def action_coordinator_down(self) -> None:
        """Stop everything, once the person has agreed."""
        self.errands.confirmed(
            "Stop the coordinator and every instance?",
            "What is on record stays. To leave only this screen, press q instead.", "down",
        )  # fmt: skip

    @on(ApprovalRequested)
    async def _decide(self) -> None:
        await self.doable.do(actions.BY_ID["waiting.decide"])

    def action_waiting_decide(self) -> None:
        """Decide what waits."""
        if self._mirror is not None:
            self.errands.show_waiting(self._mirror.room)

    def action_notice_show(self) -> None:
        """Say again what the coordinator wants to be known."""
        self.program.push_screen(
            dialogs.NoticesDialog(self._mirror.notices if self._mirror is not None else [], self.glyphs)
        )

    def action_help_show(self) -> None:
        """Show the keys, and what this place is for."""
        about = next((node.HELP for node in (self.focused or self).ancestors_with_self if node.HELP), "")
        place = self.focused.id if self.focused is not None else None
        self.program.push_screen(dialogs.Help(about, self.doable.by_key(), place or "", self._keys, self.refusal))

    def action_command_open(self) -> None:
        """Find any command by its name."""
        self.program.action_command_palette()
