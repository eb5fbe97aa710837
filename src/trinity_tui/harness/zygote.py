"""The zygote: a process that has an instance's modules loaded, and becomes one whenever the keeper asks, by forking.

A child of the keeper's, of one thread, without a loop; its only connection is the one to the keeper, and it ends with
it. What it forks is a child of the keeper's as well, and cannot be told from a program that was executed: session,
arguments, environment, working directory, output, ``__main__``, exit code. ``keeping.orders`` has what is said.

    python -P -m trinity_tui.harness.zygote KEEPER-PID MODULES ROOM
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import runpy
import signal as signals
import socket
import struct
import sys
import types
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import SupervisionError
from trinity_tui.harness.keeping.orders import (
    GO,
    MESSAGE_BYTES,
    Failed,
    Forked,
    FromZygote,
    Ready,
    Stale,
    Start,
    Unable,
)
from trinity_tui.process.guise import Guise
from trinity_tui.process.spawn import CHANNEL, be_nice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import TracebackType

OURS = ("trinity_tui.harness.__main__", "trinity_tui.harness.roles.companion", "trinity_tui.harness.roles.explorer",
        "trinity_tui.harness.roles.builder", "trinity_tui.harness.roles.reflector",
        "trinity_tui.harness.roles.lead")  # fmt: skip
"""What every instance needs."""
_PR_SET_PDEATHSIG = 1
_PID = struct.Struct("=i")


class Birth(msgspec.Struct, frozen=True):
    """What a process that was just forked is to become."""

    order: Start
    log: int
    gate: int
    tell: int = -1
    """Where it says who it is, once it is ready to run."""


class Sources:
    """The files of what was imported, as they were then."""

    def __init__(self, modules: Iterable[str]) -> None:
        names = set(modules)
        loaded = [
            module for name, module in sys.modules.items() if name in names or name.partition(".")[0] == "trinity_tui"
        ]
        self._seen = {file: _look(file) for module in loaded if (file := getattr(module, "__file__", None))}

    def are_changed(self) -> bool:
        """Whether one of them is another file by now."""
        return any(_look(file) != seen for file, seen in self._seen.items())


def _look(file: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


class Zygote:
    """The loop.

    Args:
        channel: The connection to the keeper.
        sources: The files of what was imported.
    """

    def __init__(self, channel: socket.socket, sources: Sources) -> None:
        self._channel = channel
        self._sources = sources
        self._decoder = msgspec.json.Decoder(Start)

    def serve(self) -> Birth | None:
        """Fork as often as asked: returns in every process that was forked, and in the zygote without a keeper."""
        while True:
            content, descriptors, _, _ = socket.recv_fds(self._channel, MESSAGE_BYTES, 2)
            if not content:
                return None
            log, gate = descriptors
            birth = self._bear(Birth(self._decoder.decode(content), log, gate))
            if birth is not None:
                self._channel.close()
                return birth
            os.close(log)
            os.close(gate)

    def _bear(self, birth: Birth) -> Birth | None:
        """Answer one order; the birth in the process that was forked, None in the zygote."""
        if self._sources.are_changed():
            self._say(Stale())
            return None
        told, tell = os.pipe()
        try:
            is_born = _fork_twice()
        except OSError as error:
            os.close(tell)
            self._say(Failed(f"no process could be made: {error.strerror}"))
        else:
            if is_born:
                os.close(told)
                return msgspec.structs.replace(birth, tell=tell)
            os.close(tell)
            self._say(_read_answer(told))
        os.close(told)
        return None

    def _say(self, message: FromZygote) -> None:
        say(self._channel, message)


def _fork_twice() -> bool:
    """Whether this is the process whose parent is gone, so that it comes to the keeper; else the zygote.

    Raises:
        OSError: Not even the one between could be made.
    """
    between = os.fork()
    if between != 0:
        # Only when the one between is collected is the keeper the parent of what it made.
        os.waitpid(between, 0)
        return False
    try:
        if os.fork() == 0:
            return True
    except OSError:
        os._exit(1)
    os._exit(0)


def _read_answer(told: int) -> Forked | Failed:
    """What the process says of itself; one that ends without a word could not be made."""
    answer = os.read(told, 512)
    if len(answer) == _PID.size:
        return Forked(*_PID.unpack(answer))
    return Failed(answer.decode("utf-8", "replace") or "it ended before it began")


def say(channel: socket.socket, message: FromZygote) -> None:
    """One message to the keeper; without one there is nobody to tell."""
    with suppress(OSError):
        channel.send(msgspec.json.encode(message))


def load(modules: Sequence[str]) -> str:
    """Import everything; why no instance can be forked from this, empty when it can."""
    for name in (*OURS, *modules):
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001  # boundary: whatever a module does at its import, instances begin without it
            return f"importing {name} failed: {type(error).__name__}: {error}"
    if len(os.listdir("/proc/self/task")) > 1:
        return f"importing {', '.join(modules)} started a thread, which a fork would lose"
    left_open = {int(name) for name in os.listdir("/proc/self/fd")} - {0, 1, 2, CHANNEL}
    if any(_is_open(descriptor) for descriptor in left_open):
        return f"importing {', '.join(modules)} left files open, which forks would share"
    return ""


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def become(birth: Birth, guise: Guise, locale: Mapping[str, str]) -> None:
    """Turn this fork into the program of the order; returns when that has run to its end.

    Args:
        birth: Which program.
        guise: How it is seen from outside.
        locale: What an interpreter adds to its environment when it starts.
    """
    if not _is_let_in(birth, guise, locale):
        os._exit(0)
    gc.enable()
    _run(birth.order.argv)


def _is_let_in(birth: Birth, guise: Guise, locale: Mapping[str, str]) -> bool:
    """Get ready, say so, and wait at the gate; whoever is not let in leaves no word in the output it was given."""
    try:
        _prepare(birth, guise, locale)
    except OSError as error:
        with suppress(OSError):
            os.write(birth.tell, f"{birth.order.cwd}: {error.strerror}".encode())
        return False
    try:
        os.write(birth.tell, _PID.pack(os.getpid()))
        is_open = os.read(birth.gate, 1) == GO
    except OSError:
        # The zygote is dead, or the keeper is.
        return False
    os.close(birth.tell)
    os.close(birth.gate)
    return is_open


def _prepare(birth: Birth, guise: Guise, locale: Mapping[str, str]) -> None:
    order = birth.order
    os.setsid()
    if order.nice:
        be_nice(0, order.nice)
    for output in (1, 2):
        os.dup2(birth.log, output)
    os.close(birth.log)
    os.chdir(order.cwd)
    os.environ.update({**order.env, **locale})
    guise.put_on(order.argv, order.env)


def _run(argv: Sequence[str]) -> None:
    module, *arguments = argv[3:]
    sys.orig_argv[:] = argv
    sys.argv = ["-m", *arguments]
    sys.modules["__main__"] = main = types.ModuleType("__main__")
    main.__annotations__ = {}
    for loaded in (module, f"{module}.__main__"):
        # As in an interpreter that has just begun, where what is run was not imported before.
        if not hasattr(sys.modules.get(loaded), "__path__"):
            sys.modules.pop(loaded, None)
    try:
        runpy._run_module_as_main(module)  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType, reportAttributeAccessIssue]  # it is ``python -m``
    except BaseException:  # boundary: also a wish to end is shown as the program's own; it goes on from here
        sys.excepthook = _Hook(sys.excepthook)
        raise


class _Hook:
    """Shows an exception as the program's own, without the way that led to it here."""

    def __init__(self, hook: Callable[[type[BaseException], BaseException, TracebackType | None], object]) -> None:
        self._hook = hook

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        step, theirs = trace, trace
        while step is not None:
            if step.tb_frame.f_code.co_filename == __file__:
                theirs = step.tb_next
            step = step.tb_next
        self._hook(kind, error.with_traceback(theirs), theirs)


def _die_with(keeper: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signals.SIGKILL, 0, 0, 0)
    if os.getppid() != keeper:
        os._exit(0)


def main(arguments: Sequence[str]) -> None:
    """Serve until the keeper is gone; what is forked runs its own program from here and ends with it."""
    keeper, modules = int(arguments[0]), arguments[1].split(",") if arguments[1] else []
    _die_with(keeper)
    channel = socket.socket(fileno=CHANNEL)
    channel.set_inheritable(False)
    gc.disable()
    problem = load(modules)
    locale = {name: value for name, value in os.environ.items() if name == "LC_CTYPE"}
    try:
        guise = Guise()
    except SupervisionError as error:
        say(channel, Unable(str(error)))
        return
    guise.put_on([*sys.orig_argv[:4], *arguments[:2]], {})
    if problem:
        say(channel, Unable(problem))
        return
    sources = Sources((*OURS, *modules))
    # What lives now is never looked at again by the collector, so that its pages stay shared with every fork.
    gc.collect()
    gc.freeze()
    say(channel, Ready())
    birth = Zygote(channel, sources).serve()
    if birth is not None:
        become(birth, guise, locale)


if __name__ == "__main__":
    main(sys.argv[1:])
