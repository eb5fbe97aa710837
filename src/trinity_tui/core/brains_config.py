"""``[brains]`` of ``instances.toml``: where models are and how they are asked; names are ``brain_name``'s."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import msgspec

from trinity_tui.core import brain_name, web_address
from trinity_tui.core.brain_price import Price

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.core.brain_name import BrainName

OLLAMA_PORT = 11434
OLLAMA_URL = f"http://127.0.0.1:{OLLAMA_PORT}"
"""Where Ollama listens when nobody says otherwise."""
PARALLEL_MOST = 1024
_ANY = ("0.0.0.0", "::")
"""Addresses a server listens on; a client finds it on loopback."""


class BrainsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[brains]``: the models' servers."""

    ollama: str = ""
    """Ollama's URL; ``OLLAMA_HOST`` where this is empty, else this machine's."""
    model: str = brain_name.OLLAMA_MODEL
    """The model ``auto`` looks for."""
    claude_key: str = ""
    """A file (0600) with the key for Claude, so that it need not be in the environment."""
    parallel: Annotated[int, msgspec.Meta(ge=0, le=PARALLEL_MOST)] = 0
    """How many requests of this machine an Ollama model answers at a time; 0: ``OLLAMA_NUM_PARALLEL`` as our own
    environment says it, where the server is on this machine, else 1."""
    context_tokens: Annotated[int, msgspec.Meta(ge=2048, le=1_048_576)] = 8192
    """How much an Ollama model takes in at most; more needs more memory."""
    think: bool = False
    """Whether models that can think before they answer do."""
    keep_alive: str = "5m"
    """How long Ollama keeps a model in memory after an answer, such as ``30s`` or ``5m``; ``-1``: for ever."""
    silence_seconds: Annotated[float, msgspec.Meta(ge=1, le=86_400)] = 300.0
    """When nothing came for so long, an answer is given up."""
    prices: dict[str, Price] = msgspec.field(default_factory=dict[str, Price])
    """What models cost, by the model's name, before the provider's list; dollars a million tokens."""


def problem_of(config: BrainsConfig) -> tuple[str, str] | None:
    """The first key that cannot be used, and why; None where all can."""
    if config.ollama and not _is_server(config.ollama):
        return "ollama", "must be http(s)://HOST:PORT, without a user or a password"
    try:
        brain_name.parse(f"ollama:{config.model or ' '}")
    except ValueError as error:
        return "model", str(error)
    if not _is_duration(config.keep_alive):
        return "keep_alive", "must be a time such as 30s, 5m or 1h, or -1"
    return None


def settled(config: BrainsConfig, environment: Mapping[str, str]) -> BrainsConfig:
    """The settings with Ollama's place in full, and how many it answers at a time."""
    url = config.ollama.rstrip("/") or ollama_url(environment)
    return msgspec.structs.replace(config, ollama=url, parallel=config.parallel or _parallel(url, environment))


def _parallel(url: str, environment: Mapping[str, str]) -> int:
    # What a server was started with is not asked for anywhere: who starts one here has most likely told us the same.
    said = environment.get("OLLAMA_NUM_PARALLEL", "").strip()
    is_number = said.isascii() and said.isdigit() and len(said) <= len(str(PARALLEL_MOST))
    return max(1, min(int(said), PARALLEL_MOST)) if is_number and is_loopback(url) else 1


def ollama_url(environment: Mapping[str, str]) -> str:
    """Where the environment says that Ollama is: its ``OLLAMA_HOST`` may lack the scheme, the host or the port."""
    said = environment.get("OLLAMA_HOST", "").strip().rstrip("/")
    try:
        parts = urlsplit(said if "://" in said else f"http://{said}")
        host, port = parts.hostname or "127.0.0.1", parts.port
    except ValueError:
        return OLLAMA_URL
    if port is None:
        # As Ollama's own client: a whole URL means the scheme's port, a bare host means Ollama's.
        port = {"http": 80, "https": 443}.get(parts.scheme, OLLAMA_PORT) if "://" in said else OLLAMA_PORT
    host = "127.0.0.1" if host in _ANY else host
    url = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}{parts.path}"
    return url if _is_server(url) else OLLAMA_URL


def is_loopback(url: str) -> bool:
    """Whether a server is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def leaves_machine(name: BrainName, config: BrainsConfig) -> bool:
    """Whether what this brain is shown goes to another machine: the person must have trusted who named it."""
    match name.provider:
        case "claude":
            return True
        case "openai":
            return not is_loopback(name.url)
        case "ollama" | "auto":
            return bool(config.ollama) and not is_loopback(config.ollama)
        case _:
            return False


def _is_server(url: str) -> bool:
    return web_address.is_usable(url) and not {"?", "#"} & set(url)


def _is_duration(text: str) -> bool:
    number, unit = (text[:-1], text[-1:]) if text[-1:] in ("s", "m", "h") else (text, "")
    return text == "-1" or (number.isascii() and number.isdigit() and bool(unit))
