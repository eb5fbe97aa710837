"""What the kernel tells of a thread's turns on a processor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from patience import wait_until
from trinity_tui.core.starvation import Look, starved
from trinity_tui.process import procfs, scheduling
from trinity_tui.process.identity import Identity, identify

if TYPE_CHECKING:
    from collections.abc import Iterator

ME = identify(os.getpid())
pytestmark = pytest.mark.skipif(
    not ME or scheduling.look(ME, 0.0) is None, reason="the kernel does not count (SCHED_INFO)"
)

STARVED = Path(__file__).parents[1] / "fakes" / "starved.py"
WINDOW_SECONDS = 0.5
"""Much longer than the clock tick the kernel counts by."""


@pytest.fixture
def who(tmp_path: Path) -> Iterator[Identity]:
    """A process that wants a processor all the time and gets next to none, until its only child is killed."""
    told = tmp_path / "pid"
    with subprocess.Popen([sys.executable, "-S", "-E", str(STARVED), str(told)], start_new_session=True) as process:
        try:
            wait_until(told.exists, "it has begun")
            found = identify(process.pid)
            assert found is not None
            yield found
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def seen(who: Identity) -> Look:
    """How its threads stand now."""
    look = scheduling.look(who, time.monotonic())
    assert look is not None
    return look


def test_about_ourselves() -> None:
    me = identify(os.getpid())
    assert me is not None
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        look = seen(me)
        assert set(look.threads) >= {os.getpid(), thread.native_id}
    finally:
        done.set()
        thread.join()
    main = look.threads[os.getpid()]
    assert main.ran_seconds > 0.0
    assert main.turns > 0


def test_about_somebody_else_with_that_pid_and_about_nobody() -> None:
    me = identify(os.getpid())
    assert me is not None
    assert scheduling.look(Identity(me.pid, me.start_time + 1, me.boot_id), 0.0) is None
    with subprocess.Popen(["true"]) as process:
        process.wait()
    assert scheduling.look(Identity(process.pid, 1, me.boot_id), 0.0) is None


@pytest.mark.parametrize("content", [None, b"", b"0 0 0\n", b"17"])
def test_a_kernel_that_does_not_count_tells_nothing(monkeypatch: pytest.MonkeyPatch, content: bytes | None) -> None:
    me = identify(os.getpid())
    assert me is not None
    read = procfs.read

    def told(path: str) -> bytes | None:
        return content if path.endswith("/schedstat") else read(path)

    monkeypatch.setattr(procfs, "read", told)
    assert scheduling.look(me, 0.0) is None


def test_one_without_a_processor_is_seen_to_be_and_with_one_no_more(who: Identity, tmp_path: Path) -> None:
    def is_starved_since(first: Look) -> bool | None:
        looks = [first, seen(who)]
        return None if looks[1].at - first.at < WINDOW_SECONDS else starved(looks) is not None

    held = seen(who)
    wait_until(lambda: is_starved_since(held), "a wait for a processor")
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    # On a machine at work, one of least weight has no processor without a rival of its own either.
    os.sched_setaffinity(who.pid, os.sched_getaffinity(0))
    os.sched_setscheduler(who.pid, os.SCHED_OTHER, os.sched_param(0))
    free = seen(who)
    wait_until(lambda: is_starved_since(free) is False, "turns enough")


def test_one_that_is_stopped_is_not_starved(who: Identity) -> None:
    held = seen(who)
    os.kill(who.pid, signal.SIGSTOP)
    wait_until(lambda: seen(who).threads[who.pid].state == "T", "that it has stopped")
    assert starved([held, seen(who)]) is None
