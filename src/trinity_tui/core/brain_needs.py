"""What the process of an instance needs for its brain: modules loaded beforehand, and variables passed on to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trinity_tui.core.brain_name import BrainName

_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE")


def modules_of(name: BrainName, *, is_ollama_there: bool = False) -> tuple[str, ...]:
    """What its zygote is to have imported.

    Args:
        name: The brain.
        is_ollama_there: Whether ``auto`` will find one: else what it would load is best not loaded at all.
    """
    match name.provider:
        case "claude":
            return ("anthropic",)
        case "ollama":
            return ("ollama",)
        case "auto" if is_ollama_there:
            return ("ollama",)
        case "openai":
            return ("httpx",)
        case _:
            return ()


def variables_of(name: BrainName) -> tuple[str, ...]:
    """Which of the coordinator's variables its process gets: its own provider's key, and no other's."""
    match name.provider:
        case "claude":
            return ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", *_PROXIES)
        case "openai":
            return ("OPENAI_API_KEY", "OPENAI_BASE_URL", *_PROXIES)
        case _:
            return ()
