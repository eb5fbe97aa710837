"""A filter of system calls for a process and all it starts: no sockets, and none by the back door of ``io_uring``.

Landlock knows neither sockets with a path nor anything but TCP, nor what has a number in the place of a path (memory,
semaphores and queues that stay when their process is gone); this closes what it leaves open. Standard library only: it
is loaded by the program that becomes the command.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

_ARCHITECTURES = {"x86_64": (0xC000003E, 41, 53), "aarch64": (0xC00000B7, 198, 199), "riscv64": (0xC00000F3, 198, 199)}
"""By machine: how the kernel calls it, its numbers of ``socket`` and ``socketpair``."""
_BY_NUMBER = {"x86_64": (29, 64, 68, 240), "aarch64": (194, 190, 186, 180), "riscv64": (194, 190, 186, 180)}
"""By machine: its numbers of ``shmget``, ``semget``, ``msgget`` and ``mq_open``."""
_IO_URING_SETUP = 425
_FOREIGN_CALLS = 0x40000000
"""From here on x86_64 has the calls of another interface, by other numbers."""
_UNIX, _VSOCK, _DATAGRAM = 1, 40, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1
_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_IF_SAME, _IF_AT_LEAST = 0x15, 0x35
_CALL, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24
"""Where these stand in what a filter is shown."""
_SET_SECCOMP, _BY_FILTER = 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def is_known() -> bool:
    """Whether there is a filter for this machine."""
    return os.uname().machine in _ARCHITECTURES and sys.byteorder == "little"


def program(machine: str, has_network: bool) -> bytes:
    """The filter, as the kernel reads it: without a network no socket at all, with one none between processes.

    Args:
        machine: As ``uname`` calls it.
        has_network: Whether sockets of the internet are left.
    """
    architecture, socket, pair = _ARCHITECTURES[machine]
    # (code, value) or (code, value, then, else); a jump is to the name of a step.
    steps: list[tuple[str, int, int, str, str]] = [
        ("", _LOAD, _ARCHITECTURE, "", ""),
        ("", _IF_SAME, architecture, "", "refuse"),
        ("", _LOAD, _CALL, "", ""),
        ("", _IF_AT_LEAST, _FOREIGN_CALLS, "refuse", ""),
        ("", _IF_SAME, _IO_URING_SETUP, "refuse", ""),
        *(("", _IF_SAME, call, "refuse", "") for call in _BY_NUMBER[machine]),
        ("", _IF_SAME, socket, "socket", ""),
        ("", _IF_SAME, pair, "", "allow"),
        # Both ends of a pair are ours; but one for datagrams can still be pointed at a socket of others.
        ("", _LOAD, _SECOND, "", ""),
        ("", _AND, 0xF, "", ""),
        ("", _IF_SAME, _DATAGRAM, "refuse", "allow"),
        ("socket", _LOAD, _FIRST, "", ""),
        ("", _IF_SAME, _UNIX, "refuse", ""),
        ("", _IF_SAME, _VSOCK, "refuse", "allow" if has_network else "refuse"),
        ("refuse", _RETURN, _REFUSE, "", ""),
        ("allow", _RETURN, _ALLOW, "", ""),
    ]
    places = {name: at for at, (name, *_) in enumerate(steps) if name}
    return b"".join(
        struct.pack("=HBBI", code, *(places[to] - at - 1 if to else 0 for to in (then, otherwise)), value)
        for at, (_, code, value, then, otherwise) in enumerate(steps)
    )


def apply(has_network: bool) -> None:
    """Filter this process and all it will start; it must not be able to gain privileges any more.

    Raises:
        OSError: The kernel has no such filters.
    """
    steps = program(os.uname().machine, has_network)
    held = ctypes.create_string_buffer(steps, len(steps))
    what = _Program(len(steps) // 8, ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_SET_SECCOMP, _BY_FILTER, ctypes.byref(what), 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
