"""What the keeper and a zygote say to each other, one message a packet; and what a zygote can be asked for at all.

::

    keeper                        zygote
                      ◀─────────  Ready | Unable    once, when it has imported everything
    Start             ─────────▶  with two descriptors: the output, and the gate
                      ◀─────────  Forked | Failed | Stale

The process that was forked is in its session, marked, and waits at the gate. It runs nothing until the keeper, having
it in its books, lets it through; when the keeper closes the gate instead, or dies, it ends as if it had never been.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.process import guise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.core.wire.keeper import Spawn

MESSAGE_BYTES = 128 * 1024
"""The longest message; twice as much is below what a socket takes by default."""
GO = b"g"
"""What the keeper writes to the gate."""
_FORM = (sys.executable, "-P", "-m")
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_AT_START = re.compile(r"PYTHON|LC_|LANG|HOME$|TZ$|LD_|MALLOC_|GLIBC_|OPENSSL_|COV", re.ASCII)


class Start(msgspec.Struct, frozen=True, tag="start"):
    """Become the program ``python -P -m MODULE …``."""

    argv: list[str]
    env: dict[str, str]
    cwd: str
    nice: int


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """Everything is imported."""


class Unable(msgspec.Struct, frozen=True, tag="unable"):
    """Nothing can be forked from it, and why."""

    reason: str


class Stale(msgspec.Struct, frozen=True, tag="stale"):
    """What was imported is no longer what lies on the disk; nothing was forked."""


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """This one could not be forked, or could not become what it was to be; there is no process."""

    reason: str


class Forked(msgspec.Struct, frozen=True, tag="forked"):
    """The process is there and a child of the keeper's, waiting at the gate."""

    pid: int


FromZygote = Ready | Unable | Stale | Failed | Forked


class Kind(msgspec.Struct, frozen=True):
    """What makes one zygote another one: a start is served by a zygote of its kind."""

    preload: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    """The variables that an interpreter, or what it loads, reads while it starts."""


def kind_of(request: Spawn) -> Kind | None:
    """Which zygote could serve this start; None where none can, and it has to be executed."""
    argv = request.argv
    if request.how != "zygote" or tuple(argv[:3]) != _FORM or len(argv) < 4:
        return None
    if not all(_MODULE.fullmatch(name) for name in (argv[3], *request.preload)):
        return None
    if not guise.fits(argv, request.env) or any("\0" in text for text in (*argv, *request.env.values())):
        return None
    return Kind(tuple(sorted(set(request.preload))), _read_at_start(request.env))


def _read_at_start(env: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in env.items() if _AT_START.match(name)))
