"""Programs of tests, forked from a process that has everything loaded: imports are most of what a short program costs.

    python tests/nursery.py CHANNEL MODULES ROOM

Whoever runs tests starts one nursery and asks it for programs. Each is a process of its own session, arguments,
environment and working directory, with its exit code; a process between it and the nursery waits for it and reports.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from trinity_tui.process import guise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ROOMS = ("cli", "client", "core", "store", "process", "bus", "supervision", "coordinator", "daemon")
BESIDES = (
    "trinity_tui.brains.builtin", "trinity_tui.handoff", "uvicorn.protocols.http.httptools_impl",
    "uvicorn.lifespan.off", "uvloop", "anyio._backends._asyncio", "encodings.idna",
)  # fmt: skip
"""What is loaded in advance for a whole fleet: our rooms, and what they import inside of functions."""
ORDER_BYTES = 1 << 17
_NUMBER = struct.Struct("=i")


class Program:
    """A program that was forked, as ``subprocess.Popen`` shows one that was executed."""

    def __init__(self, report: int) -> None:
        self._report = report
        self.pid: int = _NUMBER.unpack(os.read(report, _NUMBER.size))[0]
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, once it has ended."""
        return self.returncode if self.returncode is not None else self._look(0.0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Args:
            timeout: For how many seconds at most.

        Raises:
            subprocess.TimeoutExpired: It is not over by then.
        """
        code = self.returncode if self.returncode is not None else self._look(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"pid {self.pid}", timeout or 0.0)
        return code

    def send_signal(self, number: int) -> None:
        """Signal it, unless it has ended."""
        # Its end is waited for before it is reported: in between, it is gone and nobody has said so.
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def _look(self, timeout: float | None) -> int | None:
        if select.select([self._report], [], [], timeout)[0]:
            content = os.read(self._report, _NUMBER.size)
            os.close(self._report)
            self.returncode = _NUMBER.unpack(content)[0] if content else -signal.SIGKILL
        return self.returncode


class Nursery:
    """Forks programs for whoever made it, and ends with it.

    Args:
        modules: What it loads in advance; a package with all that is in it.
        python: The interpreter, with what starts it, as another user.
        env: Its own environment; else ours. What it forks has one of its own.
    """

    def __init__(
        self, modules: Sequence[str], python: Sequence[str] = (sys.executable,), env: Mapping[str, str] | None = None
    ) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [*python, __file__, str(theirs.fileno()), ",".join(modules), guise.ROOM_ARGUMENT],
                env={**(os.environ if env is None else env), **guise.ROOM_VARIABLE}, stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )  # fmt: skip

    def start(
        self, argv: Sequence[str], output: int, errors: int, env: Mapping[str, str] | None = None, cwd: str = "",
        source: int | None = None,
    ) -> Program:  # fmt: skip
        """Fork a program.

        Args:
            argv: ``[python, "-m", module, …]``, ``[python, "-c", text, …]`` or ``[python, file, …]``.
            output: Where it prints.
            errors: Where it prints what goes wrong.
            env: Its environment; else ours.
            cwd: Its working directory; else ours.
            source: What it reads as its input; else there is none.
        """
        order = {
            "argv": list(argv), "env": dict(os.environ if env is None else env), "cwd": cwd or str(Path.cwd()),
        }  # fmt: skip
        ours, report = os.pipe()
        try:
            given = [output, errors, *([] if source is None else [source]), report]
            socket.send_fds(self._channel, [json.dumps(order).encode()], given)
        finally:
            os.close(report)
        return Program(ours)

    def run(
        self, argv: Sequence[str], seconds: float, env: Mapping[str, str] | None = None, cwd: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, and keep what it prints.

        Raises:
            subprocess.TimeoutExpired: It was not over after this many seconds, and was ended.
        """
        output, errors = os.memfd_create("output"), os.memfd_create("errors")
        program = self.start(argv, output, errors, env, cwd)
        try:
            code = program.wait(seconds)
            return subprocess.CompletedProcess([*argv], code, _text(output), _text(errors))
        finally:
            program.kill()
            os.close(output)
            os.close(errors)


@functools.cache
def nursery() -> Nursery:
    """The one of this process that fleets come out of."""
    return Nursery([*(f"trinity_tui.{room}" for room in ROOMS), *BESIDES])


def _text(descriptor: int) -> str:
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode()


def _load(names: Iterable[str]) -> None:
    for name in names:
        loaded = importlib.import_module(name)
        if name.startswith("trinity_tui."):
            for module in pkgutil.walk_packages(getattr(loaded, "__path__", ()), f"{name}."):
                # One that is a program would run.
                if not module.name.endswith(".__main__"):
                    importlib.import_module(module.name)


def _serve(channel: socket.socket) -> tuple[dict[str, object], list[int]] | None:
    """Fork as often as asked; what to become, in each process that was forked."""
    while True:
        content, descriptors, _, _ = socket.recv_fds(channel, ORDER_BYTES, 4)
        if not content:
            return None
        if os.fork() == 0:
            channel.close()
            return json.loads(content), descriptors
        for descriptor in descriptors:
            os.close(descriptor)


def _attend(report: int) -> bool:
    """Whether this is the program; the process between waits for it, reports its end and ends itself."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child == 0:
        os.close(report)
        return True
    os.closerange(0, report)
    os.write(report, _NUMBER.pack(child))
    _, status = os.waitpid(child, 0)
    os.write(report, _NUMBER.pack(os.waitstatus_to_exitcode(status)))
    os._exit(0)


def _become(order: dict[str, object], given: Sequence[int], seen: guise.Guise) -> None:
    argv: list[str] = order["argv"]  # pyright: ignore[reportAssignmentType]
    env: dict[str, str] = order["env"]  # pyright: ignore[reportAssignmentType]
    os.setsid()
    for descriptor, place in zip(given, (1, 2, 0), strict=False):
        os.dup2(descriptor, place)
        os.close(descriptor)
    os.chdir(str(order["cwd"]))
    os.environ.update(env)
    time.tzset()
    sys.path[:0] = [folder for folder in env.get("PYTHONPATH", "").split(os.pathsep) if folder]
    seen.put_on(argv, env)
    gc.enable()
    sys.orig_argv[:] = argv
    # Where temporary files lie is looked up once in a process.
    tempfile.tempdir = None
    try:
        _run(*argv[1:])
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            raise
        _end(end.code or 0)
    _end(0)


def _end(code: int) -> None:
    """As the interpreter does, but for what is loaded: to take that down copies all that is shared with the nursery."""
    threading._shutdown()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # it waits for threads
    atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage]  # and then ends what asked for it
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        sys.exit(code)
    os._exit(code & 0xFF)


def _run(how: str, *words: str) -> None:
    if how == "-m":
        sys.argv = ["-m", *words[1:]]
        runpy.run_module(words[0], run_name="__main__", alter_sys=True)
    elif how == "-c":
        sys.argv = ["-c", *words[1:]]
        exec(compile(words[0], "<string>", "exec"), {"__name__": "__main__"})
    else:
        sys.argv = [how, *words]
        sys.path.insert(0, os.path.dirname(how))
        runpy.run_path(how, run_name="__main__")


def main() -> None:
    """Load, then serve until the one who asks is gone; what is forked runs its own program from here."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    channel.set_inheritable(False)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # Ctrl+C in the terminal of the tests is for the tests; what they leave is ended by them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    _load(sys.argv[2].split(","))
    seen = guise.Guise()
    seen.put_on([sys.executable, __file__], {})
    gc.collect()
    gc.freeze()
    wanted = _serve(channel)
    if wanted is None:
        return
    order, (*given, report) = wanted
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if _attend(report):
        _become(order, given, seen)


if __name__ == "__main__":
    main()
