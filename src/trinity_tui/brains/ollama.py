"""A model of Ollama's, by its own client: chat, and what else its server offers (models, memory, pulls, embeddings).

Ollama reports a failure within a stream as a line of its own, under HTTP 200; a whole answer ends with ``done``. What
ends otherwise was cut.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

import httpx
import msgspec
import ollama

from trinity_tui.brains import failures
from trinity_tui.brains.guarding import guarded, next_of
from trinity_tui.brains.lines import LineTransport, PageError
from trinity_tui.brains.slots import Queue
from trinity_tui.core.conversation import Call, Called, End, Text, Thinking, Usage, Waiting
from trinity_tui.core.errors import BrainError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Sequence

    from trinity_tui.core.brain_name import BrainName
    from trinity_tui.core.brains_config import BrainsConfig
    from trinity_tui.core.conversation import EndReason, Event, Prompt, ToolSpec, Turn

CONNECT_SECONDS = 5.0
QUICK_SECONDS = 10.0
"""What is asked about a server takes no longer."""
_REASONS: dict[str, EndReason] = {"stop": "stop", "length": "length", "load": "stop", "unload": "stop"}
_ASSUMED = frozenset({"completion", "tools"})
_Answer = TypeVar("_Answer")


class ModelInfo(msgspec.Struct, frozen=True):
    """What a model can do."""

    window_tokens: int = 0
    """How much it was trained to take in; 0 where it is not said."""
    abilities: frozenset[str] = frozenset()
    """Such as ``completion``, ``tools``, ``thinking``."""


class Pulled(msgspec.Struct, frozen=True):
    """How far a download is."""

    status: str
    done_bytes: int = 0
    total_bytes: int = 0


class OllamaServer:
    """One server.

    Args:
        url: Where it is.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        # Neither a proxy nor a redirect: the prompt goes where it was said.
        self.client = ollama.AsyncClient(
            url,
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
            transport=LineTransport(),
        )

    async def models(self) -> list[str]:
        """The models it has."""
        return [one.model or "" for one in (await self._quick(self.client.list())).models]

    async def loaded(self) -> list[str]:
        """The models it has in memory."""
        return [one.model or one.name or "" for one in (await self._quick(self.client.ps())).models]

    async def show(self, model: str) -> ModelInfo:
        """What a model can do.

        Raises:
            BrainError: It is not there.
        """
        shown = await self._quick(self.client.show(model), model)
        window = next((value for key, value in (shown.modelinfo or {}).items() if key.endswith(".context_length")), 0)
        return ModelInfo(int(window or 0), frozenset(shown.capabilities or ()))

    async def ability(self, model: str) -> ModelInfo:
        """What a model can do, as far as the server says: one that only speaks Ollama's chat is taken at its best."""
        try:
            info = await self.show(model)
        except BrainError:
            return ModelInfo(abilities=_ASSUMED)
        return info if info.abilities else ModelInfo(info.window_tokens, _ASSUMED)

    async def embed(self, model: str, texts: Sequence[str], keep_alive: str = "5m") -> list[list[float]]:
        """Each text as a vector.

        Raises:
            BrainError: The model is not there, or embeds nothing.
        """
        async with told(self.url, model):
            found = await self.client.embed(model, list(texts), keep_alive=duration(keep_alive))
        return [list(vector) for vector in found.embeddings]

    async def pull(self, model: str, silence_seconds: float = 300.0) -> AsyncGenerator[Pulled]:
        """Download a model, saying how far it is; the last word is ``success``.

        Raises:
            BrainError: It could not be had, or the download broke off.
        """
        status = ""
        async with told(self.url, model):
            parts: Any = await self.client.pull(model, stream=True)
            async with aclosing(parts):
                while (part := await next_of(f"ollama:{model}", parts, silence_seconds)) is not None:
                    status = part.status or ""
                    yield Pulled(failures.said(status), part.completed or 0, part.total or 0)
        if status != "success":
            raise BrainError("cut", f"the download of {model} broke off")

    async def _quick(self, asked: Awaitable[_Answer], model: str = "") -> _Answer:
        async with told(self.url, model):
            return await _soon(asked)

    async def aclose(self) -> None:
        """Let its connections go."""
        await self.client.close()


