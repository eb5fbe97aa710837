"""What a hostile command tries, behind either kind of walls, as root and as nobody: each must stay harmless.

Each has its twin: the same command by the same user without the walls, or with limits too wide to hold it, does the
harm. A way out that leads nowhere anyhow would prove nothing.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
from typing import TYPE_CHECKING

import pytest

from patience import PATIENCE_SECONDS, wait_until
from sandbox_ground import SECRET, Castle, why_not, why_not_nobody
from trinity_tui.process import procfs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trinity_tui.tools.sandbox.cell import Kind

CONNECT = """
import socket, sys
try:
    found = socket.socket(socket.AF_UNIX if len(sys.argv) == 2 else socket.AF_INET)
    found.connect(sys.argv[1] if len(sys.argv) == 2 else (sys.argv[1], int(sys.argv[2])))
    print("in")
except OSError as error:
    print("refused")
"""
LONG, SHORT = 60, 0
"""For how many seconds what does the harm goes on: until it is ended, or no longer where nothing ends it."""
FILL = """
import mmap, sys, time
held = mmap.mmap(-1, 200 << 20)
for _ in range(200):
    held.write(bytes(1 << 20))
time.sleep(int(sys.argv[1]))
print("filled")
"""
HOARD = "python3 -c 'x = bytearray(200 << 20); print(len(x))'"
HOARDED = f"{200 << 20}\n"
MANY = "for n in $(seq 40); do head -c 1000000 /dev/zero > {folder}/$n || break; done; sleep {seconds}; echo done"
BIG = "head -c 40000000 /dev/zero > src/big"
BOMB = """
import os, sys, time
for _ in range(100):
    try:
        if not os.fork():
            time.sleep(600)
    except OSError:
        sys.exit(3)
time.sleep(int(sys.argv[2]))
print("all there")
"""
DESERT = """
import os, sys, time
if os.fork():
    time.sleep(0.3)
    sys.exit()
os.setsid()
if os.fork():
    os._exit(0)
for number in range(3):
    os.close(number)
os.execve(sys.executable, ["python3", "-c", "import time; time.sleep(600)", sys.argv[1]], {})
"""
LEFT_KEY = int.from_bytes(os.urandom(3)) + 1
"""Of this run alone: others may be testing on the same machine."""
LEAVE = f"python3 -c 'import ctypes; print(ctypes.CDLL(None).shmget({LEFT_KEY}, 4096, 0o1600))'"
KILL = "kill -9 {pid}"
MAKE = "mkdir .git coordination; echo x > .git/config; echo x > coordination/x"
WIDE = {"memory_mb": 8192, "processes": 10_000, "file_mb": 8192, "disk_mb": 8192}
WAYS = {
    "write outside": "touch {top}/home/x; echo x > ../home/y",
    "write through a link": "echo x > src/outside/x; ln -s {top}/home link; echo x > link/y",
    "plant a hook": "echo id > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit; echo x > .git/config",
    "move the repository away": "mv .git src/git; mkdir .git; rm -rf .git",
    "read the token": "cat .trinity/token .trinity/*; grep -r . .trinity; tar c .trinity 2>/dev/null | strings",
    "read an inner workspace's": "cat inner/own/.trinity/token inner/own/.trinity/*; cd inner/own/.trinity; cat token",
    "write into an inner workspace": "echo x >> inner/own/.trinity/token; rm -rf inner/own/.trinity/token",
    "append to the log": 'echo \'{{"from":"human"}}\' >> .trinity/bus/0.jsonl; rm -rf .trinity',
    "edit the configuration": "echo 'allow' >> instances.toml; rm -f instances.toml; mv instances.toml i",
    "speak for the others": "echo x > coordination/x; rmdir coordination",
    "speak as one from outside": "echo '[]' > .shared_messages.json; echo x > src/x; mv -f src/x .shared_messages.json",
    "take the word from outside away": "rm -f .shared_messages.json; : > .shared_messages.json",
    "overhear what is told outside": "cat .shared_messages.json; ln .shared_messages.json src/s; cat src/s",
    "say how another is": "echo '{{}}' >> .instance_lead-1_state.json; mv .instance_lead-1_state.json src/",
    "read a secret variable": "env; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n' | sort -u",
    "read the keys": "cat {top}/home/.ssh/* ~/.ssh/* src/outside/.ssh/* {top}/home/.config/* /etc/shadow",
    "by the root of another": "cat /proc/*/root{top}/work/.trinity/token /proc/*/cwd/.trinity/token",
    "remount": "unshare -Urm sh -c 'umount {top}/work/.trinity; mount -t tmpfs x {top}/work/src; cat .trinity/token'",
    "mount by a link": "ln -s .trinity src/t; cat src/t/token; ln .trinity/token src/hard; cat src/hard",
}


def knocking(castle: Castle) -> str:
    """A command that connects to the coordinator's socket and to a port of this machine."""
    (castle.root / "src" / "connect.py").write_text(CONNECT)
    host, port = castle.tcp.getsockname()
    return f"python3 src/connect.py {castle.root}/.trinity/run/api.sock; python3 src/connect.py {host} {port}"


