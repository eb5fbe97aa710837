"""A scripted room for the screen's tests: real messages folded by a real mirror, a frozen clock, and a connection that
records what it is asked for instead of asking a coordinator."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from rich.cells import cell_len

from patience import until
from trinity_tui.client.mirror import Mirror
from trinity_tui.core.message import Message, format_time
from trinity_tui.core.preferences import STANDARD, Preferences
from trinity_tui.core.record import Record
from trinity_tui.core.room import Room
from trinity_tui.core.wire.face import Batch, Greeting, Live, LiveView, Output, Talk
from trinity_tui.core.wire.live import Piece, ToolUse
from trinity_tui.tui.app import TrinityApp
from trinity_tui.tui.clock import Clock
from trinity_tui.tui.glyphs import UNICODE
from trinity_tui.tui.screens.chat import ChatScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from trinity_tui.core.errors import ClientError
    from trinity_tui.core.preferences import Animation
    from trinity_tui.tui.glyphs import Glyphs

NOW = 1_790_000_531.0
"""14:22:11 UTC on a day in September 2026."""
ROLES = ("explorer", "builder", "reflector", "lead", "guide", "observer", "visitor", "mechanic", "architect", "oracle")


@dataclass
class HandClock:
    """A clock that moves when it is told to."""

    seconds: float = NOW

    def clock(self) -> Clock:
        """The clock as the screen takes it."""
        return Clock(lambda: self.seconds, UTC)


class Script:
    """Writes messages as the bus would, and hands them to a mirror as batches."""

    def __init__(self, mirror: Mirror | None = None, now: float = NOW) -> None:
        self.mirror = mirror if mirror is not None else Mirror()
        self.now = now
        self.position = 0
        self.ids: dict[str, str] = {}
        self.records: list[Record] = []
        """All that was said, as the log has it."""

    def greet(self, workspace: str = "shop") -> None:
        """The coordinator answers."""
        greeting = Greeting(3, workspace, f"/home/agus/{workspace}", "C1", 4711, 1, self.position, room=Room())
        self.mirror.apply(greeting)
        self.mirror.link(True)

    def say(
        self, sender: str, to: str, content: str, kind: str = "message", *, ago: float = 0.0, priority: str = "normal",
        reply_to: str | None = None, name: str = "", extra: dict[str, Any] | None = None, **metadata: Any,
    ) -> str:  # fmt: skip
        """One message on the record; its id."""
        self.position += 100
        message_id = f"m{self.position:08d}"
        message = Message(
            v=1, id=message_id, from_=sender, to=to, type=kind, priority=priority,
            timestamp=format_time(self.now - ago), content=content, metadata=metadata | (extra or {}),
            reply_to=self.ids.get(reply_to or "", reply_to),
        )  # fmt: skip
        if name:
            self.ids[name] = message_id
        self.records.append(Record(self.position, message))
        self.mirror.apply(Batch(self.position + 1, self.records[-1:]))
        return message_id

    def asks(self, sender: str, tool: str, command: str, *, ago: float = 500.0, **more: Any) -> str:
        """A model's call waits for the person."""
        call = {"kind": "tool", "tool": tool, "command": command, **more}
        return self.say(sender, "human", "May I", "approval", op="request", ago=ago, extra=call)

    def status(
        self, instance: str, state: str = "ONLINE", *, ago: float = 100.0, order: int = 0, **metadata: Any
    ) -> None:
        """The coordinator says how an instance is."""
        data: dict[str, Any] = {"source": "supervision", "epoch": 1, "pid": 4000, **metadata}
        self.say(
            "coordinator", "broadcast", f"{instance} is {state}", "status", ago=ago,
            instance=instance, state=state, order=order, **data,
        )  # fmt: skip

    def read(self, instance: str, *names: str, step: str = "read") -> None:
        """An instance has read these."""
        positions = [int(self.ids[name][1:]) for name in names]
        marks: dict[str, Any] = {step: positions}
        self.say(instance, "coordinator", "", "receipt", instance=instance, **marks)

    def live(self, instance: str, activity: str = "idle", detail: str = "", *, since: float = 0.0, **more: Any) -> None:
        """What an instance does now."""
        began = self.now - since if since else 0.0
        view = LiveView(instance, activity, detail, since=began, heard_at=self.now - 1, **more)
        self.mirror.apply(Live([view]))

    def piece(self, instance: str, turn: str, text: str, *, at: int | None = None, is_thinking: bool = False) -> None:
        """An instance says more of an answer."""
        talks = self.mirror.talks.get(instance)
        known = talks.turns.get(turn) if talks is not None else None
        growing = (known.thinking if is_thinking else known.answer) if known is not None else None
        start = at if at is not None else growing.end if growing is not None else 0
        self.mirror.apply(Talk(instance, pieces=[Piece(turn, start, text, is_thinking)]))

    def use(self, instance: str, turn: str, call: str, tool: str, summary: str, state: Any, **more: Any) -> None:
        """An instance uses a tool."""
        self.mirror.apply(Talk(instance, uses=[ToolUse(turn, call, tool, summary, state, **more)]))

    def over(self, instance: str, turn: str) -> None:
        """A turn is over."""
        self.mirror.apply(Talk(instance, over=[turn]))

    def output(self, instance: str, *lines: str) -> None:
        """An instance prints."""
        self.mirror.apply(Output(instance, 1, list(lines), at=self.now, is_end=True))


