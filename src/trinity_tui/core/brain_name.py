"""How a brain is named: ``builtin``, ``auto``, ``ollama:MODEL``, ``claude:MODEL``, ``openai:BASE_URL#MODEL``."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from trinity_tui.core import web_address

Provider = Literal["builtin", "auto", "ollama", "claude", "openai"]
PROVIDERS: tuple[Provider, ...] = ("builtin", "auto", "ollama", "claude", "openai")
OLLAMA_MODEL = "qwen2.5:7b"
"""What ``ollama`` and ``auto`` mean without a model."""
CLAUDE_MODEL = "claude-sonnet-5-5"
"""What ``claude`` means without a model."""
_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}")


class BrainName(msgspec.Struct, frozen=True):
    """A brain that can be asked for."""

    provider: Provider
    model: str = ""
    url: str = ""
    """Where an ``openai`` server is."""

    def __str__(self) -> str:
        match self.provider:
            case "ollama" | "claude":
                return f"{self.provider}:{self.model}"
            case "openai":
                return f"openai:{self.url}#{self.model}"
            case _:
                return self.provider


def parse(name: str) -> BrainName:
    """The brain a name means.

    Raises:
        ValueError: It names none; the sentence says how one is named.
    """
    provider, _, rest = name.partition(":")
    if name in ("builtin", "auto"):
        return BrainName(name)
    if provider == "ollama":
        return BrainName("ollama", _model(rest or OLLAMA_MODEL))
    if provider == "claude":
        return BrainName("claude", _model(rest or CLAUDE_MODEL))
    if provider == "openai":
        url, _, model = rest.partition("#")
        return BrainName("openai", _model(model), _url(url))
    raise ValueError("a brain is builtin, auto, ollama:<model>, claude:<model> or openai:<base_url>#<model>")


def provider_of(name: str) -> str:
    """Whose limits hold for a brain: its provider's, or its server's; the name itself where it is none."""
    try:
        found = parse(name)
    except ValueError:
        return name[:80]
    return found.url or found.provider


def _model(model: str) -> str:
    if not _MODEL.fullmatch(model):
        raise ValueError(
            "the model's name is missing or is none" if not model else f'"{model[:80]}" is no model\'s name'
        )
    return model


def _url(url: str) -> str:
    if not web_address.is_usable(url):
        raise ValueError("openai: needs http(s)://HOST:PORT/… before the #, without a user or a password")
    return url.rstrip("/")
