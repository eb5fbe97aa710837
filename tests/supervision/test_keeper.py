"""The keeper as a program, spoken to over its socket as a coordinator does."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import msgspec
import pytest

from patience import PATIENCE_SECONDS, wait_until
from supervision.conversing import Program, connect, spawn_of
from trinity_tui.core.wire import keeper as wire
from trinity_tui.process import procfs
from trinity_tui.store import document
from trinity_tui.store.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervision.ground import Ground


@pytest.fixture
def keeper(ground: Ground) -> Iterator[Program]:
    """A keeper that stays."""
    program = Program(ground)
    yield program
    program.close()


def test_starts_reaps_tells_and_remembers_until_it_is_on_record(ground: Ground, keeper: Program) -> None:
    talk, other = keeper.talk(), keeper.talk()
    talk.spawn(ground, "a", 3, "sh", "-c", "exit 7")
    spawned = talk.receive(wire.Spawned)
    for one in (talk, other):
        exited = one.receive(wire.Exited)
        assert (exited.instance, exited.epoch, exited.pid) == ("a", 3, spawned.pid)
        assert (exited.code, exited.signal, exited.remains) == (7, None, False)
    written = document.read(ground.root / "a.exit.json", wire.ExitRecord)
    assert written == wire.ExitRecord(3, spawned.pid, 7, None, exited.at)
    talk.close()
    later = keeper.talk()
    later.send(wire.List())
    (child,) = later.receive(wire.Children).children
    assert child.exited == exited
    later.send(wire.Acknowledge("a", 2))
    later.send(wire.Acknowledge("a", 3))
    later.send(wire.List())
    assert later.receive(wire.Children).children == []


def test_never_two_of_one_instance(ground: Ground, keeper: Program) -> None:
    talk = keeper.talk()
    talk.spawn(ground, "a", 1, "sleep", "1000")
    pid = talk.receive(wire.Spawned).pid
    talk.spawn(ground, "a", 2, "sleep", "1000")
    assert f"pid {pid}" in talk.receive(wire.SpawnFailed).reason
    assert ground.leaders("a") == [pid]
    talk.send(wire.Signal("a", 2, signal.SIGKILL))
    talk.send(wire.Signal("a", 1, signal.SIGUSR1, group=True))
    assert talk.receive(wire.Exited).signal == signal.SIGUSR1


@pytest.mark.parametrize("argv", [["no-such-program"], [], ["bad\0name"], ["/"]])
def test_what_cannot_be_started_is_said(ground: Ground, keeper: Program, argv: list[str]) -> None:
    talk = keeper.talk()
    talk.spawn(ground, "a", 1, *argv)
    assert talk.receive(wire.SpawnFailed).reason
    talk.spawn(ground, "a", 2, "true")
    assert talk.receive(wire.Spawned).epoch == 2


def test_kills_the_tree_that_ignores_term(ground: Ground, keeper: Program) -> None:
    told = ground.root / "pids"
    talk = keeper.talk()
    talk.spawn(ground, "a", 1, *ground.fake("stubborn.py", told, "child"))
    talk.receive(wire.Spawned)
    wait_until(told.exists)
    talk.send(wire.KillTree("a", 1, 0.2))
    assert talk.receive(wire.Exited).signal == signal.SIGKILL
    assert talk.receive(wire.TreeGone) == wire.TreeGone("a", 1, [])
    assert ground.alive() == []
    talk.send(wire.KillTree("a", 9, 0.2))
    assert talk.receive(wire.TreeGone).epoch == 9


def test_what_an_ended_one_left_is_known_and_cleared(ground: Ground, keeper: Program) -> None:
    told = ground.root / "pid"
    talk = keeper.talk()
    talk.spawn(ground, "a", 1, *ground.fake("deserter.py", told, 0))
    talk.receive(wire.Spawned)
    exited = talk.receive(wire.Exited)
    orphan = int(told.read_text())
    assert exited.remains
    stat = procfs.read_stat(orphan)
    assert stat is not None
    assert stat.ppid == keeper.process.pid, "it came to the keeper"
    talk.send(wire.KillTree("a", 1, 5.0))
    assert talk.receive(wire.TreeGone).survivors == []
    assert procfs.read_stat(orphan) is None


def test_a_second_keeper_is_refused_and_a_stale_socket_is_not_in_the_way(ground: Ground, keeper: Program) -> None:
    keeper.talk()
    second = Program(ground)
    assert second.process.wait(PATIENCE_SECONDS) == 1
    second.close()
    keeper.process.kill()
    keeper.process.wait()
    assert (ground.sockets / "keeper.sock").exists()
    third = Program(ground)
    try:
        third.talk()
        record = document.read(ground.workspace.keeper, wire.KeeperRecord)
        assert record is not None
        assert (record.pid, record.boot_id) == (third.process.pid, procfs.boot_id())
    finally:
        third.close()


def test_the_socket_and_the_folder_are_closed_to_others(ground: Ground, keeper: Program) -> None:
    keeper.talk()
    assert ground.sockets.stat().st_mode & 0o777 == 0o700
    assert (ground.sockets / "keeper.sock").stat().st_mode & 0o777 == 0o600


def test_what_descends_from_it_may_not_drive_it(ground: Ground, keeper: Program) -> None:
    talk = keeper.talk()
    program = (
        "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]);"
        "data=s.recv(999); print(data[4:].decode()); print(s.recv(9))"
    )
    talk.spawn(ground, "a", 1, sys.executable, "-S", "-E", "-c", program, str(ground.sockets / "keeper.sock"))
    talk.receive(wire.Spawned)
    assert talk.receive(wire.Exited).code == 0
    said = (ground.root / "a.log").read_text().splitlines()
    assert "an instance may not drive the keeper" in said[0]
    assert said[1] == "b''"


def test_what_an_earlier_keepers_instance_started_may_not_drive_it_either(ground: Ground) -> None:
    program = Program(ground, "--owner", ground.hash)
    try:
        program.talk()
        code = (
            "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]);print(s.recv(999)[4:].decode())"
        )
        argv = [sys.executable, "-S", "-E", "-c", code, str(ground.sockets / "keeper.sock")]
        marked = {wire.MARKER: f"a:{ground.hash}"}
        said = subprocess.run(
            argv, env=marked, capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS
        ).stdout
        assert "an instance may not drive the keeper" in said
    finally:
        program.close()


def test_another_protocol_and_garbage_end_the_conversation(keeper: Program) -> None:
    talk = keeper.talk(greeted=False)
    talk.send(wire.Hello(99))
    assert "protocol 1" in talk.receive(wire.Refused).reason
    assert talk.is_over()
    early = keeper.talk(greeted=False)
    early.send(wire.List())
    early.receive(wire.Refused)
    rude = keeper.talk()
    rude._connection.sendall(b"\xff" * 64)  # pyright: ignore[reportPrivateUsage]  (bytes no Talk would send)
    assert rude.is_over()
    keeper.talk()


def test_coordinators_of_before_and_after_get_along(ground: Ground, keeper: Program) -> None:
    talk = keeper.talk(greeted=False)
    talk.send(wire.Hello(wire.PROTOCOL))
    assert talk.receive(wire.Welcome).revision == wire.REVISION
    request = spawn_of(ground, "a", 1, "true")
    known = msgspec.to_builtins(request)
    del known["how"], known["preload"]
    talk.send_raw(msgspec.json.encode(known))
    assert talk.receive(wire.Spawned).how == "exec"
    talk.receive(wire.Exited)
    later = keeper.talk(greeted=False)
    later.send(wire.Hello(wire.PROTOCOL, wire.REVISION + 1))
    later.receive(wire.Welcome)
    later.send(wire.Ping(7))
    assert later.receive(wire.Pong).nonce == 7


def test_a_vanished_folder_is_made_again(ground: Ground, keeper: Program) -> None:
    talk = keeper.talk()
    talk.spawn(ground, "a", 1, "sleep", "1000")
    talk.receive(wire.Spawned)
    shutil.rmtree(ground.sockets)
    ground.workspace.keeper.unlink()
    again = keeper.talk()
    again.send(wire.List())
    assert len(again.receive(wire.Children).children) == 1
    assert ground.workspace.keeper.exists()
    taken = Lock.acquire(ground.sockets / "keeper.lock")
    assert taken == keeper.process.pid


def test_a_workspace_that_is_gone_is_not_made_again(ground: Ground, keeper: Program) -> None:
    keeper.talk()
    shutil.rmtree(ground.root)
    shutil.rmtree(ground.sockets)
    with pytest.raises(subprocess.TimeoutExpired):
        keeper.process.wait(2.5)
    assert not ground.root.exists()


def test_ends_when_nobody_needs_it(ground: Ground) -> None:
    program = Program(ground, "--orphan-ttl", "0.3")
    try:
        talk = program.talk()
        began = time.monotonic()
        talk.spawn(ground, "a", 1, "sleep", "0.8")
        talk.receive(wire.Spawned)
        talk.close()
        assert program.process.wait(PATIENCE_SECONDS) == 0
        assert time.monotonic() - began >= 0.8, "not before its child ended"
        assert not (ground.sockets / "keeper.sock").exists()
        assert not ground.workspace.keeper.exists()
    finally:
        program.close()


def test_shutdown_and_sigterm_stop_everyone_first(ground: Ground) -> None:
    for end in ("shutdown", "signal"):
        program = Program(ground)
        try:
            talk = program.talk()
            told = ground.root / f"{end}-pid"
            talk.spawn(ground, "a", 1, *ground.fake("deserter.py", told, 0, "wait"))
            talk.receive(wire.Spawned)
            wait_until(told.exists)
            if end == "shutdown":
                talk.send(wire.Shutdown(0.5))
            else:
                program.process.terminate()
            assert talk.receive(wire.Exited).signal == signal.SIGTERM
            assert program.process.wait(PATIENCE_SECONDS) == 0
            assert ground.alive() == []
        finally:
            program.close()


def test_is_small(ground: Ground, keeper: Program) -> None:
    talk = keeper.talk()
    for number in range(20):
        talk.spawn(ground, f"i{number}", 1, "sleep", "1000")
        talk.receive(wire.Spawned)
    sizes = dict(
        line.split(":", 1) for line in (procfs.read(f"/proc/{keeper.process.pid}/status") or b"").decode().splitlines()
    )
    rss_kib = int(sizes["VmRSS"].split()[0])
    sys.stderr.write(f"\nkeeper with 20 children: {rss_kib / 1024:.1f} MiB\n")
    assert rss_kib < 20 * 1024


def test_a_keeper_whose_launcher_died_meanwhile_is_there_for_the_next(ground: Ground) -> None:
    told, tell = os.pipe()
    os.close(told)
    ground.workspace.runtime.mkdir(mode=0o700)
    argv = [sys.executable, "-P", "-m", "trinity_tui.harness.keeper", "--sockets", str(ground.sockets)]
    argv += ["--record", str(ground.workspace.keeper), "--ready-fd", str(tell), "--orphan-ttl", "30"]
    with (ground.root / "said").open("wb") as said:
        subprocess.run(argv, stderr=said, pass_fds=(tell,), timeout=PATIENCE_SECONDS, check=True)
    os.close(tell)
    talk = wait_until(lambda: connect(ground.sockets / "keeper.sock"))
    talk.send(wire.Hello(wire.PROTOCOL))
    assert talk.receive(wire.Welcome).pid in ground.keepers()
    talk.close()
    assert (ground.root / "said").read_bytes() == b""
