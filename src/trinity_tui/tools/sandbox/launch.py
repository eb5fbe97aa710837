"""The program that becomes a command's guard where no namespace holds it, and starts it within its walls.

Whoever the command leaves behind becomes the guard's child, in whatever session and environment, and ends with it.

It is started for every command, by its path and without what an interpreter usually loads: standard library only, and
of that only what is quick to load.
"""

from __future__ import annotations

import marshal
import os
import resource
import signal
import sys

TYPE_CHECKING = False  # ``typing`` takes longer to load than all this does.
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, NoReturn

GRACE_SECONDS = 0.2
"""What is left for the command to end by itself once the guard is told to."""
_SET_PARENT_DEATH_SIGNAL, _SET_CHILD_SUBREAPER = 1, 36
_SWEEPS = 1000
_NOT_STARTED = 127


class _TimeIsOver(BaseException):
    """The guard was told to end."""


def order_of(argv: list[str], limits: dict[int, int], walls: dict[str, object] | None) -> str:
    """What to do, as the program takes it: in the form of the interpreter, which both sides are."""
    return marshal.dumps({"argv": argv, "limits": limits, "walls": walls}).hex()


def main() -> NoReturn:
    """Do what the order in the first argument says."""
    order = marshal.loads(bytes.fromhex(sys.argv[1]))
    for what, bound in order["limits"].items():
        resource.setrlimit(what, (bound, bound))
    _guard(order)


def _become(argv: list[str]) -> NoReturn:
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # The interpreter ignores them, and an ignored one is handed on.
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvp(argv[0], argv)
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        why = "no such program" if missing else "cannot be started"
        rest = "" if missing else f": {error.strerror if isinstance(error, OSError) else error}"
        os.write(2, f"{why}: {argv[0]}{rest}\n".encode(errors="replace"))
        os._exit(_NOT_STARTED)


def _guard(order: dict[str, Any]) -> NoReturn:
    import ctypes

    libc = ctypes.CDLL(None)
    libc.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGTERM, _soon)
    signal.signal(signal.SIGALRM, _now)
    libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)
    child = os.fork()
    if child == 0:
        _enter(order)
    status = _NOT_STARTED << 8
    try:
        status = _wait_for(child)
    except _TimeIsOver:
        pass
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    _sweep()
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        if -code != signal.SIGKILL:  # It cannot be given another handler.
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
        try:
            # Who ended already is waited for before anybody is looked for: mostly that is all.
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        for pid in _children():
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        try:
            os.wait()
        except ChildProcessError:
            return


def _children() -> list[int]:
    ours, found = os.getpid(), list[int]()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    line = file.read()
            except OSError:
                continue
            if int(line[line.rfind(b")") + 2 :].split()[1]) == ours:
                found.append(int(name))
    return found


def _enter(order: dict[str, Any]) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    walls = order["walls"]
    try:
        if walls is not None:
            _restrict(walls)
    except BaseException as error:  # noqa: BLE001
        # boundary: without its walls the command is not started, whatever went wrong.
        os.write(2, f"no sandbox, so nothing was run: {error}\n".encode())
        os._exit(_NOT_STARTED)
    _become(order["argv"])


def _restrict(walls: dict[str, Any]) -> None:
    # Started by its path and isolated, so that nothing in the workspace is loaded: the rest of us is found from there.
    sys.path.append(__file__.removesuffix("/trinity_tui/tools/sandbox/launch.py"))
    from trinity_tui.tools.sandbox import landlock, seccomp

    landlock.restrict(walls["read"], walls["write"], walls["listed"], walls["has_network"])
    seccomp.apply(walls["has_network"])


if __name__ == "__main__":
    main()
