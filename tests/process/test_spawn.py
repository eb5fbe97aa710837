"""Starting a program; from a process of one thread, as the keeper is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import json, os, sys, signal, time
from trinity_tui.core.errors import SupervisionError
from trinity_tui.process.spawn import spawn
request = json.loads(sys.argv[1])
if sys.argv[2] == "fork":
    del os.posix_spawn
leak = os.open("/dev/null", os.O_RDONLY)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
try:
    pid = spawn(**request)
    print(json.dumps([os.getsid(pid) == pid, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])]))
except SupervisionError as error:
    print(json.dumps([str(error), len(os.listdir("/proc/self/fd"))]))
print(os.getcwd())
"""


@pytest.fixture(params=["spawn", "fork"])
def way(request: pytest.FixtureRequest) -> str:
    """Where the system has all we need, and where it has not."""
    return cast("str", request.param)


def ask(way: str, tmp_path: Path, *argv: str, **changes: object) -> tuple[list[Any], str]:
    request = {
        "argv": argv, "env": {"PATH": os.environ["PATH"], "X": "1"}, "cwd": str(tmp_path),
        "output": str(tmp_path / "out.log"), "nice": 0, **changes,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(request), way], capture_output=True, check=True, cwd="/", text=True
    )
    answer, where = done.stdout.splitlines()
    assert where == "/", "the caller stays where it was"
    output = tmp_path / "out.log"
    return json.loads(answer), output.read_text() if output.exists() else ""


def test_its_session_folder_environment_and_descriptors(way: str, tmp_path: Path) -> None:
    script = (
        'pwd; echo "$X-$HOME"; ls /proc/self/fd | tr "\\n" " "; cat; echo; '
        'grep -E "SigIgn|SigBlk" /proc/self/status; '
        # By posix_spawn the niceness is given right after the start: whoever looks at once may be earlier.
        'n=0; while [ "$(nice)" != 5 ] && [ $n -lt 500 ]; do n=$((n + 1)); sleep 0.01; done; nice; echo err >&2'
    )
    (is_leader, code), text = ask(way, tmp_path, "sh", "-c", script, nice=5)
    assert (is_leader, code) == (True, 0)
    where, env, descriptors, blocked, ignored, nice, error = text.splitlines()
    assert (where, env, nice, error) == (str(tmp_path), "1-", "5", "err")
    assert descriptors.split() == ["0", "1", "2", "3"], "0 to 2, and the one ls reads the folder with"
    # The two signals the C library keeps for itself do not count.
    assert int(blocked.split()[1], 16) == 0
    assert int(ignored.split()[1], 16) & ~0x180000000 == 0


def test_output_is_appended_and_private(way: str, tmp_path: Path) -> None:
    ask(way, tmp_path, "echo", "one")
    (_, code), text = ask(way, tmp_path, "sh", "-c", "echo two; exit 3")
    assert (code, text) == (3, "one\ntwo\n")
    assert (tmp_path / "out.log").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("argv", "changes", "problem"),
    [
        (["no-such-program"], {}, "no-such-program: No such file or directory"),
        ([], {}, "there is no program to start"),
        (["true"], {"cwd": "/no/such/folder"}, "/no/such/folder: No such file or directory"),
        (["true"], {"output": "/no/such/folder/log"}, "/no/such/folder/log: No such file or directory"),
        (["/etc/passwd"], {}, "/etc/passwd: Permission denied"),
    ],
)
def test_what_cannot_be_started(
    way: str, tmp_path: Path, argv: list[str], changes: dict[str, str], problem: str
) -> None:
    (said, descriptors), _ = ask(way, tmp_path, *argv, **changes)
    assert said == problem
    assert descriptors == 5, "none is left open: three, the test's own, and the folder's"
