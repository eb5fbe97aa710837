"""The program that becomes a command: takes limits upon itself, where told so walls as well, and starts it.

Within walls of bubblewrap's it becomes bubblewrap. Else it stays as the command's guard: whoever the command leaves
behind becomes the guard's child, in whatever session and environment, and ends with it. Standard library only.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from trinity_tui.tools.sandbox import landlock, seccomp

if TYPE_CHECKING:
    from types import FrameType

GRACE_SECONDS = 0.2
"""What is left for the command to end by itself once the guard is told to."""
_SET_PARENT_DEATH_SIGNAL, _SET_CHILD_SUBREAPER = 1, 36
_SWEEPS = 1000
_NOT_STARTED = 127


class _TimeIsOver(BaseException):
    """The guard was told to end."""


def main() -> NoReturn:
    """Do what the order in the first argument says."""
    order = json.loads(sys.argv[1])
    _limit(order["limits"])
    if order["within"]:
        _become(order["argv"], order["env"])
    _guard(order)


def _limit(limits: dict[str, int]) -> None:
    bounds = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: limits["file_bytes"]}
    # Not the address space: what reserves much and uses little (a JavaScript engine) would not start.
    bounds[resource.RLIMIT_DATA] = limits["memory_bytes"]
    # The kernel counts a user's processes everywhere; root's it does not count.
    bounds[resource.RLIMIT_NPROC] = limits["processes"] + _threads_of_user()
    for what, wanted in bounds.items():
        most = resource.getrlimit(what)[1]
        bound = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(what, (bound, bound))


def _threads_of_user() -> int:
    """How many threads this user has now."""
    count, uid = 0, os.getuid()
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError):
                if os.stat(f"/proc/{name}").st_uid == uid:
                    count += len(os.listdir(f"/proc/{name}/task"))
    return count


def _become(argv: list[str], env: dict[str, str]) -> NoReturn:
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # The interpreter ignores them, and an ignored one is handed on.
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvpe(argv[0], argv, env)
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        why = "no such program" if missing else "cannot be started"
        rest = "" if missing else f": {error.strerror if isinstance(error, OSError) else error}"
        os.write(2, f"{why}: {argv[0]}{rest}\n".encode(errors="replace"))
        os._exit(_NOT_STARTED)


def _guard(order: dict[str, Any]) -> NoReturn:
    libc = ctypes.CDLL(None)
    libc.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGTERM, _soon)
    signal.signal(signal.SIGALRM, _now)
    libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)
    child = os.fork()
    if child == 0:
        _enter(order)
    status = _NOT_STARTED << 8
    with suppress(_TimeIsOver):
        status = _wait_for(child)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    _sweep()
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        with suppress(OSError):  # SIGKILL cannot be given another handler.
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def _soon(_signal: int, _frame: FrameType | None) -> None:
    signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)


def _now(_signal: int, _frame: FrameType | None) -> None:
    raise _TimeIsOver


def _wait_for(child: int) -> int:
    while True:
        who, status = os.wait()
        if who == child:
            return status


def _sweep() -> None:
    """End whoever is left: the children of a killed one become ours, and are next."""
    for _ in range(_SWEEPS):
        children = _children()
        if not children:
            return
        for pid in children:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.wait()
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _children() -> list[int]:
    ours, found = os.getpid(), list[int]()
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
                line = file.read()
                if int(line[line.rfind(b")") + 2 :].split()[1]) == ours:
                    found.append(int(name))
    return found


def _enter(order: dict[str, Any]) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    walls = order["walls"]
    try:
        if walls is not None:
            landlock.restrict(walls["read"], walls["write"], walls["listed"], walls["has_network"])
            seccomp.apply(walls["has_network"])
    except BaseException as error:  # noqa: BLE001
        # boundary: without its walls the command is not started, whatever went wrong.
        os.write(2, f"no sandbox, so nothing was run: {error}\n".encode())
        os._exit(_NOT_STARTED)
    _become(order["argv"], order["env"])


if __name__ == "__main__":
    main()
