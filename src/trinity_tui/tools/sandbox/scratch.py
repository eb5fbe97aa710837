"""The folder of one command, and what it leaves in the workspace: gone with it, also when we are killed on the way.

::

    <temporary>/trinity-held-x/   locked by us for as long as we live
      tmp/    the command's /tmp and home          shm/    what its programs share
      made    placeholders in the workspace, written down before they are made

The kernel drops the lock of who dies; whoever comes next takes it and clears up (``sweep``). A placeholder keeps a
command from making a folder of that name, so it stays as long as any command runs there: each holds the workspace's
folder by a shared lock, and only who can have it alone removes one.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from types import TracebackType

PREFIX = "trinity-held-"
PATIENCE_SECONDS = 2.0
"""How long the workspace's folder may be somebody's alone; who removes a placeholder needs it for an instant."""
_RETRY_SECONDS = 0.02
_REMOVE_SECONDS = 60.0
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class _Made(msgspec.Struct, frozen=True):
    """What was made in a workspace for the time of a command."""

    root: str
    placeholders: tuple[str, ...]


class Scratch:
    """A folder that is ours; ``make`` makes one. To be used in a thread: each step is a matter of the disk."""

    def __init__(self, path: str, descriptor: int) -> None:
        self.path = path
        self.tmp, self.shm = f"{path}/tmp", f"{path}/shm"
        self._held = [descriptor]
        os.mkdir(self.tmp, 0o700)
        os.mkdir(self.shm, 0o700)

    @classmethod
    def make(cls) -> Scratch:
        """A new one."""
        while True:
            path = os.path.realpath(tempfile.mkdtemp(prefix=PREFIX))
            descriptor = _locked(path)
            if descriptor is not None:
                return cls(path, descriptor)
            # Somebody who sweeps was quicker than our lock, and took it for a dead one's.

    def share(self, root: str) -> None:
        """Hold the workspace's folder, so that no placeholder in it is removed.

        Raises:
            ToolError: Somebody has it alone.
        """
        descriptor = os.open(root, _FOLDER)
        self._held.append(descriptor)
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with _where_it_can_be():
                    fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return
            except BlockingIOError as error:
                if time.monotonic() >= until:
                    raise ToolError(f"not run: another program has {root} locked") from error
                time.sleep(_RETRY_SECONDS)

    def place(self, root: str, placeholders: Sequence[str]) -> None:
        """Make empty folders in the workspace, until no command needs them."""
        if not placeholders:
            return
        with open(f"{self.path}/made", "xb") as file:
            file.write(msgspec.json.encode(_Made(root, tuple(placeholders))))
        for path in placeholders:
            with suppress(FileExistsError):
                os.mkdir(path, 0o755)

    def close(self) -> None:
        """Away with it; with the placeholders too, unless another command needs them: then the last one does it."""
        own, *others = self._held
        for descriptor in others:
            os.close(descriptor)
        _clear(self.path)
        os.close(own)

    def __enter__(self) -> Scratch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def alone(root: str | os.PathLike[str]) -> Generator[bool]:
    """Keep every command from beginning in a folder for an instant; whether none runs there.

    What is laid over a file for a command goes away with the file that is put in its place: who replaces one that
    commands are not to see does so while there are none.
    """
    descriptor = os.open(root, _FOLDER)
    try:
        with _where_it_can_be():
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


def sweep() -> int:
    """Remove what the dead left behind; how many folders there were of them."""
    folder, count = tempfile.gettempdir(), 0
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name.startswith(PREFIX) and (descriptor := _locked(path)) is not None:
            _clear(path)
            os.close(descriptor)
            count += 1
    return count


def _locked(path: str) -> int | None:
    """A descriptor of the folder that locks it; None where it is not ours, gone, or somebody's who lives."""
    try:
        descriptor = os.open(path, _FOLDER)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        found, there = os.fstat(descriptor), os.stat(path, follow_symlinks=False)
        if found.st_uid == os.getuid() and (found.st_dev, found.st_ino) == (there.st_dev, there.st_ino):
            return descriptor
    except OSError:
        pass
    os.close(descriptor)
    return None


def _clear(path: str) -> None:
    """Remove a folder we have locked; what says which placeholders are left is the last to go."""
    for name in ("tmp", "shm"):
        _remove(f"{path}/{name}")
    if _is_cleared(f"{path}/made"):
        _remove(path)


def _is_cleared(note: str) -> bool:
    """Whether no placeholder is left of those a note names."""
    try:
        with open(note, "rb") as file:
            made = msgspec.json.decode(file.read(), type=_Made)
    except (OSError, msgspec.DecodeError):
        return True  # There is none, or it was being written: then nothing was made yet.
    try:
        descriptor = os.open(made.root, _FOLDER)
    except OSError:
        return True  # With the workspace they went.
    try:
        with _where_it_can_be():
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for path in made.placeholders:
            with suppress(OSError):  # Gone, or somebody put something into it: then it is theirs.
                os.rmdir(path)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


@contextmanager
def _where_it_can_be() -> Generator[None]:
    """Some file systems lock no folders: there each is on its own."""
    try:
        yield
    except BlockingIOError:
        raise
    except OSError:
        return


def is_empty_folder(path: str | os.PathLike[str]) -> bool:
    """Whether there is a folder with nothing in it."""
    try:
        with os.scandir(path) as entries:
            return next(entries, None) is None
    except OSError:
        return False


def _remove(path: str) -> None:
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        return
    except (OSError, RecursionError):
        # Folders closed to us, or one in the other a thousand times.
        for argv in (("chmod", "-R", "u+rwx"), ("rm", "-rf")):
            with suppress(OSError, subprocess.TimeoutExpired):
                subprocess.run([*argv, "--", path], capture_output=True, check=False, timeout=_REMOVE_SECONDS)
