"""What carries the log: files, or a NATS server. The words of ``[bus] carrier``, and names made of them.

An address may hold a password; ``shown`` is the form that may be shown, logged and sent to a face.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec

FILES = "files"
SCHEMES = ("nats", "tls")
_STREAM = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_NOT_IN_A_STREAM = re.compile(r"[^A-Za-z0-9_-]+")


class Carriage(msgspec.Struct, frozen=True):
    """What carries a workspace's log, as its coordinator and its instances are told."""

    carrier: str = FILES
    """``files``, or the addresses of servers."""
    stream: str = ""
    """The stream's name."""
    computer: str = "C1"
    """How the others on the stream call this computer."""
    credentials: str = ""
    """The path of a file with what the servers ask for; empty for none."""


def servers_of(carrier: str) -> list[str]:
    """The addresses of the servers; none where files carry the log.

    Raises:
        ValueError: It is neither ``files`` nor addresses; the sentence says what is wrong.
    """
    if carrier == FILES:
        return []
    servers = [part.strip() for part in carrier.split(",")]
    for server in servers:
        _check(server)
    return servers


def _check(server: str) -> None:
    parts = urlsplit(server)
    port = parts.port  # Raises what is no port.
    if parts.scheme not in SCHEMES or not parts.hostname or port == 0:
        raise ValueError(f'"{shown(server)}" is neither files nor nats://HOST:PORT')


def shown(carrier: str) -> str:
    """The same without names and passwords."""
    return ",".join(re.sub(r"//.*@", "//", part.strip()) for part in carrier.split(","))


def is_stream(name: str) -> bool:
    """Whether a server takes this name for a stream."""
    return bool(_STREAM.match(name))


def stream_of(workspace: str) -> str:
    """The stream a workspace has when none is named: two machines with a workspace of one name share it."""
    return "trinity-" + (_NOT_IN_A_STREAM.sub("-", workspace).strip("-")[:56] or "workspace")
