"""Keys of providers: from the environment, or a file that is this user's alone. They are never part of a sentence."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from trinity_tui.core.errors import BrainError

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_BYTES = 4096
OPENAI_URL = "https://api.openai.com/v1"


class Key:
    """A secret that does not show itself.

    Args:
        secret: The key; what shows it is a mistake.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def reveal(self) -> str:
        """The key, for the one header it is sent in."""
        return self._secret

    def __repr__(self) -> str:
        return "Key(…)"

    def __reduce__(self) -> str:
        raise TypeError("a key is not written down")


def claude_key(file: str, environment: Mapping[str, str]) -> Key:
    """The key for Claude.

    Args:
        file: What the configuration names; empty: the environment's ``ANTHROPIC_API_KEY`` is taken.
        environment: Of this process.

    Raises:
        BrainError: There is none, or its file can be read by others.
    """
    if file:
        return _from_file(Path(file).expanduser())
    if secret := environment.get("ANTHROPIC_API_KEY", "").strip():
        return _checked(secret, "ANTHROPIC_API_KEY")
    hint = "Set ANTHROPIC_API_KEY where the coordinator is started, or name a file with claude_key in [brains]."
    raise BrainError("missing", "there is no key for Claude", hint=hint)


def openai_key(url: str, environment: Mapping[str, str]) -> Key | None:
    """The key for a server with OpenAI's protocol; None where it is shown none.

    ``OPENAI_API_KEY`` belongs to the server that ``OPENAI_BASE_URL`` names, and goes to no other: what a folder's
    configuration names decides nothing about it.
    """
    secret = environment.get("OPENAI_API_KEY", "").strip()
    if not secret or _origin(url) != _origin(environment.get("OPENAI_BASE_URL") or OPENAI_URL):
        return None
    return _checked(secret, "OPENAI_API_KEY")


def _from_file(path: Path) -> Key:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise BrainError("missing", f"the key for Claude in {path} cannot be read: {error.strerror}") from error
    try:
        status = os.fstat(descriptor)
        if status.st_uid != os.getuid():
            raise BrainError("missing", f"{path} with the key for Claude belongs to another user")
        if status.st_mode & 0o077:
            hint = f"Make it yours alone: chmod 600 {path}"
            raise BrainError("missing", f"{path} with the key for Claude can be read by others", hint=hint)
        return _checked(os.read(descriptor, KEY_BYTES).decode("ascii", "replace").strip(), str(path))
    except OSError as error:
        raise BrainError("missing", f"the key for Claude in {path} cannot be read: {error.strerror}") from error
    finally:
        os.close(descriptor)


def _checked(secret: str, where: str) -> Key:
    # A key with a line break would end the header it is sent in.
    if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
        raise BrainError("missing", f"{where} holds no key")
    return Key(secret)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", None, None