def demo(mirror: Mirror | None = None) -> Script:
    """Nine instances in a small shop, an afternoon's minute."""
    script = Script(mirror)
    script.greet()
    _cast(script)
    _talk(script)
    _work(script)
    return script


def _cast(script: Script) -> None:
    ids = (
        "explorer-1",
        "builder-1",
        "reflector-1",
        "lead-1",
        "araya",
        "builder-2",
        "observatory",
        "visitor",
        "mechanic",
    )
    brains = {"builder-1": "ollama:qwen2.5:7b", "builder-2": "ollama:qwen2.5:7b", "mechanic": "claude:sonnet"}
    for order, name in enumerate(ids, 1):
        brain = brains.get(name, "builtin")
        script.status(name, order=order, role=name.rstrip("-12"), brain=brain, ago=900)
    script.status(
        "araya", "DEGRADED", order=5, brain="builtin", reason="no Ollama, using builtin", source="health", ago=180
    )
    script.status("visitor", "PAUSED", order=8, reason="by you, until you say go", source="person", ago=400)
    script.status("observatory", order=7, crash="signal 9", restarts=1, ago=3)


def _talk(script: Script) -> None:
    say = script.say
    say("explorer-1", "broadcast", "refresh path untested", "finding", ago=52, key="refresh", path="auth.py", line=88,
        severity="high", rule="untested-branch")  # fmt: skip
    say("lead-1", "builder-1", "Please write a test for the refresh path in auth.py", "task", ago=44, name="task")
    script.read("builder-1", "task")
    say("builder-1", "lead-1", "On it: reading auth.py and its tests first.", "answer", ago=41, reply_to="task")
    say("reflector-1", "broadcast", "3 modules import db twice", "finding", ago=33, key="db", path="shop/db.py", line=4,
        severity="medium", rests_on=["refresh"])  # fmt: skip
    for step in range(4):
        say(
            "explorer-1",
            "reflector-1",
            f"auth.py part {step + 1} of 4 read",
            "message",
            ago=30 - step,
            name=f"part{step}",
        )
    script.read("reflector-1", "part0", "part1", "part2")
    for step in range(14):
        say("builder-1", "builder-2", f"review of hunk {step + 1}", "question", ago=24 - step, name=f"hunk{step}")
        say("builder-2", "builder-1", "fine", "answer", ago=24 - step, reply_to=f"hunk{step}")
    say(
        "human",
        "builder-1",
        "add a test for refresh, before anything else",
        "chat",
        ago=9,
        priority="urgent",
        name="wish",
    )
    script.read("builder-1", "wish")
    say("builder-1", "human", "Understood; it is the next thing I do.", "answer", ago=8, reply_to="wish")
    say("mechanic", "C2", "nightly build is green", "message", ago=7)
    say("araya", "explorer-1", "Is the token cache shared between workers?", "question", ago=5, name="cache")
    script.read("explorer-1", "cache", step="received")
    say("builder-1", "human", "Runs the test suite of this folder.", "approval", op="request",
        command="pytest -q tests/auth", ago=4, name="ask")  # fmt: skip
    say("mechanic", "human", "Two releases are waiting; ship both?", "question", ago=3)
    say(
        "explorer-1",
        "reflector-1",
        "auth.py: refresh untested",
        "finding",
        ago=1,
        key="refresh2",
        path="auth.py",
        line=91,
    )


