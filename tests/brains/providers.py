"""The three providers beside their fakes, so that what must hold for each is said once."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fakes.anthropic import FakeAnthropic
from fakes.ollama import FakeOllama
from fakes.openai import FakeOpenAI
from fakes.scripted import Script
from trinity_tui.brains.choose import open_brain
from trinity_tui.core.brain_name import BrainName
from trinity_tui.core.brains_config import BrainsConfig
from trinity_tui.core.conversation import Called, Prompt, Text, Thinking, Turn
from trinity_tui.core.errors import BrainError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from fakes.scripted import Reply
    from fakes.serving import FakeServer
    from trinity_tui.brains.brain import Brain
    from trinity_tui.core.conversation import Call, Event

KEY = "sk-ant-secret-0123456789"
NAMES = ("ollama", "claude", "openai")
HELLO = Prompt("You are a test.", turns=(Turn("user", "hello"),))


@dataclass
class Pair:
    """A brain and the fake it asks."""

    brain: Brain
    server: FakeServer


@asynccontextmanager
async def asking(
    provider: str, *replies: Reply, silence_seconds: float = 20.0, script: Script | None = None, think: bool = False
) -> AsyncGenerator[Pair]:
    """A brain of a provider, opened as an instance opens it, on a fake that says these replies."""
    script = script or Script(key="" if provider == "ollama" else KEY)
    script.replies += replies
    kind = {"ollama": FakeOllama, "claude": FakeAnthropic, "openai": FakeOpenAI}[provider]
    async with kind(script) as server:
        settings = BrainsConfig(ollama=server.url, silence_seconds=silence_seconds, think=think)
        environment = {
            "ANTHROPIC_API_KEY": KEY,
            "ANTHROPIC_BASE_URL": server.url,
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": server.url,
        }
        chosen = await open_brain(name_of(provider, server.url), settings, environment)
        assert chosen.brain is not None, chosen.why
        try:
            yield Pair(chosen.brain, server)
        finally:
            await chosen.brain.aclose()


def name_of(provider: str, url: str) -> BrainName:
    """The brain that is tested."""
    match provider:
        case "ollama":
            return BrainName("ollama", "qwen2.5:7b")
        case "claude":
            return BrainName("claude", "claude-sonnet-5-5")
        case _:
            return BrainName("openai", "local", f"{url}/v1")


async def all_of(brain: Brain, prompt: Prompt = HELLO) -> list[Event]:
    """Every event of one exchange."""
    return [event async for event in brain.stream(prompt)]


async def failing(brain: Brain, prompt: Prompt = HELLO) -> tuple[list[Event], BrainError]:
    """The events of an exchange that must fail, and how it did."""
    events: list[Event] = []
    try:
        async for event in brain.stream(prompt):
            events += [event]
    except BrainError as error:
        return events, error
    raise AssertionError(f"it said all: {events}")


def text_of(events: Iterable[Event]) -> str:
    """The answer."""
    return "".join(event.text for event in events if isinstance(event, Text))


def thinking_of(events: Iterable[Event]) -> str:
    """What it said to itself."""
    return "".join(event.text for event in events if isinstance(event, Thinking))


def calls_of(events: Iterable[Event]) -> list[Call]:
    """What it wants done."""
    return [event.call for event in events if isinstance(event, Called)]
