"""Landlock by its system calls: a process gives up every file and TCP port but those it names, for good.

Standard library only: it is loaded by the program that becomes the command.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct

TYPE_CHECKING = False  # ``typing`` takes long to load, and a command waits for it.
if TYPE_CHECKING:
    from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_BENEATH = 1
_SET_NO_NEW_PRIVS, _DROP_FROM_BOUNDING_SET = 38, 24
_LAST_CAPABILITY = 63
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
READ = EXECUTE | READ_FILE | READ_DIR
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | 1 << 14 | 1 << 15
"""What can be allowed of something that is no folder; the last two are truncating and asking a device."""
_DEVICES = 1 << 6 | 1 << 11 | 1 << 15
"""Making device files, and asking them anything: allowed of nothing."""
_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""By version: how many rights over files there are."""
_TCP = 0b11
_SCOPES = 0b11
"""No signals and no abstract sockets beyond those within."""


def version() -> int:
    """Which version of Landlock the kernel has; 0: none, or it is turned off."""
    found = _call(_CREATE_RULESET, None, 0, _ASK_VERSION)
    return max(0, found)


def restrict(read: Iterable[str], write: Iterable[str], listed: Iterable[str], has_network: bool) -> None:
    """Give up everything else. This process and all it starts can gain no privileges any more.

    Args:
        read: What may be read and executed, with all beneath.
        write: What may be changed as well.
        listed: Folders of which the names may be seen, with those of all beneath.
        has_network: Whether TCP is left.

    Raises:
        OSError: The kernel refused.
    """
    known = version()
    rights = (1 << _BITS.get(known, 16)) - 1
    attributes = struct.pack("=QQQ", rights, 0 if has_network or known < 4 else _TCP, _SCOPES if known >= 6 else 0)
    # Older kernels know the shorter shapes only.
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = _checked(_call(_CREATE_RULESET, attributes[:size], size, 0))
    for paths, allowed in ((read, READ), (write, rights & ~_DEVICES), (listed, READ_DIR)):
        for path in paths:
            _allow(ruleset, path, allowed & rights)
    _gain_nothing()
    _checked(_call(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return  # What is not there is not allowed either.
    try:
        kind = os.fstat(place).st_mode
        if stat.S_ISLNK(kind):
            return
        allowed = rights if stat.S_ISDIR(kind) else rights & _OF_FILES
        _checked(_call(_ADD_RULE, ruleset, _BENEATH, struct.pack("=Qi", allowed, place), 0))
    finally:
        os.close(place)


def _gain_nothing() -> None:
    """No set-user-id program helps, and of root only the name is left."""
    libc = ctypes.CDLL(None, use_errno=True)
    _checked(libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    if os.geteuid() == 0:
        for capability in range(_LAST_CAPABILITY + 1):
            libc.prctl(_DROP_FROM_BOUNDING_SET, capability, 0, 0, 0)


def _call(number: int, *arguments: int | bytes | None) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    whole = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return libc.syscall(ctypes.c_long(number), *whole)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
