"""What the kernel tells."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from patience import wait_until
from trinity_tui.process import procfs

if TYPE_CHECKING:
    from pathlib import Path


def test_about_ourselves() -> None:
    me = procfs.read_stat(os.getpid())
    assert me is not None
    assert (me.pid, me.ppid, me.session) == (os.getpid(), os.getppid(), os.getsid(0))
    assert me.rss_pages * procfs.PAGE_BYTES > 1024 * 1024
    assert not me.is_dead
    assert procfs.scan()[os.getpid()].start_time == me.start_time
    chain = procfs.ancestors(os.getpid())
    assert chain[0] == os.getppid()
    assert os.getpid() not in chain
    assert len(procfs.boot_id()) == 36


def test_about_nobody() -> None:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    assert procfs.read_stat(process.pid) is None
    assert procfs.ancestors(process.pid) == []
    assert procfs.variable(process.pid, b"PATH") == ""
    assert procfs.parse_stat(1, b"1 (x) S 0") is None


def test_a_variable() -> None:
    with subprocess.Popen(["sleep", "1000"], env={"A": "one=1", "AB": "two"}) as process:
        try:
            # For an instant of its birth a program has no environment yet.
            assert wait_until(lambda: procfs.variable(process.pid, b"A"), "it is born") == "one=1"
            assert procfs.variable(process.pid, b"B") == ""
        finally:
            process.kill()


def test_children() -> None:
    program = (
        "import os, subprocess; from trinity_tui.process.procfs import children;"
        "child = subprocess.Popen(['sleep', '1000']); found = children(os.getpid()); child.kill(); child.wait();"
        "print(found in (None, [child.pid]), children(os.getpid()) in (None, []))"
    )
    assert subprocess.check_output([sys.executable, "-c", program]) == b"True True\n"


@given(name=st.binary(max_size=15), rest=st.integers(1, 2**40))
def test_a_name_may_hold_anything(name: bytes, rest: int) -> None:
    fields = b" ".join(b"%d" % (rest + number) for number in range(48))
    stat = procfs.parse_stat(7, b"7 (" + name + b") S " + fields)
    assert stat is not None
    assert (stat.state, stat.ppid, stat.start_time, stat.rss_pages) == ("S", rest, rest + 18, rest + 20)


def test_a_program_with_an_odd_name(tmp_path: Path) -> None:
    odd = tmp_path / "a) R 1 (\n"
    odd.symlink_to(sys.executable)
    with subprocess.Popen([str(odd), "-S", "-c", "import time; time.sleep(1000)"]) as process:
        try:
            stat = procfs.read_stat(process.pid)
            assert stat is not None
            assert stat.ppid == os.getpid()
        finally:
            process.kill()
