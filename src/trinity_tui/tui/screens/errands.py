"""What a screen asks for and what becomes of it: confirmations before, opened threads, ends told, drafts given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core import inbox, typed
from trinity_tui.core.address import BROADCAST
from trinity_tui.core.room import FlowRow, Room
from trinity_tui.core.usage_account import day
from trinity_tui.tui.node import shown_state
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.screens import dialogs

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.inbox import Deed
    from trinity_tui.core.room import Finding
    from trinity_tui.tui.bridge import Answered, Bridge, Refused
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.screens.stage import Stage
    from trinity_tui.tui.widgets.detail import Detail
    from trinity_tui.tui.widgets.trace import Call

DONE = {"approve": "allowed: {verdict}", "reject": "rejected"}
SILENT = frozenset({"follow", "unfollow", "shown"})
"""What the screen asks for by itself: nobody waits for its end."""


class Errands:
    """The requests of one screen."""

    def __init__(self, screen: Stage, bridge: Bridge, clock: Clock, glyphs: Glyphs, via: str = "") -> None:
        self._via = via
        """Where the person is, for the history of what was decided."""
        self._screen = screen
        self._bridge = bridge
        self._clock = clock
        self._glyphs = glyphs

    def confirmed(self, question: str, consequence: str, do: str, **args: str) -> None:
        """Ask for something once the person has agreed."""

        def decided(agreed: bool | None) -> None:
            if agreed:
                self._bridge.ask(do, **args)

        self._screen.program.push_screen(dialogs.Confirm(question, consequence), decided)

    def add_instance(self, room: Room, chosen: str) -> None:
        """Let the person describe another instance, at first like the chosen one."""
        like = room.instances.get(chosen)
        self._screen.program.push_screen(dialogs.AddDialog(like.role if like is not None else "", room.instances))

    def remove_instance(self, mirror: Mirror, name: str) -> None:
        """Take an instance out once the person has agreed; what it is at and what waits for it is said."""
        view = mirror.room.instances.get(name)
        if view is None:
            return
        is_busy = shown_state(view, mirror.live.get(name)) == "BUSY"
        work = "It is at work, and is stopped. " if is_busy else ""
        kept = f"instances.toml stays as it is; what waits for {clean(name)} waits until one of its name is added."
        self.confirmed(f"Remove {clean(name)}?", work + kept, "remove", id=name)

    def show_why(self, mirror: Mirror, name: str) -> None:
        """Say where the state of an instance comes from."""
        if name in mirror.room.instances:
            self._screen.program.push_screen(dialogs.Why(mirror, name, self._clock, self._glyphs))

    def choose_brain(self, mirror: Mirror, name: str) -> None:
        """Let the person say what an instance is to think with."""
        view = mirror.room.instances.get(name)
        if view is None:
            return
        live = mirror.live.get(name)
        used = [
            *(item.brain for item in mirror.room.instances.values()),
            *(item.brain for item in mirror.live.values()),
        ]
        brain = live.brain if live is not None else ""
        reason = view.reason if view.state == "DEGRADED" else ""
        self._screen.program.push_screen(dialogs.BrainDialog(name, brain, used, asked_for=view.brain, reason=reason))

    def _show_changes(self, result: object) -> None:
        for found in typed.tables({"result": [result]}, "result"):
            who, is_whole = typed.text(found, "instance"), found.get("is_whole") is True
            diff, can_act = str(found.get("diff", "")), not self._screen.refusal
            self._screen.program.push_screen(dialogs.ChangesDialog(who, diff, is_whole=is_whole, can_act=can_act))

    def discard_changes(self, who: str) -> None:
        """Throw away what an instance changed, once the person has agreed."""
        self.confirmed(
            f"Throw away what {clean(who)} changed?",
            "Its worktree begins again from your last commit; what it changed is gone.",
            "discard",
            who=who,
        )

    def _changed(self, message: Answered) -> None:
        if isinstance(self._screen.program.screen, dialogs.ChangesDialog):
            self._screen.program.screen.dismiss(None)
        who = clean(message.args["who"])
        count = sum(
            len(typed.texts(found, "accepted", 100_000))
            for found in typed.tables({"result": [message.result]}, "result")
        )
        many = f"{count} file{'' if count == 1 else 's'}"
        done = f"taken over from {who}: {many}, not committed" if message.do == "accept" else f"thrown away: {who}"
        self._screen.notify(done, markup=False, timeout=5)

    def open_call(self, call: Call) -> None:
        """Show a tool call whole."""
        self._screen.program.push_screen(dialogs.CallDialog(call.instance, call.use, call.let))

    def show_usage(self, room: Room) -> None:
        """Show what models were used for today."""
        self._screen.program.push_screen(dialogs.UsageDialog(room.usage, day(self._clock.now())))

    def show_waiting(self, room: Room) -> None:
        """Let the person decide what waits, if anything does."""
        if inbox.items(room):
            self._screen.program.push_screen(dialogs.ApprovalDialog(room, self._clock))
        else:
            self._screen.notify("Nothing waits for your word.", markup=False)

    def carry_out(self, deed: Deed, items: tuple[inbox.Item, ...], word: str) -> None:
        """Ask for what the person wants done about what waits."""
        via = {"via": self._via} if self._via else {}
        if deed == "seen":
            self._bridge.ask("inbox/seen", ids=[item.id for item in items])
            return
        for item in items:
            match deed:
                case "once" | "always":
                    self._bridge.ask("approve", id=item.id, verdict=deed, **via)
                case "reject":
                    self._bridge.ask("reject", id=item.id, **({"word": word} if word else {}), **via)
                case "answer":
                    self._screen.answer(item.sender, item.id)
                case "start" | "resume":
                    self._bridge.ask(deed, who=item.id)
                case "resend" | "drop":
                    drop = "true" if deed == "drop" else "false"
                    self._bridge.ask("resend", id=item.id, consumer=item.sender, drop=drop, **via)

    def open_message(self, row: FlowRow) -> None:
        """Show a message and its thread."""
        self._open(row, None)

    def open_finding(self, finding: Finding, row: FlowRow | None) -> None:
        """Show a finding with its evidence, and the thread it was said in.

        Args:
            finding: As the room has it.
            row: The message that said it, where the flow still has it.
        """
        said = row or FlowRow(
            finding.position, finding.id, finding.from_, BROADCAST, "finding", "normal", finding.at, finding.text
        )
        self._open(said, finding)

    def _open(self, row: FlowRow, finding: Finding | None) -> None:
        room = self._screen.mirror.room if self._screen.mirror is not None else Room()
        can_answer = not self._screen.refusal
        self._screen.program.push_screen(
            dialogs.Detail(row, room, self._clock, self._glyphs, finding, can_answer=can_answer)
        )
        self._bridge.ask("thread", id=row.id)

    def answered(self, message: Answered) -> None:
        """A request was done."""
        args = message.args
        match message.do:
            case "send":
                self._screen.bar.accepted(args["to"], args["content"])
            case "thread":
                for cut in self._in_detail(lambda detail: detail.thread(message.result), args["id"]) or []:
                    self._bridge.ask("body", id=cut)
            case "body":
                self._body(args["id"], message.result)
            case "add" | "remove":
                if isinstance(self._screen.program.screen, dialogs.AddDialog):
                    self._screen.program.screen.dismiss(None)
                self._screen.notify(f"{message.do}: {clean(args['id'])}", markup=False, timeout=3)
            case "changes":
                self._show_changes(message.result)
            case "accept" | "discard":
                self._changed(message)
            case "approve" | "reject":
                self._screen.notify(DONE[message.do].format(**args), markup=False, timeout=3)
            case "inbox/seen":
                self._screen.notify("seen", markup=False, timeout=3)
            case "resend":
                done = "taken off the list" if args.get("drop") == "true" else "sent again"
                self._screen.notify(done, markup=False, timeout=3)
            case _:
                self._screen.notify(f"{message.do} {args.get('who', '')}".strip(), markup=False, timeout=3)

    def _body(self, message_id: str, result: object) -> None:
        top = self._screen.program.screen
        if isinstance(top, dialogs.ApprovalDialog):
            top.whole(message_id, result)
        else:
            self._in_detail(lambda detail: detail.body(message_id, result))

    def refused(self, message: Refused) -> None:
        """A request was not done: say why, lose nothing."""
        args = message.args
        if message.do in SILENT:
            return
        if message.do == "send":
            self._screen.bar.refused(args["to"], args["content"])
        top = self._screen.program.screen
        if message.do == "add" and isinstance(top, dialogs.AddDialog):
            top.refused(message.sentence)
            return
        if message.do in ("accept", "discard") and isinstance(top, dialogs.ChangesDialog):
            top.refused(message.sentence)
            return
        if message.do in ("thread", "body"):
            self._in_detail(lambda detail: detail.refused(message.sentence))
            return
        self._screen.notify(clean(message.sentence), title=message.do, severity="error", markup=False)

    def _in_detail(self, use: Callable[[Detail], list[str] | None], opened: str = "") -> list[str] | None:
        top = self._screen.program.screen
        return use(top) if isinstance(top, dialogs.Detail) and opened in ("", top.row.id) else None
