"""Who a process is: neither a zombie nor another one with its pid."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from trinity_tui.process import procfs
from trinity_tui.process.identity import age_seconds, alive, identify, send

if TYPE_CHECKING:
    from process.conftest import Start


def test_alive_zombie_gone(start: Start) -> None:
    process = start("sleep", "1000")
    who = identify(process.pid)
    assert who is not None
    assert alive(who)
    assert 0.0 <= age_seconds(who) < 60.0
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    stat = procfs.read_stat(process.pid)
    assert stat is not None, "the zombie is still there"
    assert stat.is_dead
    assert not alive(who)
    assert identify(process.pid) is None
    assert not send(who.pid, who.start_time, signal.SIGTERM)
    process.wait()
    assert not alive(who)
    assert not send(who.pid, who.start_time, signal.SIGTERM)


def test_another_one_with_that_pid(start: Start) -> None:
    process = start("sleep", "1000")
    who = identify(process.pid)
    assert who is not None
    assert not alive(replace(who, start_time=who.start_time - 1))
    assert not alive(replace(who, boot_id="another"))
    assert not send(who.pid, who.start_time - 1, signal.SIGKILL)
    assert alive(who)


@pytest.mark.parametrize("has_pidfd", [True, False])
def test_a_signal_arrives(start: Start, monkeypatch: pytest.MonkeyPatch, has_pidfd: bool) -> None:
    if not has_pidfd:
        monkeypatch.delattr(os, "pidfd_open")
    process = start("sleep", "1000")
    who = identify(process.pid)
    assert who is not None
    assert send(who.pid, who.start_time, signal.SIGTERM)
    assert process.wait() == -signal.SIGTERM