def _work(script: Script) -> None:
    script.live("explorer-1", "thinking", "auth.py", since=12)
    script.live("builder-1", "tool", "run pytest -q", since=4)
    script.live("reflector-1", "writing", "2 patterns", since=31)
    script.live("lead-1", "idle", inbox_depth=3)
    script.live("araya", "idle")
    script.live("builder-2", "idle")
    script.live("observatory", "idle")
    script.live("mechanic", "waiting", "your answer", inbox_depth=1)
    script.output(
        "explorer-1", *(f"14:21:{second:02d} read auth.py lines {second * 4}-{second * 4 + 4}" for second in range(40))
    )
    script.output("builder-1", "14:22:07 run pytest -q → 0 (1.8 s)   41 passed")


def talk(link: FakeConnection) -> Script:
    """A conversation with the explorer: an answer on record, a cut one, and one that is being written."""
    script = demo(link.mirror)

    def said(number: int, sender: str, text: str, **metadata: Any) -> dict[str, Any]:
        return {
            "id": f"old{number}", "position": number, "from": sender, "to": "human", "content": text,
            "type": "answer" if number % 2 else "chat", "timestamp": format_time(NOW - 400 + number),
            "reply_to": f"old{number - 1}", "metadata": metadata,
        }  # fmt: skip

    usage = {"input_tokens": 1_200, "output_tokens": 340, "microdollars": 12_345}
    pages = [
        said(2, "human", "What is wrong with auth.py?") | {"to": "explorer-1"},
        said(3, "explorer-1", FOUND, brain="ollama:qwen2.5:7b", usage=usage),
        said(
            5, "explorer-1", "The second half was going", brain="ollama:qwen2.5:7b", cut="the server closed the stream"
        ),
    ]
    link.answers["conversation"] = {"messages": pages, "before": None}
    wish = script.say("human", "explorer-1", "And the tests?", "chat", ago=70, name="tests")
    script.read("explorer-1", "tests")
    script.live("explorer-1", "writing", "tests/auth", since=12, brain="ollama:qwen2.5:7b")
    script.piece("explorer-1", wish, "First the callers.", is_thinking=True)
    script.use("explorer-1", wish, "c1", "search", "refresh in src/", "done", result="auth.py:88", seconds=0.2)
    script.use("explorer-1", wish, "c2", "write", "/etc/passwd", "refused", result="outside of the workspace")
    script.use("explorer-1", wish, "c3", "shell", "pytest -q tests/auth", "waits")
    script.piece("explorer-1", wish, "They cover **one** path of two:\n\n- `refresh` is never called with an old tok")
    return script


FOUND = """\
Two things, see [the notes](http://notes.example/auth):

1. `refresh()` takes no *lock*.
2. One case is untested.

```python
def refresh(token: str) -> str:
    return renew(token)
```

| case | covered |
|---|---|
| fresh | yes |
| old | no |
"""


