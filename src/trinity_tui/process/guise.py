"""What ``/proc`` shows of this process as its arguments and environment, for one that was forked and not executed.

The kernel shows the memory that the program was started with. A process started with room to spare writes there what
it has become, so that others know it (``ps``, a census by marker) as they know any other.
"""

from __future__ import annotations

import ctypes
import os
from typing import TYPE_CHECKING

from trinity_tui.core.errors import SupervisionError
from trinity_tui.process import procfs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ARGV_BYTES = 4096
ENV_BYTES = 16_384
"""How much room is made; what needs more has to be executed."""
ROOM_ARGUMENT = "x" * ARGV_BYTES
ROOM_VARIABLE = {"ROOM": "x" * ENV_BYTES}
"""What a program that is to take on a guise is started with besides, as its last argument and in its environment."""
_FIRST_FIELD = 45
"""``arg_start`` in ``/proc/<pid>/stat``, counted behind the name in brackets (proc(5): field 48)."""


def fits(argv: Iterable[str], env: Mapping[str, str]) -> bool:
    """Whether there is room for these."""
    return len(_joined(argv)) <= ARGV_BYTES and len(_joined(_assignments(env))) <= ENV_BYTES


class Guise:
    """The memory of this process that others see."""

    def __init__(self) -> None:
        """Claim it; the environment is empty from now on.

        Raises:
            SupervisionError: The kernel does not say where it lies.
        """
        content = procfs.read("/proc/self/stat") or b""
        fields = content[content.rfind(b")") + 2 :].split()[_FIRST_FIELD : _FIRST_FIELD + 4]
        bounds = [int(field) for field in fields]
        if len(bounds) < 4 or not all(bounds):
            raise SupervisionError("the kernel does not say where arguments and environment lie")
        self._argv, self._env = (bounds[0], bounds[1]), (bounds[2], bounds[3])
        # The C library points into that memory for as long as a variable of the start is set.
        os.environ.clear()

    def put_on(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        """Be seen with these; what ``fits`` refuses is cut."""
        _write(self._argv, _joined(argv))
        _write(self._env, _joined(_assignments(env)))


def _assignments(env: Mapping[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in env.items()]


def _joined(texts: Iterable[str]) -> bytes:
    return b"".join(os.fsencode(text) + b"\0" for text in texts)


def _write(place: tuple[int, int], content: bytes) -> None:
    start, end = place
    shown = content[: end - start - 1]
    ctypes.memmove(start, shown, len(shown))
    ctypes.memset(start + len(shown), 0, end - start - len(shown))
