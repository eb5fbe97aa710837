"""Starting a program in a session of its own, its output appended straight to a file.

For a process of one thread, the keeper's: its working directory is another one for an instant. (A process with a loop
starts the keeper through ``subprocess`` instead.) Descriptors are not inherited, for Python opens every one
close-on-exec. By ``posix_spawn``, which copies nothing, and by fork and exec where that knows no sessions.
"""

from __future__ import annotations

import errno
import os
import signal as signals
from typing import TYPE_CHECKING, NoReturn

from trinity_tui.core.errors import SupervisionError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHANNEL = 3
"""The descriptor a process has its channel as, where it is given one."""
_RESET_SIGNALS = (
    signals.SIGPIPE, signals.SIGXFSZ, signals.SIGCHLD, signals.SIGTERM, signals.SIGINT, signals.SIGHUP, signals.SIGQUIT,
)  # fmt: skip


def open_output(path: str) -> int:
    """A descriptor that appends to a process's output, made (0600) when it is not there.

    Raises:
        SupervisionError: It cannot be opened.
    """
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SupervisionError(f"{path}: {error.strerror}") from error


def spawn(
    argv: Sequence[str], env: Mapping[str, str], cwd: str, output: str, nice: int = 0, channel: int | None = None
) -> int:
    """Start the program and return its pid once it runs.

    Args:
        argv: The program, looked up in the PATH of ``env``, and its arguments.
        env: The whole environment.
        cwd: Its working directory.
        output: The file its stdout and stderr are appended to, made (0600) when it is not there; its stdin is empty.
        nice: Its niceness.
        channel: A descriptor it has as ``CHANNEL``.

    Raises:
        SupervisionError: It could not be started; there is no process.
    """
    if not argv:
        raise SupervisionError("there is no program to start")
    log = open_output(output)
    given = {1: log, 2: log} | ({} if channel is None else {CHANNEL: channel})
    try:
        return _by_spawn(argv, env, cwd, given, nice)
    except NotImplementedError:
        return _by_fork(argv, env, cwd, given, nice)
    finally:
        os.close(log)


def _by_spawn(argv: Sequence[str], env: Mapping[str, str], cwd: str, given: Mapping[int, int], nice: int) -> int:
    if not hasattr(os, "posix_spawn"):
        raise NotImplementedError
    before = os.getcwd()
    subject = cwd
    try:
        os.chdir(cwd)
        subject = argv[0]
        pid = os.posix_spawn(
            _program(argv[0], env),
            list(argv),
            dict(env),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                *((os.POSIX_SPAWN_DUP2, ours, theirs) for theirs, ours in given.items()),
            ],
            setsid=True,
            setsigmask=(),
            setsigdef=_RESET_SIGNALS,
        )
    except OSError as error:
        raise SupervisionError(f"{subject}: {error.strerror}") from error
    finally:
        os.chdir(before)
    if nice:
        be_nice(pid, nice)
    return pid


def _program(name: str, env: Mapping[str, str]) -> str:
    """Where the program lies, by the PATH it is given."""
    if "/" in name:
        return name
    for folder in os.get_exec_path(env):
        path = os.path.join(folder, name)
        if os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)


def be_nice(pid: int, nice: int) -> None:
    """Set a niceness, 0 for this process; where that is not allowed it stays as it is."""
    try:
        os.setpriority(os.PRIO_PROCESS, pid, nice)
    except OSError:
        # Less nice than its parent is not allowed to everybody; it runs all the same.
        return


def _by_fork(argv: Sequence[str], env: Mapping[str, str], cwd: str, given: Mapping[int, int], nice: int) -> int:
    told, tell = os.pipe2(os.O_CLOEXEC)
    try:
        pid = os.fork()
    except OSError as error:
        os.close(told)
        os.close(tell)
        raise SupervisionError(f"no process could be made: {error.strerror}") from error
    if pid == 0:
        _become(argv, env, cwd, given, nice, tell)
    os.close(tell)
    with open(told, "rb") as answer:
        problem = answer.read()
    if not problem:
        return pid
    os.waitpid(pid, 0)
    raise SupervisionError(problem.decode("utf-8", "replace"))


def _become(
    argv: Sequence[str], env: Mapping[str, str], cwd: str, given: Mapping[int, int], nice: int, tell: int
) -> NoReturn:
    """The child: whatever happens here, it never returns into the parent's code."""
    subject = cwd
    try:
        os.setsid()
        for signal in _RESET_SIGNALS:
            signals.signal(signal, signals.SIG_DFL)
        signals.pthread_sigmask(signals.SIG_SETMASK, ())
        if nice:
            be_nice(0, nice)
        os.chdir(cwd)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for theirs, ours in given.items():
            os.dup2(ours, theirs)
            os.set_inheritable(theirs, True)
        subject = argv[0]
        os.execve(_program(argv[0], env), list(argv), dict(env))
    except OSError as error:
        os.write(tell, f"{subject}: {error.strerror}".encode())
    except BaseException as error:  # noqa: BLE001
        # boundary: an exception that left this frame would run the parent's code twice.
        os.write(tell, f"{subject}: {error!r}".encode())
    finally:
        os._exit(127)
