"""The death of a process, seen with and without a pidfd, child or not."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from patience import PATIENCE_SECONDS, until
from trinity_tui.process.identity import alive, identify
from trinity_tui.process.pidfd import exit_status, open_pidfd, wait_gone

if TYPE_CHECKING:
    from pathlib import Path

    from process.conftest import Start


@pytest.mark.parametrize("has_pidfd", [True, False])
async def test_a_death_is_seen(start: Start, monkeypatch: pytest.MonkeyPatch, has_pidfd: bool) -> None:
    if not has_pidfd:
        monkeypatch.delattr(os, "pidfd_open")
    process = start("sleep", "1000")
    who = identify(process.pid)
    assert who is not None
    descriptor = open_pidfd(who)
    assert (descriptor is not None) is has_pidfd
    waiting = asyncio.create_task(wait_gone(who, descriptor))
    await asyncio.sleep(0)
    assert not waiting.done()
    process.kill()
    process.wait()
    status = await asyncio.wait_for(waiting, PATIENCE_SECONDS)
    assert status in (None, signal.SIGKILL)
    if descriptor is not None:
        os.close(descriptor)


async def test_a_wait_that_is_ended_leaves_alone_whoever_gets_its_number(start: Start) -> None:
    who = identify(start("sleep", "1000").pid)
    assert who is not None
    descriptor = open_pidfd(who)
    assert descriptor is not None
    waiting = asyncio.create_task(wait_gone(who, descriptor))
    await asyncio.sleep(0)
    waiting.cancel()
    near, far = socket.socketpair()
    os.dup2(near.fileno(), descriptor)  # Closed, and the number is a connection's at once.
    near.close()
    reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=descriptor))
    await asyncio.gather(waiting, return_exceptions=True)
    far.send(b"x")
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await reader.read(1) == b"x"
    assert waiting.cancelled()
    far.close()
    writer.close()
    await writer.wait_closed()


async def test_who_is_gone_already_is_gone(start: Start) -> None:
    process = start("sleep", "1000")
    who = identify(process.pid)
    assert who is not None
    process.kill()
    process.wait()
    assert open_pidfd(who) is None
    assert await asyncio.wait_for(wait_gone(who, None), PATIENCE_SECONDS) is None


def test_another_one_with_that_pid_is_not_opened(start: Start) -> None:
    process = start("sleep", "1000")
    who = identify(process.pid)
    assert who is not None
    assert open_pidfd(replace(who, start_time=who.start_time - 1)) is None


async def test_the_exit_of_one_that_is_no_child(start: Start, tmp_path: Path) -> None:
    told = tmp_path / "pid"
    go = tmp_path / "go"
    script = f"(until [ -e {go} ]; do sleep 0.01; done; exit 7) & echo $! > {told}.new; mv {told}.new {told}; wait"
    start("sh", "-c", script)
    await until(told.exists, "it runs")
    who = identify(int(told.read_text()))
    assert who is not None
    descriptor = open_pidfd(who)
    assert descriptor is not None
    assert exit_status(descriptor) is None, "it lives"
    go.touch()
    status = await asyncio.wait_for(wait_gone(who, descriptor), PATIENCE_SECONDS)
    assert status is None or os.waitstatus_to_exitcode(status) == 7
    assert not alive(who)
    os.close(descriptor)
