"""Says everything about itself that its program could notice, as JSON; then what the arguments ask for.

Usage: python -P -m selfportrait [exit CODE | raise | interrupt | message | wait]
"""

from __future__ import annotations

import gc
import json
import locale
import os
import resource
import signal
import sys
import threading


def main() -> None:
    """Describe, then end as asked."""
    status = dict(line.split(":\t", 1) for line in open("/proc/self/status", encoding="ascii").read().splitlines())
    umask = os.umask(0)
    os.umask(umask)
    module = sys.modules["__main__"]
    described = {
        "argv": sys.argv, "orig_argv": sys.orig_argv, "environ": dict(os.environ), "path": sys.path,
        "cwd": os.getcwd(), "flags": str(sys.flags), "xoptions": sys._xoptions, "warnoptions": sys.warnoptions,  # pyright: ignore[reportPrivateUsage]
        "fds": sorted(int(fd) for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")),
        "files": [os.readlink(f"/proc/self/fd/{fd}") for fd in (0, 1, 2)],
        "append": [os.get_inheritable(fd) for fd in (0, 1, 2)],
        "signals": [status[name] for name in ("SigBlk", "SigIgn", "SigCgt")],
        "handlers": [str(signal.getsignal(n)) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)],
        "session": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()],
        "parent": os.getppid(), "nice": os.nice(0), "umask": umask, "threads": threading.active_count(),
        "limits": [resource.getrlimit(number) for number in range(16)],
        "names": sorted(vars(module)), "main": [module.__name__, str(module.__file__)],
        "spec": [module.__spec__.name if module.__spec__ else "", module.__package__],
        "streams": [[f.name, f.encoding, f.errors, f.line_buffering] for f in (sys.stdin, sys.stdout, sys.stderr)],
        "locale": locale.setlocale(locale.LC_CTYPE), "gc": [gc.isenabled(), gc.get_threshold()],
        "hook": sys.excepthook is sys.__excepthook__, "stdin": sys.stdin.read(),
        "shown": [
            open("/proc/self/cmdline", "rb").read().rstrip(b"\0").decode(),
            sorted(v for v in open("/proc/self/environ", "rb").read().decode().split("\0") if v),
        ],
        "comm": open("/proc/self/comm", encoding="ascii").read(), "profile": str(sys.getprofile()),
        "dumpable": status["CapEff"], "seccomp": status["Seccomp"], "privileges": status["NoNewPrivs"],
    }  # fmt: skip
    sys.stdout.write(json.dumps(described) + "\n")
    sys.stderr.write("to the error stream\n")
    match sys.argv[1:]:
        case ["exit", code]:
            sys.exit(int(code))
        case ["raise"]:
            raise ValueError("on purpose")
        case ["interrupt"]:
            os.kill(os.getpid(), signal.SIGINT)
        case ["message"]:
            sys.exit("a message instead of a code")
        case ["wait"]:
            sys.stdout.flush()
            signal.pause()
        case _:
            return


if __name__ == "__main__":
    main()
