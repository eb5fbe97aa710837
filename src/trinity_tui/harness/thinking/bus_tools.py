"""The bus as tools: telling and asking colleagues, keeping and finding what is known, proposing tasks.

Who speaks is stamped here; a model chooses whom it speaks to, among those who are there. What comes back from others is
data, as every result is.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from trinity_tui.core import fence, typed
from trinity_tui.core.address import BROADCAST, COORDINATOR, HUMAN, canonical, is_elsewhere, nearest, role_of
from trinity_tui.core.conversation import Call, ToolSpec
from trinity_tui.core.errors import MessageError, StoreError, StormError, ToolError
from trinity_tui.core.handoff.life import ACCOMPLISHED
from trinity_tui.core.handoff.life import line as cut_line
from trinity_tui.core.limits import MODEL_BYTES
from trinity_tui.core.memory import KINDS
from trinity_tui.core.redact import redact
from trinity_tui.harness.thinking.remembered import line_of
from trinity_tui.tools.tool import Judged, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position
    from trinity_tui.harness.me import Me
    from trinity_tui.harness.thinking.remembered import Remembered

ANSWER_SECONDS = 120.0
"""How long an answer of a colleague is waited for; one that comes later is a message like any other."""
FOUND_MOST = 20
SEVERITIES = ("low", "normal", "high")
PATH_CHARACTERS = 300
STATED = ("subject", "predicate", "value")
LISTED_MOST = 20


def _spec(name: str, description: str, required: dict[str, str], optional: dict[str, Any] | None = None) -> ToolSpec:
    texts = {key: {"type": "string", "description": words} for key, words in required.items()}
    parameters = {"type": "object", "properties": texts | (optional or {}), "required": list(required)}
    return ToolSpec(name, description, parameters)


_TO = "an instance's id, role:NAME, broadcast or human"
SPECS = (
    _spec("send", "Tell somebody something; no answer is waited for.", {"to": _TO, "text": "what to say"}),
    _spec("ask", "Ask one colleague and wait for the answer.", {"to": "an instance's id", "text": "the question"}),
    _spec(
        "remember",
        "Have everybody know something from now on, also who comes later; one fact in one or two sentences.",
        {"text": "what is so"},
        {
            "kind": {"type": "string", "enum": list(KINDS), "description": "finding where there is a path, else fact"},
            "subject": {"type": "string", "description": "what a value is stated of, such as: server"},
            "predicate": {"type": "string", "description": "what of it, such as: port"},
            "value": {"type": "string", "description": "what it is, such as: 8080"},
            "tags": {"type": "array", "items": {"type": "string"}},
            "supersedes": {
                "type": "array",
                "items": {"type": "string"},
                "description": "ids of what holds no longer because of it",
            },
            "path": {"type": "string", "description": "the file it is about"},
            "line": {"type": "integer", "description": "the line in it"},
            "severity": {"type": "string", "enum": list(SEVERITIES)},
        },
    ),
    _spec("recall", "Find what is known about something, from all instances.", {"query": "words to look for"}),
    _spec(
        "leave",
        "Before you are done with something larger: write into the log of your session what whoever comes next should"
        " know. It stands there as your words, beside what is on record; a few sentences.",
        {},
        {
            "accomplished": {"type": "string", "description": "what you accomplished"},
            "next": {"type": "string", "description": "what the next one should know, or begin with"},
        },
    ),
    _spec(
        "task",
        "Propose a task; the coordinator decides who gets it.",
        {"text": "what is to be done"},
        {"to": {"type": "string", "description": "role:NAME or an instance; role:builder where it is left out"}},
    ),
)


class BusTools:
    """The tools; a ``Toolbox``.

    Args:
        me: Who speaks.
        memory: What is remembered.
        brain: Which brain is in use, for what is remembered.

    Attributes:
        turn: The message that is answered now, for what was found for it.
    """

    def __init__(self, me: Me, memory: Remembered, brain: Callable[[], str]) -> None:
        self.turn = ""
        self.specs: Sequence[ToolSpec] = SPECS
        self._me = me
        self._memory = memory
        self._brain = brain

    def judge(self, call: Call) -> Judged:
        """Everybody may speak, with arguments that make sense, to those who are there."""
        try:
            return Judged(call, "allow", "the bus is open to every role", self._summary(call))
        except ToolError as error:
            return Judged(call, "deny", str(error), call.tool)

    def _summary(self, call: Call) -> str:
        if call.tool == "leave":
            return f"leave {' '.join(_left(call).values())}"
        text = _text(call, "query" if call.tool == "recall" else "text")
        match call.tool:
            case "recall":
                return f"recall {text}"
            case "remember":
                path, line = _place(call)
                return f"remember {path}{f':{line}' if line else ''} {text}".replace("  ", " ")
            case "ask":
                return f"ask {self._one(_text(call, 'to'))}: {text}"
            case "send" | "task":
                to = _text(call, "to", "role:builder" if call.tool == "task" else "")
                return f"{call.tool} {self._anybody(to)}: {text}"
            case _:
                raise ToolError(f"there is no tool {call.tool!r}")

    async def use(self, judged: Judged, printed: Callable[[str], None]) -> Result:
        """Do it."""
        call = judged.call
        try:
            if call.tool == "leave":
                return await self._leave(_left(call))
            text = _text(call, "query" if call.tool == "recall" else "text")
            match call.tool:
                case "send":
                    to = self._anybody(_text(call, "to"))
                    await self._me.voice.say(to, "message", text)
                    return Result(f"said to {to}")
                case "ask":
                    return await self._ask(self._one(_text(call, "to")), text)
                case "remember":
                    return await self._remember(call, text)
                case "task":
                    return await self._propose(self._anybody(_text(call, "to", "role:builder")), text)
                case _:
                    return Result(await self._recall(text))
        except (ToolError, StormError, MessageError, StoreError) as error:
            return Result(str(error), is_error=True)

    async def _ask(self, to: str, text: str) -> Result:
        start = await self._me.bus.end()
        asked = await self._me.voice.say(to, "question", text)
        async with self._me.gate.parked():
            answer = await self._answer(asked, start)
        if answer is None:
            late = f"{to} has not answered in {ANSWER_SECONDS:g} s; the answer will come as a message"
            return Result(late, is_error=True)
        return Result(await self._me.bus.body(answer))

    async def _answer(self, asked: Message, start: Position) -> Message | None:
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                async for batch in self._me.bus.follow(start):
                    for record in batch:
                        if record.message.reply_to == asked.id and record.message.from_ == asked.to:
                            return record.message
        return None

    async def _remember(self, call: Call, text: str) -> Result:
        path, line = _place(call)
        severity = call.arguments.get("severity")
        metadata: dict[str, Any] = {
            "rule": "model", "severity": severity if severity in SEVERITIES else "normal", "brain": self._brain(),
        }  # fmt: skip
        if path:
            metadata |= {"path": path, "line": line}
        kind = _kind(call, has_path=bool(path))
        place = f"{path}:{line} " if path and line else f"{path} " if path else ""
        finding = redact(f"{place}{text}")
        if await self._memory.has(self._me.id, finding):
            return Result("you said that already, and it stands")
        if kind == "finding":
            await self._me.voice.say(BROADCAST, "finding", finding, metadata=metadata)
        else:
            metadata |= {"op": "add", "kind": kind, **_stated(call)}
            await self._me.voice.say(BROADCAST, "memory", finding, metadata=metadata)
        return Result("everybody knows it now")

    async def _leave(self, parts: dict[str, str]) -> Result:
        for part, text in parts.items():
            await self._me.voice.say(COORDINATOR, "session", redact(text), metadata={"part": part})
        return Result("it stands in the log of your session once that is over")

    async def _propose(self, to: str, text: str) -> Result:
        said = await self._me.voice.say(to, "task", text, metadata={"brain": self._brain()})
        return Result(f"proposed as task {said.id}; you are not told here when it is done")

    async def _recall(self, query: str) -> str:
        hits = await self._memory.recalled(self.turn, query, FOUND_MOST)
        return "\n".join(map(line_of, hits)) or "nothing is known about that"

    # Whom

    def _anybody(self, to: str) -> str:
        to = canonical(to)
        if to in (HUMAN, BROADCAST) or role_of(to) is not None:
            return to
        return self._one(to)

    def _one(self, to: str) -> str:
        known = [other.id for other in self._me.colleagues]
        if to == self._me.id:
            raise ToolError("that is you")
        if to not in known or is_elsewhere(to):
            suggestion = nearest(to, known)
            raise ToolError(
                f"there is no instance {to[:40]!r} here" + (f"; did you mean {suggestion}?" if suggestion else "")
            )
        return to


def _text(call: Call, name: str, default: str = "") -> str:
    value = call.arguments.get(name, default)
    if not isinstance(value, str) or not value.strip():
        raise ToolError(f"{call.tool} needs a text as {name}")
    return fence.cut(fence.clean(value).strip(), MODEL_BYTES)


def _left(call: Call) -> dict[str, str]:
    """What it leaves, part by part."""
    parts = {name: _text(call, name) for name in (ACCOMPLISHED, "next") if call.arguments.get(name)}
    if not parts:
        raise ToolError(f"leave needs a text as {ACCOMPLISHED} or as next")
    return {name: cut_line(text) for name, text in parts.items()}


def _kind(call: Call, *, has_path: bool) -> str:
    kind = call.arguments.get("kind")
    if isinstance(kind, str) and kind in KINDS:
        return kind
    return "finding" if has_path else "fact"


def _stated(call: Call) -> dict[str, Any]:
    """What it says of what, as far as that is said properly."""
    said = {name: redact(fence.clean(typed.text(call.arguments, name)).strip()) for name in STATED}
    lists = {name: typed.texts(call.arguments, name, LISTED_MOST) for name in ("tags", "supersedes")}
    return {name: value for name, value in {**said, **lists}.items() if value}


def _place(call: Call) -> tuple[str, int]:
    """The file a finding is about, as its reader may show it; a place that is none is left out."""
    path, line = call.arguments.get("path"), call.arguments.get("line")
    if not isinstance(path, str) or not path.isprintable() or len(path) > PATH_CHARACTERS:
        return "", 0
    if not isinstance(line, int) or isinstance(line, bool) or not 0 < line < 10**9:
        line = 0
    return path.strip(), line
