"""A night of nine instances that can be looked back at, and what a search finds in it, without a coordinator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from tui_demo import NOW, Script

from trinity_tui.core.address import HUMAN
from trinity_tui.core.happening import marked
from trinity_tui.core.message import parse_time
from trinity_tui.core.room import Room
from trinity_tui.core.wire.search import Found, Hit
from trinity_tui.tui.screens.replay import ReplayScreen
from trinity_tui.tui.screens.search import SearchScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui_demo import FakeConnection

    from trinity_tui.tui.app import TrinityApp

NAMES = (
    "explorer-1", "builder-1", "reflector-1", "lead-1", "araya", "builder-2", "observatory", "visitor", "mechanic",
)  # fmt: skip
HOUR = 3600.0
NIGHT_HOURS = 8.0
CHATTER = 240
SAID = (
    ("explorer-1", "reflector-1", "message", "cart.py read: prices are floats"),
    ("lead-1", "builder-1", "question", "How far is the refresh path?"),
    ("builder-1", "lead-1", "answer", "Its test fails, the code is right."),
    ("mechanic", "lead-1", "message", "nightly build is green"),
    ("reflector-1", "broadcast", "message", "three modules touch the token cache"),
    ("builder-2", "lead-1", "message", "hunk 3 of 7 reviewed"),
)


class Night:
    """Tells a night from its evening on."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self._said = 0

    def comes_to(self, hours: float) -> float:
        """What is said until so many hours before the morning: much in the evening, ever less; the seconds of that."""
        while self._said < CHATTER and (ago := NIGHT_HOURS * (1 - (self._said / CHATTER) ** 2) - 0.01) > hours:
            sender, to, kind, text = SAID[self._said % len(SAID)]
            self.script.say(sender, to, text, kind, ago=ago * HOUR)
            self._said += 1
        return hours * HOUR

    def happens(self) -> None:
        """All of it."""
        script, say, status = self.script, self.script.say, self.script.status
        for order, name in enumerate(NAMES, 1):
            status(name, order=order, role=name.rstrip("-12"), brain="builtin", ago=NIGHT_HOURS * HOUR)
        status("araya", "DEGRADED", order=5, reason="no Ollama, using builtin", source="health", ago=self.comes_to(6.0))
        say("builder-1", HUMAN, "Runs the test suite of this folder.", "approval", op="request", name="ask",
            command="pytest -q tests/auth", ago=self.comes_to(5.0))  # fmt: skip
        say("coordinator", "builder-1", "once: pytest -q tests/auth", "approval", op="decision", verdict="once",
            by=HUMAN, reply_to="ask", ago=self.comes_to(4.9))  # fmt: skip
        say("explorer-1", "broadcast", "refresh path untested", "finding", key="refresh", path="auth.py", line=88,
            severity="high", ago=self.comes_to(4.5))  # fmt: skip
        for number, (sender, to, kind, text) in enumerate(SAID):
            say(sender, to, text, kind, ago=self.comes_to(3.0) + 30 - 5 * number)
        status("builder-1", "CRASHED", order=2, crash="signal 9", reason="signal 9, again in 1 s",
               ago=self.comes_to(3.0))  # fmt: skip
        status("builder-1", order=2, reason="restarted 1 s ago: signal 9", restarts=1, ago=self.comes_to(3.0) - 2)
        task = say("lead-1", "builder-2", "Renew tokens in one place", "task", ago=self.comes_to(2.0))
        say("coordinator", "lead-1", "given", "task_update", task=task, state="ASSIGNED", assignee="builder-2",
            ago=self.comes_to(1.9))  # fmt: skip
        say("coordinator", "lead-1", "failed", "task_update", task=task, state="FAILED", reason="builder-2 says failed",
            ago=self.comes_to(1.0))  # fmt: skip
        say("reflector-1", "broadcast", "the token cache has two owners", "finding", key="cache", path="cache.py",
            line=12, ago=self.comes_to(0.2))  # fmt: skip
        script.live("explorer-1", "thinking", "auth.py", since=12)


def past(link: FakeConnection) -> Script:
    """The night, looked back at in the morning."""
    script = Script(link.mirror)
    script.greet()
    Night(script).happens()
    link.answers |= {"replay": _pages(script), "replay/timeline": _line(script), "search": _found(script)}
    return script


def is_shown(app: TrinityApp) -> bool:
    """Whether the past is on the screen, and its line."""
    screen = app.made("replay")
    if not isinstance(screen, ReplayScreen) or screen.line.known.is_empty:
        return False
    return screen.reel.mirror is not None and not screen.reel.is_waiting


def is_found(app: TrinityApp) -> bool:
    """Whether every place has said what it has."""
    screen = app.made("search")
    return isinstance(screen, SearchScreen) and bool(screen.asked.hits) and not screen.asked.is_waiting


def _pages(script: Script) -> Callable[..., dict[str, Any]]:
    """All of the log in one page, after an empty room."""

    def page(position: int = 0, at: float | None = None, start: int = 0, **args: Any) -> dict[str, Any]:
        records = [record for record in script.records if record.position >= start]
        end = script.position + 1
        return {"room": msgspec.json.encode(Room()).decode(), "records": msgspec.json.encode(records).decode(),
                "next": end, "first": 0, "end": end, "position": 0, "wanted": min(position, end)}  # fmt: skip

    return page


def _line(script: Script) -> dict[str, Any]:
    times = [(record.position, parse_time(record.message.timestamp)) for record in script.records]
    kinds = marked(record.message for record in script.records)
    marks = [(position, at, kind) for (position, at), kind in zip(times, kinds, strict=True) if kind is not None]
    return {"first": 0, "end": script.position + 1, "samples": times, "marks": marks[::-1], "marked_from": 0}


def _found(script: Script) -> Callable[..., dict[str, Any]]:
    """What a search for ``refresh`` finds; of its words nobody here asks."""
    at = NOW - 4.5 * HOUR
    position = next(one.position for one in script.records if one.message.content == "refresh path untested")
    hits = {
        "log": [
            Hit(group="messages", text="How far is the refresh path?", what="m1", who="lead-1", to="builder-1",
                kind="question", at=NOW - 1800, position=position + 900),
            Hit(group="messages", text="refresh path untested", what="m2", who="explorer-1", to="broadcast",
                kind="finding", at=at, position=position),
            Hit(group="chats", text="Why did the refresh test fail?", what="m3", who=HUMAN, to="builder-1",
                kind="chat", at=NOW - 30 * HOUR, position=100),
        ],
        "tasks": [Hit(group="tasks", text="Add a test for refresh", what="t1", who="builder-1", kind="done", at=at)],
        "memory": [Hit(group="memory", text="refresh() is never called with an old token", what="k1", who="explorer-1",
                       kind="finding", at=at, source="auth.py:88")],
        "documents": [Hit(group="documents", text="- refresh tokens in one place only", what="PROJECT_CONTEXT.md:41",
                          source="PROJECT_CONTEXT.md:41")],
        "logs": [Hit(group="logs", text="FAILED tests/auth/test_refresh.py::test_old_token", what="builder-1:3:120",
                     who="builder-1", source="run 3")],
    }  # fmt: skip

    def answer(place: str, **args: Any) -> dict[str, Any]:
        is_log = place == "log"
        found = Found(hits=hits[place], looked_at=NOW - 40 * HOUR if is_log else None, older=7 if is_log else None)
        return msgspec.to_builtins(found)

    return answer