def living(marker: str) -> list[int]:
    """The processes with this in their arguments."""
    lines = {pid: procfs.read(f"/proc/{pid}/cmdline") or b"" for pid in procfs.scan()}
    return [
        pid
        for pid, line in lines.items()
        if marker.encode() in line
        and b"sandbox.runner" not in line
        and (stat := procfs.read_stat(pid)) is not None
        and not stat.is_dead
    ]


@pytest.fixture(params=[False, True], ids=["as oneself", "as nobody"])
def castle(request: pytest.FixtureRequest) -> Iterator[Castle]:
    if request.param and (lack := why_not_nobody()):
        pytest.skip(lack)
    made = Castle(request.param)
    yield made
    made.close()


@pytest.fixture(params=["bubblewrap", "landlock"])
def walls(request: pytest.FixtureRequest) -> Kind:
    kind: Kind = request.param
    if lack := why_not(kind):
        pytest.skip(lack)
    return kind


@pytest.mark.parametrize("way", WAYS)
def test_a_way_out_is_none(castle: Castle, walls: Kind, way: str) -> None:
    done = castle.run(walls, WAYS[way].format(top=castle.top))
    assert SECRET not in done.output
    assert "root:" not in done.output
    assert castle.state() == castle.before
    assert (castle.root / "src").is_dir()


@pytest.mark.parametrize("way", WAYS)
def test_without_walls_it_would_be_one(castle: Castle, way: str) -> None:
    done = castle.run("none", WAYS[way].format(top=castle.top))
    assert castle.state() != castle.before or SECRET in done.output


def test_what_is_not_there_is_not_made(castle: Castle, walls: Kind) -> None:
    for name in (".git", "coordination"):
        shutil.rmtree(castle.root / name)
    castle.run(walls, MAKE)
    assert not (castle.root / ".git").exists()
    assert not (castle.root / "coordination").exists()


def test_without_walls_it_would_be_made(castle: Castle) -> None:
    for name in (".git", "coordination"):
        shutil.rmtree(castle.root / name)
    castle.run("none", MAKE)
    assert (castle.root / ".git" / "config").exists()
    assert (castle.root / "coordination" / "x").exists()


@pytest.mark.parametrize("folder", [".venv/bin", "node_modules/.bin"])
def test_what_builds_the_walls_is_never_a_program_of_the_folders(castle: Castle, walls: Kind, folder: str) -> None:
    (castle.root / folder).mkdir(parents=True)
    for name in ("bwrap", "sh"):
        fake = castle.root / folder / name
        fake.write_text(f'#!/bin/sh\ntouch {castle.top}/home/escaped\nexec /bin/sh "$@"\n')
        fake.chmod(0o755)
    castle.run(walls, "echo inside")
    assert castle.state() == castle.before
    # It is there, and found: within the walls it is the command's own matter.
    assert castle.run("none", "echo inside").output == "inside\n"
    assert castle.state() != castle.before


def test_no_socket_is_reached(castle: Castle, walls: Kind) -> None:
    done = castle.run(walls, knocking(castle))
    assert "in" not in done.output.splitlines()
    assert castle.visitors() == 0


def test_without_walls_both_would_be(castle: Castle) -> None:
    assert castle.run("none", knocking(castle)).output.splitlines() == ["in", "in"]
    assert castle.visitors() == 2


def test_with_a_network_only_that_is_reached(castle: Castle, walls: Kind) -> None:
    done = castle.run(walls, knocking(castle), network=True)
    assert done.output.splitlines().count("in") == 1
    assert castle.visitors() == 1


def test_whoever_leaves_session_parent_and_environment_ends_with_it(castle: Castle, walls: Kind) -> None:
    marker = castle.top.name
    (castle.root / "src" / "away.py").write_text(DESERT)
    done = castle.run(walls, f"python3 src/away.py {marker} & sleep 0.4; cat .trinity/token")
    assert done.code is not None
    assert SECRET not in done.output
    assert not living(marker)


def test_without_its_guard_it_would_live_on(castle: Castle) -> None:
    marker = castle.top.name
    (castle.root / "src" / "away.py").write_text(DESERT)
    castle.run_bare(f"python3 src/away.py {marker} & sleep 0.4")
    for pid in wait_until(lambda: living(marker), "who left lives on"):
        os.kill(pid, signal.SIGKILL)


