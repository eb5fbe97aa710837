"""A workspace on another computer: what ``ssh://[user@]host[:port]/path`` means, how ssh is told, why it ended.

No word of the person's reaches a shell: the command is always the same, and the path goes to the bridge as data. Host
and user are held to what names are made of, since ssh itself hands them to the shells of its configuration.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

import msgspec

from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCHEME = "ssh://"
COMMAND = """exec sh -c 'PATH="$PATH:$HOME/.local/bin"; export PATH; exec trinity bridge'"""
"""Runs there, whatever shell the login has; programs of a user's own lie where a login without a terminal seldom
looks."""
SEND_SECONDS = 5
"""How often ssh itself asks for a sign where nothing is said."""
CONNECT_SECONDS = 10
_SSH_FAILED = 255
_NOT_FOUND = 127
_USAGE = 2

_ADDRESS = re.compile(
    r"(?:(?P<user>[A-Za-z0-9_][A-Za-z0-9_.+@\\-]*)@)?"
    r"(?P<host>[A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
)


class Elsewhere(msgspec.Struct, frozen=True):
    """A folder on another computer."""

    host: str
    path: str
    """Absolute, or ``~`` and what is below the home folder there."""
    user: str = ""
    port: int = 0
    """0: as ssh's configuration says."""

    @property
    def name(self) -> str:
        """The computer, for people."""
        return f"{self.user}@{self.host}" if self.user else self.host

    def words(self, ssh: Sequence[str], *, has_terminal: bool) -> list[str]:
        """The command line that leads there.

        Args:
            ssh: The program, with words of its own.
            has_terminal: Whether it may ask for what it needs; else it says that it would have to.
        """
        options = ["RemoteCommand=none", "ClearAllForwardings=yes", f"ServerAliveInterval={SEND_SECONDS}"]
        if not has_terminal:
            # A connection shared with other sessions may be the very one that hangs.
            options += ["BatchMode=yes", f"ConnectTimeout={CONNECT_SECONDS}", "ControlPath=none"]
        words = [*ssh, "-T", "-a", "-x", *(word for option in options for word in ("-o", option))]
        words += ["-l", self.user] if self.user else []
        words += ["-p", str(self.port)] if self.port else []
        return [*words, "--", self.host, COMMAND]


def ssh_program(environment: Mapping[str, str]) -> list[str]:
    """The program that connects, with words of its own: ``TRINITY_SSH``, else ssh.

    Raises:
        ClientError: The variable holds no command (2).
    """
    try:
        return shlex.split(environment.get("TRINITY_SSH", "")) or ["ssh"]
    except ValueError:
        raise ClientError(
            "TRINITY_SSH holds no command: a quote in it is never closed, or it ends with a backslash", 2,
            '`export TRINITY_SSH="ssh -F FILE"` names one, `unset TRINITY_SSH` takes plain ssh.',
        ) from None  # fmt: skip


def is_elsewhere(target: str) -> bool:
    """Whether a target is one that ssh leads to."""
    return target.startswith(SCHEME)


def parse(target: str) -> Elsewhere:
    """What ``ssh://…`` means.

    Raises:
        ClientError: It cannot be meant (2).
    """
    address, slash, path = target.removeprefix(SCHEME).partition("/")
    matched = _ADDRESS.fullmatch(address)
    port = int(matched["port"] or 0) if matched else 0
    if not is_elsewhere(target) or matched is None or port > 65535 or (matched["port"] and not port):
        raise ClientError(f"{target!r} names no computer", 2, "Write ssh://[user@]host[:port]/path, or /~/path.")
    return Elsewhere(matched["host"].strip("[]"), _path(slash + path), matched["user"] or "", port)


def _path(written: str) -> str:
    try:
        path = unquote_to_bytes(written).decode()
    except UnicodeDecodeError as error:
        raise ClientError(f"{written!r} is no path", 2) from error
    if "\0" in path:
        raise ClientError("a path has no NUL", 2)
    if path in ("", "/~") or path.startswith("/~/"):
        return "~" + path[2:]
    return path


class AskError(ClientError):
    """ssh would have to ask the person something, and has no terminal to do it on."""


class End(msgspec.Struct, frozen=True):
    """Why there is no way there, or no longer."""

    reason: str
    hint: str = ""
    asks: bool = False
    """Whether ssh has to ask the person something first: for a password, or whether a key is known."""

    def error(self) -> ClientError:
        """As the error it is."""
        return (AskError if self.asks else ClientError)(self.reason, 1, self.hint)


ASKS = re.compile(r"permission denied|host key verification failed|passphrase", re.IGNORECASE)


def end_of(place: Elsewhere, code: int, printed: str, version: str, *, had_begun: bool) -> End:
    """What the end of ssh means.

    Args:
        place: Where it led.
        code: What it ended with.
        printed: The last of what it wrote to stderr.
        version: Of this program.
        had_begun: Whether a bridge had presented itself.
    """
    last = next((line.strip() for line in reversed(printed.splitlines()) if line.strip()), "")
    if code == _SSH_FAILED:
        asks = not had_begun and ASKS.search(printed) is not None
        return End(f"ssh {place.name}: {last or 'the connection was lost'}", asks=asks)
    if had_begun:
        return End(f"the link to {place.name} was lost")
    if code == _NOT_FOUND:
        return End(f"{place.name} has no trinity", "Install it there, and link it into ~/.local/bin.")
    if code == _USAGE:
        return End(f"the Trinity on {place.name} cannot be attached to", f"Bring it to this version, {version}.")
    return End(f"ssh {place.name} ended with code {code}" + (f": {last}" if last else ""))
