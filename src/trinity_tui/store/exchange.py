"""A file put in the place of another one, so that the other one can still be read: others may be writing into it.

By ``renameat2(2)``. Where a file system does not know it, the other file keeps a second name before it is replaced.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NO_REPLACE, _EXCHANGE = 1, 2
_AT_FDCWD = -100
_SYSCALL = {"x86_64": 316, "aarch64": 276, "armv7l": 382, "i686": 353, "riscv64": 276, "ppc64le": 357, "s390x": 347}
_UNKNOWN = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM})
_libc = ctypes.CDLL(None, use_errno=True)


def exchange(new: Path, standing: Path, *, by_kernel: bool = True) -> None:
    """Have two files change their names; afterwards ``new`` is what stood.

    Args:
        new: The file that is to stand.
        standing: The one that stands.
        by_kernel: Whether to ask the kernel for it; else as where it cannot.

    Raises:
        OSError: Nothing stands there, or it cannot be replaced; both are as they were.
    """
    if not by_kernel or not _rename(new, standing, _EXCHANGE):
        aside = new.with_name(f"{new.name}.aside")
        with suppress(FileNotFoundError):
            aside.unlink()
        os.link(standing, aside, follow_symlinks=False)
        os.replace(new, standing)
        os.replace(aside, new)


def place(new: Path, standing: Path, *, by_kernel: bool = True) -> None:
    """Have a file stand where none does.

    Raises:
        FileExistsError: One does by now; both are as they were.
        OSError: It cannot be put there.
    """
    if not by_kernel or not _rename(new, standing, _NO_REPLACE):
        os.link(new, standing, follow_symlinks=False)
        new.unlink()


def _rename(one: Path, other: Path, flags: int) -> bool:
    """Whether the kernel could; OSError where it could and something else is in the way."""
    number = _SYSCALL.get(platform.machine())
    if number is None:
        return False
    here, long = ctypes.c_long(_AT_FDCWD), ctypes.c_long
    if _libc.syscall(long(number), here, os.fsencode(one), here, os.fsencode(other), long(flags)) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNKNOWN:
        return False
    raise OSError(code, os.strerror(code), str(other))
