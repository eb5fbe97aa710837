"""Files beneath one folder, whatever a path says: named without links, and opened so that none can be put in its way.

A path is resolved first, so that rules judge where it really leads; it is opened without following any link, so that
what was swapped in between is refused. By ``openat2`` where the kernel has it, else folder by folder.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from trinity_tui.core.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

PATH_BYTES = 4096
FILE_BYTES = 4 * 1024 * 1024
"""A larger file is searched, not read."""
_OPENAT2 = 437
_NO_MAGIC_LINKS, _NO_LINKS, _BENEATH = 0x02, 0x04, 0x08
_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Confined:
    """The files of a folder.

    Args:
        root: The folder, resolved.
        has_openat2: Whether to use it; None: where the kernel has it.
    """

    def __init__(self, root: Path, has_openat2: bool | None = None) -> None:
        self.root = root
        self._has_openat2 = _has_openat2() if has_openat2 is None else has_openat2

    def place(self, path: str) -> str:
        """Where a path leads, relative to the root, without links and dots; ``.`` for the root.

        Raises:
            ToolError: Outside, or it is no path.
        """
        if not path or "\0" in path:
            raise ToolError("no path: it is empty" if not path else "no path: it holds a zero byte")
        try:
            is_long = len(os.fsencode(path)) > PATH_BYTES
        except UnicodeEncodeError as error:
            raise ToolError("no path: it holds what is no character") from error
        if is_long:
            raise ToolError(f"no path: it is longer than {PATH_BYTES} bytes")
        if not path.isprintable() and not _is_undecoded(path):
            raise ToolError("a path with characters that cannot be shown")
        try:
            real = os.path.realpath(os.path.join(self.root, path))
        except OSError as error:
            raise ToolError(f"{path}: {error.strerror}") from error
        if real != str(self.root) and not real.startswith(str(self.root).rstrip("/") + "/"):
            raise ToolError(f"{path} is outside of {self.root}")
        return os.path.relpath(real, self.root)

    @contextmanager
    def _folder(self, place: str, *, is_made: bool = False) -> Generator[int]:
        """A descriptor of a folder, for as long as it is needed."""
        descriptor = os.open(self.root, _FOLDER)
        try:
            if place not in ("", "."):
                inner = self._folder_in(descriptor, place, is_made)
                os.close(descriptor)
                descriptor = inner
            yield descriptor
        finally:
            os.close(descriptor)

    def read(self, place: str, limit_bytes: int = FILE_BYTES) -> bytes:
        """A file, whole.

        Raises:
            ToolError: It is none, too large, or there is a link in the way.
        """
        above, _, name = place.rpartition("/")
        with _told(place), self._folder(above) as folder:
            descriptor = os.open(name, _READ | os.O_NOFOLLOW, dir_fd=folder)
            try:
                return _read_whole(descriptor, place, limit_bytes)
            finally:
                os.close(descriptor)

    def is_folder(self, place: str) -> bool:
        """Whether there is a folder."""
        return os.path.isdir(os.path.join(self.root, place))

    def names(self, place: str) -> list[str]:
        """What is in a folder, in order; of a folder in it the name ends with a slash.

        Raises:
            ToolError: It is none, or there is a link in the way.
        """
        with _told(place), self._folder(place) as folder, os.scandir(folder) as entries:
            return sorted(entry.name + ("/" if entry.is_dir(follow_symlinks=False) else "") for entry in entries)

    def write(self, place: str, content: bytes) -> None:
        """Replace or make a file, at once and as a whole; its mode stays, folders that are missing are made.

        Raises:
            ToolError: It cannot be, or there is a link in the way.
        """
        above, _, name = place.rpartition("/")
        with _told(place), self._folder(above, is_made=True) as folder:
            mode = _mode_of(name, folder, place)
            beside = f".{name[:100]}.{os.getpid()}.new"
            with suppress(FileNotFoundError):
                os.unlink(beside, dir_fd=folder)
            descriptor = os.open(beside, _NEW, 0o666, dir_fd=folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    if mode is not None:
                        os.fchmod(descriptor, mode)
                    file.write(content)
                os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
            except OSError:
                os.unlink(beside, dir_fd=folder)
                raise

    def _folder_in(self, above: int, place: str, is_made: bool) -> int:
        if is_made:
            self._make(above, place)
        if self._has_openat2:
            return _openat2(above, place, _FOLDER)
        return _walk(above, place)

    def _make(self, above: int, place: str) -> None:
        parts = place.split("/")
        held = os.dup(above)
        try:
            for part in parts:
                with suppress(FileExistsError):
                    os.mkdir(part, 0o777, dir_fd=held)
                inner = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=held)
                os.close(held)
                held = inner
        finally:
            os.close(held)


@contextmanager
def _told(place: str) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise ToolError(_why(place, error)) from error


def _is_undecoded(path: str) -> bool:
    """Whether all that cannot be shown of it are bytes that are no UTF-8, as files may be called."""
    return all(c.isprintable() or "\udc80" <= c <= "\udcff" for c in path)


def _walk(above: int, place: str) -> int:
    held = os.dup(above)
    try:
        for part in place.split("/"):
            inner = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=held)
            os.close(held)
            held = inner
    except OSError:
        os.close(held)
        raise
    return held


def _openat2(above: int, place: str, flags: int) -> int:
    how = struct.pack("=QQQ", flags, 0, _NO_MAGIC_LINKS | _NO_LINKS | _BENEATH)
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.syscall(
        ctypes.c_long(_OPENAT2), ctypes.c_long(above), os.fsencode(place), how, ctypes.c_size_t(len(how))
    )
    if descriptor < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return descriptor


def _has_openat2() -> bool:
    try:
        root = os.open("/", _FOLDER)
    except OSError:
        return False
    try:
        os.close(_openat2(root, ".", _FOLDER))
    except OSError:
        return False
    finally:
        os.close(root)
    return True


def _read_whole(descriptor: int, place: str, limit_bytes: int) -> bytes:
    kind = os.fstat(descriptor)
    if not stat.S_ISREG(kind.st_mode):
        raise ToolError(f"{place} is {'a folder' if stat.S_ISDIR(kind.st_mode) else 'no ordinary file'}")
    if kind.st_size > limit_bytes:
        raise ToolError(f"{place} has {kind.st_size} bytes, more than {limit_bytes}: search it instead")
    chunks, size = list[bytes](), 0
    # It may grow while it is read.
    while size <= limit_bytes and (chunk := os.read(descriptor, 1 << 20)):
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks)[:limit_bytes]


def _mode_of(name: str, folder: int, place: str) -> int | None:
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found):
        raise ToolError(f"{place} is a link" if stat.S_ISLNK(found) else f"{place} is no ordinary file")
    return stat.S_IMODE(found) & 0o777


def _why(place: str, error: OSError) -> str:
    if error.errno in (errno.ELOOP, errno.EXDEV):
        return f"{place}: there is a link in the way"
    if error.errno == errno.ENXIO:
        return f"{place} is no ordinary file"
    return f"{place}: {error.strerror}"
