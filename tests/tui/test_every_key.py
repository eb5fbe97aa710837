"""Every key of the registry is pressed where it holds, and what must come of it is checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tui_demo import app_of, screen_text, until
from whole_demo import whole

from trinity_tui.tui.actions import ACTIONS, BY_ID
from trinity_tui.tui.past.tempo import SPEEDS
from trinity_tui.tui.screens.replay import ReplayScreen
from trinity_tui.tui.widgets.waiting import WaitingPane

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot
    from whole_demo import WholeConnection

    from trinity_tui.tui.actions import Action
    from trinity_tui.tui.app import TrinityApp


@dataclass
class Seat:
    """Somebody at the keys.

    Attributes:
        key: The one that was pressed last.
        was: What was on the screen before, where that is to have changed.
        had: Who was chosen before.
    """

    app: TrinityApp
    pilot: Pilot[None]
    link: WholeConnection
    key: str = ""
    was: str = ""
    had: str = ""

    @property
    def asked(self) -> list[str]:
        return [do for do, _ in self.link.asked]

    @property
    def told(self) -> list[str]:
        return [item.message for item in self.app._notifications]  # pyright: ignore[reportPrivateUsage]

    @property
    def has_changed(self) -> bool:
        return screen_text(self.app) != self.was

    @property
    def is_at_home(self) -> bool:
        """Whether nothing is begun on the screen that is seen."""
        stage, pane = self.app.stage, self.app.stage.focused
        is_first = pane is not None and pane.id == stage.PANES[0] and not stage.arrangement.is_zoomed
        return is_first and not getattr(pane, "filter", "")

    async def go(self, keys: tuple[str, ...]) -> None:
        while self.app.screen is not self.app.stage:
            await self.pilot.press("escape")
        if keys and self.app.stage.TAB == f"screen.{PLACES[keys[0]]}":
            keys = keys[1:]
        ways = () if self.is_at_home else ("escape",)
        await self.pilot.press(*ways, *(key for key in keys if key[0] != "="))
        await self.pilot.pause(0.15 if keys and keys[0] in SLOW else None)
        for kind in (key[1:] for key in keys if key[0] == "="):
            waiting = self.app.made("inbox").query_one(WaitingPane)
            waiting.choose(next(line.key for line in waiting.lay_out(80) if line.key.startswith(kind)))
            await self.pilot.pause()

    async def press(self, key: str, *, is_compared: bool) -> None:
        self.link.asked.clear()
        if self.told:
            self.app.clear_notifications()
            await self.pilot.pause()
        self.key, self.had = key, self.app.stage.chosen
        self.was = screen_text(self.app) if is_compared else ""
        await self.pilot.press(key)
        await self.pilot.pause()


SLOW = frozenset({"f5", "f6", "f9", "ctrl+f"})
"""Screens whose lists come a moment later."""


def sees(name: str) -> Callable[[Seat], bool]:
    """That screen is seen."""
    return lambda seat: seat.app.stage.TAB == f"screen.{name}"


def opens(dialog: str) -> Callable[[Seat], bool]:
    """That dialog lies over the screen."""
    return lambda seat: type(seat.app.screen).__name__ == dialog


def asks(do: str) -> Callable[[Seat], bool]:
    """That was asked of the coordinator."""
    return lambda seat: do in seat.asked


def says(text: str) -> Callable[[Seat], bool]:
    """That was said."""
    return lambda seat: any(text in told for told in seat.told)


def stands_in(name: str) -> Callable[[Seat], bool]:
    """That pane or line is the one that takes keys."""
    return lambda seat: seat.app.stage.focused is not None and seat.app.stage.focused.id == name


def writes_to(seat: Seat) -> bool:
    to = seat.app.stage.seats.by_digit(int(seat.key))
    return bool(to) and seat.app.stage.bar.to == to


def changes(seat: Seat) -> bool:
    return seat.has_changed


def chooses(seat: Seat) -> bool:
    return seat.app.stage.chosen != seat.had


def plays(seat: Seat) -> bool:
    replay = seat.app.made("replay")
    assert isinstance(replay, ReplayScreen)
    return replay.reel.is_playing


def plays_faster(seat: Seat) -> bool:
    replay = seat.app.made("replay")
    assert isinstance(replay, ReplayScreen)
    return replay.reel.speed == SPEEDS[1]


def copies(seat: Seat) -> bool:
    return bool(seat.app.clipboard)


ROOM, TASKS, CHAT, LOGS, MEMORY, DOCS, INBOX, PAST, SEARCH = "f1", "f2", "f3", "f4", "f5", "f6", "f8", "f9", "ctrl+f"
PLACES = {action.keys[0]: action.id.partition(".")[2] for action in ACTIONS if action.area == "screen"}
FOUND = (CHAT, "slash", "e", "enter")

COMES: dict[str, tuple[tuple[str, ...], Callable[[Seat], bool]]] = {
    "screen.room": ((TASKS,), sees("room")), "screen.tasks": ((), sees("tasks")), "screen.chat": ((), sees("chat")),
    "screen.logs": ((), sees("logs")), "screen.memory": ((), sees("memory")), "screen.docs": ((), sees("docs")),
    "screen.inbox": ((), sees("inbox")), "screen.replay": ((), sees("replay")),
    "screen.search": ((), sees("search")), "workspace.choose": ((ROOM,), opens("WorkspaceDialog")),
    "message.seat": ((ROOM,), writes_to), "message.all": ((ROOM,), lambda seat: seat.app.stage.bar.to == "broadcast"),
    "message.chosen": ((ROOM,), lambda seat: seat.app.stage.bar.to == seat.app.stage.chosen != ""),
    "answer.stop": ((CHAT,), asks("cut")), "answer.retry": ((CHAT, "1", "escape"), asks("retry")),
    "answer.older": ((CHAT,), lambda seat: bool(seat.told) or "conversation" in seat.asked),
    "task.add": ((TASKS,), opens("AddTask")), "task.give": ((TASKS, "slash", *"add up", "enter"), opens("GiveTask")),
    "task.cancel": ((TASKS,), opens("Confirm")), "task.retry": ((TASKS,), lambda seat: bool(seat.asked or seat.told)),
    "task.thread": ((TASKS,), opens("Detail")), "log.level": ((LOGS,), changes),
    "log.since": ((LOGS,), opens("SinceDialog")), "log.cause": ((LOGS, "up"), lambda seat: bool(seat.told)),
    "memory.add": ((MEMORY,), opens("RememberDialog")), "memory.retract": ((MEMORY,), opens("Confirm")),
    "memory.holds": ((MEMORY, "slash", *"port", "enter"), opens("HoldsDialog")),
    "memory.evidence": ((MEMORY,), opens("Detail")), "memory.themes": ((MEMORY,), changes),
    "node.left": ((CHAT,), chooses), "node.right": ((CHAT,), chooses),
    "node.up": ((ROOM, "down"), chooses), "node.down": ((ROOM, "up"), chooses),
    "pane.next": ((ROOM,), stands_in("flow")), "pane.previous": ((ROOM,), stands_in("output")),
    "jump.show": ((ROOM,), opens("Jump")), "pane.open": ((ROOM,), stands_in("output")),
    "pane.find": ((ROOM,), lambda seat: seat.app.stage.find_bar.display), "pane.copy": ((ROOM,), copies),
    "found.next": (FOUND, changes), "found.before": (FOUND, changes), "pane.zoom": ((ROOM,), changes),
    "list.page_up": ((ROOM, "tab", "end"), changes), "list.page_down": ((ROOM, "tab", "home"), changes),
    "list.oldest": ((ROOM, "tab", "end"), changes), "list.newest": ((ROOM, "tab", "home"), changes),
    "go.back": ((ROOM, "tab"), stands_in("swarm")), "instance.why": ((ROOM,), opens("Why")),
    "instance.brain": ((ROOM,), opens("BrainDialog")), "instance.changes": ((ROOM,), opens("ChangesDialog")),
    "instance.restart": ((ROOM,), asks("restart")), "instance.toggle": ((ROOM,), asks("stop")),
    "instance.pause": ((ROOM,), asks("pause")), "instance.add": ((ROOM,), opens("AddDialog")),
    "instance.remove": ((ROOM,), opens("Confirm")), "instance.pause_all": ((ROOM,), opens("Confirm")),
    "usage.show": ((ROOM,), opens("UsageDialog")), "docs.edit": ((DOCS, "home"), lambda seat: bool(seat.told)),
    "docs.seen": ((DOCS,), asks("handoff/looked")), "waiting.decide": ((ROOM,), opens("ApprovalDialog")),
    "digest.show": ((ROOM,), opens("AwayDialog")), "notice.show": ((ROOM,), opens("NoticesDialog")),
    "inbox.once": ((INBOX, "=approval"), asks("approve")),
    "inbox.always": ((INBOX, "=approval"), asks("approve")),
    "inbox.reject": ((INBOX, "=approval"), stands_in("reject-word")),
    "inbox.answer": ((INBOX, "=question"), lambda seat: seat.app.stage.bar.to == "mechanic"),
    "inbox.start": ((INBOX, "=parked"), asks("start")),
    "inbox.resume": ((INBOX, "=parked"), says("not for what is chosen")),
    "inbox.resend": ((INBOX, "=dead"), asks("resend")), "inbox.drop": ((INBOX, "=dead"), asks("resend")),
    "inbox.seen": ((INBOX, "=alert"), asks("inbox/seen")), "inbox.mark": ((INBOX, "=dead"), changes),
    "inbox.task": ((INBOX, "=approval"), sees("tasks")), "inbox.history": ((INBOX,), changes),
    "replay.play": ((PAST, "left_square_bracket"), plays), "replay.faster": ((PAST,), plays_faster),
    "replay.slower": ((PAST, "plus"), plays_faster), "replay.minute_back": ((PAST,), changes),
    "replay.minute_on": ((PAST, "ctrl+left"), changes), "replay.hour_back": ((PAST,), changes),
    "replay.hour_on": ((PAST, "ctrl+left"), changes), "replay.mark_before": ((PAST,), changes),
    "replay.mark_after": ((PAST, "left_square_bracket", "left_square_bracket"), changes),
    "replay.again": ((PAST,), says("Look for a moment")), "replay.live": ((PAST,), sees("room")),
    "hit.moment": ((SEARCH, *"refresh", "enter"), sees("replay")),
    "hit.older": ((SEARCH, *"refresh", "enter"), asks("search")), "theme.choose": ((ROOM,), opens("ThemeDialog")),
    "help.show": ((ROOM,), opens("Help")), "command.open": ((ROOM,), opens("CommandPalette")),
    "coordinator.down": ((ROOM,), opens("Confirm")), "link.enter": ((ROOM,), says("no link that waits")),
    "app.leave": ((ROOM,), lambda seat: not seat.app.is_running or seat.app._exit),  # pyright: ignore[reportPrivateUsage]
}  # fmt: skip
"""By action: the keys that lead to where it holds, and what must have happened then. ``=kind`` chooses in the Inbox."""


def test_every_action_says_what_must_come_of_it() -> None:
    assert COMES.keys() == BY_ID.keys()


def sitting(*areas: str) -> list[Action]:
    """The actions of some areas, leaving last."""
    return [action for action in ACTIONS if action.area in areas]


SITTINGS = {
    "screens": sitting("screen", "workspace", "message", "answer", "found"),
    "lists": sitting("task", "log", "memory", "docs", "hit"),
    "room": sitting("node", "pane", "jump", "list", "go", "instance", "usage", "waiting", "digest", "notice", "theme",
                    "help", "command", "coordinator", "link", "app"),
    "inbox": sitting("inbox", "replay"),
}  # fmt: skip


def test_every_action_is_tried_in_one_sitting() -> None:
    tried = [action.id for actions in SITTINGS.values() for action in actions]
    assert sorted(tried) == sorted(BY_ID)


@pytest.mark.parametrize("name", SITTINGS)
async def test_every_key_does_what_it_says(name: str, tmp_path: Path) -> None:
    link, _ = whole(tmp_path)
    app = app_of(link, root=link.root, places=list[Any])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        seat = Seat(app, pilot, link)
        for action in SITTINGS[name]:
            lead, happened = COMES[action.id]
            for key in action.keys:
                await seat.go(lead)
                await seat.press(key, is_compared=happened is changes)
                try:
                    await until(lambda happened=happened: happened(seat))
                except AssertionError:
                    told = f"{action.id} ({key}): {seat.asked} {seat.told} {type(app.screen).__name__} {app.focused}"
                    raise AssertionError(f"{told}\n{screen_text(app)}") from None