def crowd(count: int, mirror: Mirror | None = None) -> Script:
    """Many instances, a third of them at work."""
    script = Script(mirror)
    script.greet("fleet")
    for order in range(1, count + 1):
        role = ROLES[order % len(ROLES)]
        name = f"{role}-{order}"
        state = {7: "OFFLINE", 11: "CRASHED", 13: "DEGRADED"}.get(order % 17, "ONLINE")
        reason = "exit 1, again in 4 s" if state == "CRASHED" else ""
        script.status(name, state, order=order, role=role, brain="builtin", reason=reason)
        if order % 3 == 0:
            script.live(name, "thinking", f"part {order}", since=order % 50 + 1)
    return script


@dataclass
class FakeConnection:
    """A connection whose mirror is fed by hand, and that records what it is asked for."""

    mirror: Mirror = field(default_factory=Mirror)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    followed: list[str] = field(default_factory=list[str])
    listened: list[str] = field(default_factory=list[str])
    seen: list[int] = field(default_factory=list[int])
    answers: dict[str, Any] = field(default_factory=dict[str, Any])
    """By request: what it is answered, or what makes it of the arguments; an error where it is to be refused."""

    async def run(self) -> None:
        """Stay connected; the changes come by hand."""
        self.changed.set()
        await asyncio.Event().wait()

    async def request(self, do: str, **args: Any) -> Any:
        """Record it, and answer as told."""
        self.asked.append((do, args))
        answer: Any | ClientError = self.answers.get(do)
        if isinstance(answer, Exception):
            raise answer
        return answer(**args) if callable(answer) else answer

    async def follow(self, instance: str) -> None:
        """Record it."""
        self.followed.append(instance)

    async def unfollow(self, instance: str) -> None:
        """Record it."""
        self.followed.append(f"-{instance}")

    async def listen(self, instance: str) -> None:
        """Record it."""
        self.listened.append(instance)

    async def unlisten(self, instance: str) -> None:
        """Record it."""
        self.listened.append(f"-{instance}")

    async def enter(self) -> None:
        """Record it."""
        self.asked.append(("enter", {}))

    async def shown(self, position: int) -> None:
        """Record it."""
        self.seen.append(position)


def app_of(
    link: FakeConnection, hand: HandClock | None = None, *, signs: Glyphs = UNICODE, is_animated: bool = False,
    animation: Animation = "off", script: Callable[[], object] | None = None, root: Path = Path("/home/agus/shop"),
    preferred: Preferences = STANDARD, **more: Any,
) -> TrinityApp:  # fmt: skip
    """The program on a connection of the test's own."""

    async def connect() -> FakeConnection:
        if script is not None:
            script()
        return link

    clock = (hand or HandClock()).clock()
    preferred = replace(preferred, animation="full" if is_animated else animation)
    return TrinityApp(root, connect, clock=clock, signs=signs, preferences=preferred, **more)


def chat_of(app: TrinityApp) -> ChatScreen:
    """The screen to talk on."""
    found = app.made("chat")
    assert isinstance(found, ChatScreen)
    return found


async def resized(app: TrinityApp, pilot: Pilot[None], width: int, height: int) -> None:
    """Have another size, and wait until all is drawn in it."""
    await pilot.resize_terminal(width, height)
    await until(lambda: tuple(app.screen._compositor.size) == (width, height))  # pyright: ignore[reportPrivateUsage]
    await pilot.pause()


def screen_text(app: TrinityApp) -> str:
    """What is on the screen, as lines of text."""
    compositor = app.screen._compositor  # pyright: ignore[reportPrivateUsage]
    # What it was laid out for: in the midst of a new size the app has that already.
    width, height = compositor.size
    lines = ["".join(segment.text for segment in strip) for strip in compositor.render_strips()]
    assert len(lines) == height
    assert {cell_len(text) for text in lines} == {width}
    return "\n".join(text.rstrip() for text in lines)
