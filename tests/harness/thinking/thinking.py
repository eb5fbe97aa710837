"""A language model that says what a test tells it, a toolbox of real files, and a live lane that remembers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import msgspec

from trinity_tui.core.brain_name import BrainName
from trinity_tui.core.conversation import Call, Called, End, Prompt, Text, ToolSpec, Usage
from trinity_tui.core.errors import BrainError
from trinity_tui.core.wire import live
from trinity_tui.harness.thinking import beginning
from trinity_tui.tools.tool import Judged, Result

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    import pytest

    from harness.ground import Ground, Life
    from trinity_tui.core.conversation import Event
    from trinity_tui.harness.lane import Lane

NAME = "ollama:test"


class Model:
    """A brain: each prompt is answered by the next reply, a list of events, errors and events to wait for.

    Attributes:
        prompts: What it was asked.
        closed: How many exchanges were ended by who asked.
    """

    def __init__(self, *replies: list[Any]) -> None:
        self.name = BrainName("ollama", "test")
        self.window_tokens = 16_000
        self.has_tools = True
        self.replies = list(replies)
        self.prompts: list[Prompt] = []
        self.closed = 0

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Event]:
        """Say the next reply."""
        self.prompts.append(prompt)
        items = self.replies.pop(0) if self.replies else [Text("nothing more"), End("stop")]
        try:
            for item in items:
                if isinstance(item, asyncio.Event):
                    await item.wait()
                elif isinstance(item, BrainError):
                    raise item
                else:
                    yield item
        except (GeneratorExit, asyncio.CancelledError):
            self.closed += 1
            raise

    def priced(self, usage: Usage) -> Usage:
        """A microdollar a token."""
        return msgspec.structs.replace(usage, microdollars=usage.tokens)

    async def aclose(self) -> None:
        """Nothing to let go."""

    @property
    def shown(self) -> str:
        """All of the newest prompt as text."""
        prompt = self.prompts[-1]
        return "\n".join([prompt.stable, prompt.fresh, *(turn.text for turn in prompt.turns)])


class Found:
    """What looking for a brain gave."""

    def __init__(self, brain: Model | None, why: str = "") -> None:
        self.brain = brain
        self.why = why


def says(text: str, tokens: int = 10) -> list[Any]:
    """A whole answer."""
    return [Text(text[: len(text) // 2]), Text(text[len(text) // 2 :]), End("stop", Usage(tokens, tokens))]


def calls(tool: str, *, before: str = "", call_id: str = "c1", **arguments: Any) -> list[Any]:
    """An answer that wants a tool used."""
    said = [Text(before)] if before else []
    return [*said, Called(Call(call_id, tool, arguments)), End("tools", Usage(10, 10))]


class Files:
    """A toolbox: ``read`` is allowed, ``write`` asks, ``shell`` as the test says; ``sleep`` waits until cut."""

    def __init__(self, root: Path, shell: str = "ask") -> None:
        self.specs = tuple(
            ToolSpec(name, f"{name} a file", {"type": "object", "properties": {}, "required": required})
            for name, required in (("read", ["path"]), ("write", ["path", "content"]), ("shell", ["command"]))
        )
        self.root = root
        self.verdicts = {"read": "allow", "write": "ask", "shell": shell}
        self.used: list[str] = []
        self.cut = 0

    def judge(self, call: Call) -> Judged:
        """By the tool's name alone."""
        verdict: Any = self.verdicts[call.tool]
        first = str(next(iter(call.arguments.values()), ""))
        return Judged(call, verdict, f"rule of {call.tool}", f"{call.tool} {first}", (call.tool, first))

    async def use(self, judged: Judged, printed: Callable[[str], None]) -> Result:
        """Do it."""
        call = judged.call
        self.used.append(call.tool)
        if call.tool == "read":
            try:
                return Result((self.root / call.arguments["path"]).read_text())
            except OSError as error:
                return Result(str(error.strerror), is_error=True)
        if call.tool == "write":
            (self.root / call.arguments["path"]).write_text(call.arguments["content"])
            return Result("written")
        printed("begun\n")
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            self.cut += 1
            raise
        return Result("done")


class Heard:
    """A live lane that remembers."""

    def __init__(self) -> None:
        self.activities: list[live.Activity] = []
        self.frames: list[Any] = []
        self.greeted = asyncio.Event()
        self.on_greeted: Callable[[], None] = lambda: None

    def tell(self, activity: live.Activity) -> None:
        """Note it."""
        self.activities.append(activity)

    def say(self, frame: Any) -> None:
        """Note it."""
        self.frames.append(frame)

    def of(self, kind: type[Any]) -> list[Any]:
        """The frames of one kind."""
        return [frame for frame in self.frames if isinstance(frame, kind)]

    @property
    def text(self) -> str:
        """What a face has on its screen of the answer, put together from the pieces."""
        text = ""
        for piece in self.of(live.Piece):
            if not piece.is_thinking:
                text = text[: piece.at] + piece.text
        return text


class Stage:
    """An instance with a model, and what is there for a test to look at.

    Args:
        ground: The folder.
        patch: Puts the model in the place of a server's.
    """

    def __init__(self, ground: Ground, patch: pytest.MonkeyPatch) -> None:
        self.ground = ground
        self.files = Files(ground.root)
        self.found: dict[str, Found] = {}
        self.looked: list[str] = []
        patch.setattr(beginning, "toolboxes", self._boxes)
        patch.setattr(beginning, "find_brain", self._find)

    async def _boxes(self, me: Any, tree: Any) -> tuple[Files]:
        return (self.files,)

    async def _find(self, me: Any, name: BrainName) -> Found:
        self.looked.append(str(name))
        return self.found.get(str(name), Found(None, f"no {name}"))

    def live(self, model: Model | None, name: str = "oracle-1", **brief: Any) -> tuple[Life, Heard]:
        """Begin a life that thinks with this model."""
        if model is not None:
            self.found[NAME] = Found(model)
        life = self.ground.live(name, None, brain=brief.pop("brain", NAME), **brief)
        heard = Heard()
        life.me.lane = cast("Lane", heard)
        return life, heard
