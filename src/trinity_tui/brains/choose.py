"""Which brain a name means here and now: opened, or why it cannot be. No client is loaded before a server answers."""

from __future__ import annotations

import asyncio
import os
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import msgspec

from trinity_tui.brains import keys
from trinity_tui.brains.brain import Brain
from trinity_tui.brains.http_probe import ask, connects
from trinity_tui.brains.prices import tariff_of
from trinity_tui.core.brain_name import BrainName
from trinity_tui.core.brains_config import ollama_url
from trinity_tui.core.errors import BrainError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.core.brains_config import BrainsConfig


class Chosen(msgspec.Struct, frozen=True):
    """What came of a name."""

    brain: Brain | None
    """None: the builtin one."""
    why: str = ""
    """Why it is not the one that was named; for ``auto``, why it is this one."""


class Found(msgspec.Struct, frozen=True):
    """What a look showed."""

    name: BrainName | None
    """The brain to open; None: none is there."""
    why: str = ""


async def open_brain(name: BrainName, settings: BrainsConfig, environment: Mapping[str, str] | None = None) -> Chosen:
    """Open a brain, when what it needs is there.

    Args:
        name: As it is asked for.
        settings: Where models are.
        environment: For keys; None: this process's.
    """
    environment = os.environ if environment is None else environment
    found = await look(name, settings, environment)
    if found.name is None or found.name.provider == "builtin":
        return Chosen(None, found.why)
    try:
        return Chosen(await _opened(found.name, settings, environment), found.why)
    except BrainError as error:
        return Chosen(None, error.sentence())


async def look(name: BrainName, settings: BrainsConfig, environment: Mapping[str, str] | None = None) -> Found:
    """Whether a brain could be opened now; cheap enough to be asked again from time to time."""
    environment = os.environ if environment is None else environment
    match name.provider:
        case "auto":
            return await _best(settings.ollama or ollama_url(environment), settings.model)
        case "ollama":
            return await _ollama(name, settings.ollama or ollama_url(environment))
        case "claude":
            try:
                keys.claude_key(settings.claude_key, environment)
            except BrainError as error:
                return Found(None, error.sentence())
            return Found(name)
        case "openai":
            why = await connects(name.url)
            return Found(None, f"no server at {name.url}: {why}") if why else Found(name)
        case "builtin":
            return Found(name)


async def models_at(url: str) -> list[tuple[str, bool]]:
    """The models an Ollama has, and whether each is in memory.

    Raises:
        OSError: There is no server, or it is none of Ollama's.
    """
    names, loaded = await _names(url, "/api/tags"), await _names(url, "/api/ps")
    return [(name, name in loaded) for name in sorted(names)]


async def _ollama(name: BrainName, url: str) -> Found:
    try:
        models = await _names(url, "/api/tags")
    except OSError as error:
        return Found(None, f"Ollama does not answer at {url}: {error}. Start it with `ollama serve`.")
    if _tagged(name.model) not in models:
        return Found(None, f"Ollama at {url} has no {name.model}. Get it with `ollama pull {name.model}`.")
    return Found(name)


async def _best(url: str, model: str) -> Found:
    """What ``auto`` means: the model, or one that is in memory already where the model would have to take its place."""
    wanted = BrainName("ollama", model)
    found = await _ollama(wanted, url)
    try:
        loaded = await _names(url, "/api/ps") if found.name or "has no" in found.why else []
    except OSError:
        loaded = []
    if _tagged(model) in loaded and found.name:
        return Found(wanted, f"{model} is loaded")
    for other in loaded:
        if await _chats(url, other):
            return Found(BrainName("ollama", other), f"{other} is loaded already")
    return Found(found.name, found.why or f"Ollama has {model}")


async def _chats(url: str, model: str) -> bool:
    try:
        shown = await ask(url, "/api/show", {"model": model})
        return {"completion", "tools"} <= set(shown.get("capabilities") or ())
    except (OSError, AttributeError, TypeError):
        return False


async def _names(url: str, path: str) -> list[str]:
    answer = await ask(url, path)
    try:
        return [str(one.get("model") or one.get("name")) for one in cast("list[dict[str, Any]]", answer["models"])]
    except (KeyError, TypeError, AttributeError):
        raise OSError("what answers there is no Ollama") from None


def _tagged(model: str) -> str:
    return model if ":" in model.rsplit("/", 1)[-1] else f"{model}:latest"


async def _opened(name: BrainName, settings: BrainsConfig, environment: Mapping[str, str]) -> Brain:
    match name.provider:
        case "ollama":
            await _load("ollama")
            from trinity_tui.brains.ollama import OllamaBrain, OllamaServer

            server = OllamaServer(settings.ollama or ollama_url(environment))
            return OllamaBrain(name, server, await server.ability(name.model), settings)
        case "claude":
            await _load("claude")
            from trinity_tui.brains.claude import ClaudeBrain

            key = keys.claude_key(settings.claude_key, environment)
            url = environment.get("ANTHROPIC_BASE_URL", "")
            return ClaudeBrain(name, key, url, settings.think, settings.silence_seconds, tariff_of(name, settings))
        case "openai":
            await _load("openai")
            from trinity_tui.brains.openai import OpenAIBrain

            key = keys.openai_key(name.url, environment)
            return OpenAIBrain(name, key, settings.silence_seconds, tariff_of(name, settings))
        case _:
            raise BrainError("missing", f"{name} is not opened")


async def _load(provider: str) -> None:
    # A client takes a second and more to load: its user loads it, and goes on answering pings meanwhile.
    await asyncio.to_thread(import_module, f"trinity_tui.brains.{provider}")
