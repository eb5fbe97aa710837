"""Who may ask a model now, across all processes of this user: a queue of tickets, one folder per server and model.

A ticket is a file locked by whoever holds it; the first N living ones have their turn. The kernel drops the lock when
the holder dies, so a killed instance blocks nobody. Who is done rings a bell that those who wait hear; a death is seen
within ``LOOK_SECONDS``.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from trinity_tui.bus.inotify import Inotify
from trinity_tui.core.errors import BrainError, StoreError
from trinity_tui.store.private import make_private

if TYPE_CHECKING:
    from types import TracebackType

LOOK_SECONDS = 1.0
"""How often who waits looks by itself: only a killed holder rings no bell."""
_GATE, _BELL = "gate", "bell"


class Queue:
    """The queue before one model of one server.

    Args:
        url: The server.
        model: Which of its models.
        parallel: How many have their turn at a time.
        folder: Where queues are kept; None: this user's place on this machine.
    """

    def __init__(self, url: str, model: str, parallel: int, folder: Path | None = None) -> None:
        digest = hashlib.sha256(f"{url} {model}".encode()).hexdigest()[:16]
        self._folder = (folder or user_folder()) / digest
        self._parallel = parallel

    async def enter(self) -> Ticket:
        """Take a ticket, the last of all.

        Raises:
            BrainError: The folder of the queue cannot be used.
        """
        # The gate is held for an instant by whoever takes a ticket, yet a stopped process may hold it longer.
        taking = asyncio.get_running_loop().run_in_executor(None, self._take)
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            taking.add_done_callback(_give_back)
            raise

    def _take(self) -> Ticket:
        try:
            make_private(self._folder.parent)
            make_private(self._folder)
            gate = os.open(self._folder / _GATE, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(gate, fcntl.LOCK_EX)
                return self._new()
            finally:
                os.close(gate)
        except (OSError, StoreError) as error:
            raise BrainError("missing", f"the queue of the model cannot be used: {error}") from error

    def _new(self) -> Ticket:
        number = max(self._numbers(), default=0) + 1
        # Locked before it has its name: whoever sees a ticket that is not locked may take it away.
        beside, path = self._folder / f"new-{os.getpid()}", self._folder / str(number)
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.rename(beside, path)
        return Ticket(self, path, number, descriptor)

    def _numbers(self) -> list[int]:
        try:
            return sorted(int(name) for name in os.listdir(self._folder) if name.isdigit())
        except FileNotFoundError:
            # Who deleted the queue let everybody through.
            return []

    def living(self) -> list[int]:
        """The tickets whose holders live, in the order of their turns; those of the dead are taken away."""
        return [number for number in self._numbers() if self._lives(self._folder / str(number))]

    def place(self, number: int) -> tuple[int, int]:
        """Where a ticket stands among those that wait, and how many wait; 0: it has its turn."""
        living = self.living()
        before = living.index(number) if number in living else 0
        return max(0, before + 1 - self._parallel), max(0, len(living) - self._parallel)

    def _lives(self, path: Path) -> bool:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            path.unlink(missing_ok=True)
            return False
        finally:
            os.close(descriptor)

    def ring(self) -> None:
        """Wake those who wait; those it does not reach look by themselves."""
        with suppress(OSError), open(self.bell, "wb") as file:
            file.write(b"!")

    @property
    def bell(self) -> Path:
        """What is written to when somebody is done."""
        path = self._folder / _BELL
        with suppress(OSError):
            path.touch(0o600)
        return path


class Ticket:
    """A place in a queue; leave it with ``close`` or ``with``."""

    def __init__(self, queue: Queue, path: Path, number: int, descriptor: int) -> None:
        self._queue = queue
        self._path = path
        self.number = number
        self._descriptor = descriptor

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands among those that wait, and how many wait; 0: it has its turn."""
        return self._queue.place(self.number)

    async def moved(self, before: tuple[int, int]) -> tuple[int, int]:
        """Wait until it stands elsewhere than before; returns where."""
        with _Ear(self._queue.bell) as ear:
            while (place := self.place) == before:
                await ear.hear(LOOK_SECONDS)
            return place

    def close(self) -> None:
        """Leave: whoever is next has its turn."""
        if self._descriptor < 0:
            return
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = -1
        self._queue.ring()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Ear:
    """Hears a bell; where the kernel can give no ear, its user looks by the clock."""

    def __init__(self, bell: Path) -> None:
        self._rung = asyncio.Event()
        self._inotify: Inotify | None = None
        try:
            self._inotify = Inotify()
            self._inotify.watch(bell)
        except OSError:
            self._close()

    def __enter__(self) -> Self:
        if self._inotify is not None:
            asyncio.get_running_loop().add_reader(self._inotify.descriptor, self._ring)
        return self

    def __exit__(self, *_: object) -> None:
        if self._inotify is not None:
            asyncio.get_running_loop().remove_reader(self._inotify.descriptor)
        self._close()

    async def hear(self, seconds: float) -> None:
        """Return when it rang, or the time is over."""
        try:
            await asyncio.wait_for(self._rung.wait(), seconds)
        except TimeoutError:
            return
        self._rung.clear()

    def _ring(self) -> None:
        if self._inotify is not None:
            self._inotify.drain()
        self._rung.set()

    def _close(self) -> None:
        if self._inotify is not None:
            self._inotify.close()
            self._inotify = None


def _give_back(taking: asyncio.Future[Ticket]) -> None:
    if not taking.cancelled() and taking.exception() is None:
        taking.result().close()


def user_folder() -> Path:
    """Where this user's queues are on this machine: gone with the machine's run, as what they guard is."""
    own = Path("/run/user") / str(os.getuid())
    return own / "trinity" if os.access(own, os.W_OK) else Path(tempfile.gettempdir()) / f"trinity-{os.getuid()}-queues"