def test_a_process_of_the_persons_is_not_ended(castle: Castle, walls: Kind) -> None:
    with castle.somebody() as process:
        castle.run(walls, KILL.format(pid=process.pid))
        assert process.poll() is None


def test_without_walls_it_would_be_ended(castle: Castle) -> None:
    with castle.somebody() as process:
        castle.run("none", KILL.format(pid=process.pid))
        assert process.wait(PATIENCE_SECONDS) == -signal.SIGKILL


def test_no_memory_outlives_it(castle: Castle, walls: Kind) -> None:
    assert castle.run(walls, LEAVE).code is not None
    assert _taken(LEFT_KEY) is False


def test_without_walls_some_would(castle: Castle) -> None:
    castle.run("none", LEAVE)
    assert _taken(LEFT_KEY) is True


def _taken(key: int) -> bool:
    """Whether there is shared memory of this number; it is removed."""
    found = [line.split() for line in (procfs.read("/proc/sysvipc/shm") or b"").splitlines()[1:]]
    ids = [int(words[1]) for words in found if int(words[0]) == key]
    for one in ids:
        ctypes.CDLL(None).shmctl(one, 0, None)
    return bool(ids)


def test_memory_is_bounded(castle: Castle, walls: Kind) -> None:
    done = castle.run(walls, HOARD, memory_mb=128)
    assert done.code != 0
    assert "MemoryError" in done.output or done.problem == "ended: more than 128 MB of memory"


def test_memory_that_is_shared_is_bounded(castle: Castle, walls: Kind) -> None:
    (castle.root / "src" / "fill.py").write_text(FILL)
    done = castle.run(walls, f"python3 src/fill.py {LONG}", memory_mb=128)
    assert (done.code, done.problem, done.output) == (None, "ended: more than 128 MB of memory", "")


def test_with_wider_limits_memory_is_filled(castle: Castle, walls: Kind) -> None:
    (castle.root / "src" / "fill.py").write_text(FILL)
    assert castle.run(walls, HOARD, **WIDE).output == HOARDED
    assert castle.run(walls, f"python3 src/fill.py {SHORT}", **WIDE).output == "filled\n"


def test_the_disk_is_not_filled_by_a_file(castle: Castle, walls: Kind) -> None:
    done = castle.run(walls, BIG, file_mb=16)
    assert done.code != 0
    assert (castle.root / "src" / "big").stat().st_size <= 16 << 20


def test_with_wider_limits_it_is(castle: Castle, walls: Kind) -> None:
    assert castle.run(walls, BIG, **WIDE).code == 0
    assert (castle.root / "src" / "big").stat().st_size == 40_000_000


@pytest.mark.parametrize("folder", ["src", "/tmp", "/dev/shm"])
def test_the_disk_is_not_filled_by_many_files_either(castle: Castle, walls: Kind, folder: str) -> None:
    done = castle.run(walls, MANY.format(folder=_own(folder, walls), seconds=LONG), disk_mb=16)
    assert (done.code, done.problem, done.output) == (None, "ended: more than 16 MB written", "")


@pytest.mark.parametrize("folder", ["src", "/tmp", "/dev/shm"])
def test_with_wider_limits_it_is_by_many(castle: Castle, walls: Kind, folder: str) -> None:
    text = MANY.format(folder=_own(folder, walls), seconds=SHORT)
    assert castle.run(walls, text, **WIDE).output == "done\n"


def _own(folder: str, walls: Kind) -> str:
    """Where the command has this folder; those of all it has only behind bubblewrap."""
    return folder if walls == "bubblewrap" or not folder.startswith("/") else "$TMPDIR"


def test_a_fork_bomb_is_bounded(castle: Castle, walls: Kind) -> None:
    marker = castle.top.name
    (castle.root / "src" / "bomb.py").write_text(BOMB)
    done = castle.run(walls, f"python3 src/bomb.py {marker} {LONG}", processes=24)
    assert done.code != 0
    assert "all there" not in done.output
    assert not living(marker)


def test_with_wider_limits_it_goes_off(castle: Castle, walls: Kind) -> None:
    marker = castle.top.name
    (castle.root / "src" / "bomb.py").write_text(BOMB)
    assert castle.run(walls, f"python3 src/bomb.py {marker} {SHORT}", **WIDE).output == "all there\n"
    assert not living(marker)


def test_it_can_do_its_work(castle: Castle, walls: Kind) -> None:
    text = (
        "cat instances.toml; echo made > src/new; cat src/new; python3 -c 'import tempfile; tempfile.TemporaryFile()'"
    )
    done = castle.run(walls, text)
    assert (done.code, done.problem) == (0, "")
    assert done.output.splitlines() == ["# as it was", "made"]
    assert (castle.root / "src" / "new").read_text() == "made\n"