class OllamaBrain:
    """One model as a brain.

    Args:
        name: Which.
        server: Where it is; closed with the brain.
        info: What it can do.
        settings: How it is asked.
        queue: Of those who ask it; None: this user's.
    """

    def __init__(
        self, name: BrainName, server: OllamaServer, info: ModelInfo, settings: BrainsConfig, queue: Queue | None = None
    ) -> None:
        self.name = name
        self.window_tokens = min(info.window_tokens or settings.context_tokens, settings.context_tokens)
        self.has_tools = "tools" in info.abilities
        self._can_think = "thinking" in info.abilities
        self._server = server
        self._settings = settings
        self._queue = queue or Queue(server.url, name.model, settings.parallel or 1)

    def stream(self, prompt: Prompt) -> AsyncGenerator[Event]:
        """Ask it; see ``Brain.stream``."""
        return guarded(str(self.name), lambda: self._in_turn(prompt))

    def priced(self, usage: Usage) -> Usage:
        """The same: it costs nothing."""
        return usage

    async def aclose(self) -> None:
        """Let its connections go."""
        await self._server.aclose()

    async def _in_turn(self, prompt: Prompt) -> AsyncGenerator[Event]:
        with await self._queue.enter() as ticket:
            place = ticket.place
            while place[0]:
                yield Waiting(f"place {place[0]} of {place[1]} in the queue of {self.name.model}")
                place = await ticket.moved(place)
            if not await self._is_loaded():
                yield Waiting(f"loading {self.name.model}")
            async with aclosing(self._exchange(prompt)) as events:
                async for event in events:
                    yield event

    async def _is_loaded(self) -> bool:
        try:
            return same_model(self.name.model) in await self._server.loaded()
        except BrainError:
            # Only for what is said meanwhile; whatever is wrong, the exchange itself tells.
            return True

    async def _exchange(self, prompt: Prompt) -> AsyncGenerator[Event]:
        who, has_called = str(self.name), False
        async with told(self._server.url, self.name.model):
            parts: Any = await self._ask(prompt)
            async with aclosing(parts):
                while (part := await next_of(who, parts, self._settings.silence_seconds)) is not None:
                    for event in _events(part):
                        has_called = has_called or isinstance(event, Called)
                        yield event
                    if part.done:
                        yield End("tools" if has_called else _REASONS.get(part.done_reason or "", "stop"), _usage(part))
                        return

    async def _ask(self, prompt: Prompt) -> AsyncIterator[Any]:
        # Its own types do not say what a tool is.
        return await cast("Any", self._server.client).chat(
            self.name.model,
            messages_of(prompt),
            tools=[_tool(spec) for spec in prompt.tools] if self.has_tools else None,
            stream=True,
            # A model that cannot think refuses to be told to.
            think=(prompt.think or self._settings.think) if self._can_think else None,
            format=prompt.schema,
            options={"num_ctx": self.window_tokens, "num_predict": prompt.output_tokens},
            keep_alive=duration(self._settings.keep_alive),
        )


async def _soon(asked: Awaitable[_Answer]) -> _Answer:
    try:
        return await asyncio.wait_for(asked, QUICK_SECONDS)
    except TimeoutError as error:
        raise httpx.ReadTimeout("no answer in time") from error


@asynccontextmanager
async def told(url: str, model: str) -> AsyncGenerator[None]:
    """Within it, whatever the client raises is an error of ours with its cause."""
    who = f"ollama:{model}" if model else f"Ollama at {url}"
    try:
        yield
    except ollama.ResponseError as error:
        raise _refusal(error, who, model) from error
    except PageError as error:
        raise failures.page(who, str(error)) from error
    except (ConnectionError, httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise BrainError("missing", f"Ollama does not answer at {url}", hint="Start it with `ollama serve`.") from error
    except httpx.TimeoutException as error:
        raise BrainError("late", f"{who} did not answer in time") from error
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise failures.cut(who, failures.said(error)) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise failures.malformed(who, failures.said(error)) from error


def _refusal(error: ollama.ResponseError, who: str, model: str) -> BrainError:
    why = failures.said(error.error)
    if error.status_code == -1:
        return failures.cut(who, why)
    found = failures.of_status(error.status_code, who, why)
    if found.kind == "missing" and model:
        found.hint = f"Get it with `ollama pull {model}`."
    return found


def messages_of(prompt: Prompt) -> list[dict[str, Any]]:
    """The conversation in Ollama's words."""
    system = "\n\n".join(part for part in (prompt.stable, prompt.fresh) if part)
    first = [{"role": "system", "content": system}] if system else []
    return [*first, *(_message(turn) for turn in prompt.turns)]


def _message(turn: Turn) -> dict[str, Any]:
    if turn.speaker == "tool":
        return {"role": "tool", "content": turn.text, "tool_name": turn.tool}
    message: dict[str, Any] = {"role": turn.speaker, "content": turn.text}
    if turn.calls:
        message["tool_calls"] = [{"function": {"name": call.tool, "arguments": call.arguments}} for call in turn.calls]
        if turn.thinking:
            message["thinking"] = turn.thinking
    return message


def _tool(spec: ToolSpec) -> dict[str, Any]:
    function = {"name": spec.name, "description": spec.description, "parameters": spec.parameters}
    return {"type": "function", "function": function}


def _events(part: Any) -> list[Event]:
    message = part.message
    events: list[Event] = []
    if message.thinking:
        events.append(Thinking(message.thinking))
    if message.content:
        events.append(Text(message.content))
    # Ollama gives its calls no name of their own.
    called = [(f"call-{secrets.token_hex(6)}", call.function) for call in message.tool_calls or ()]
    return [*events, *(Called(Call(name, function.name, dict(function.arguments))) for name, function in called)]


def _usage(part: Any) -> Usage:
    return Usage(input_tokens=part.prompt_eval_count or 0, output_tokens=part.eval_count or 0)


def same_model(name: str) -> str:
    """A model's name as the server lists it: with its tag."""
    return name if ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"


def duration(text: str) -> str | float:
    """``keep_alive`` as the server takes it: a number of seconds where it has no unit."""
    return float(text) if text.lstrip("-").isdigit() else text
