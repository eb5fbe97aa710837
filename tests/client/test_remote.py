"""Attached through a real ssh to a real sshd: whatever is killed, nothing is missed and nothing comes twice."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from fleet import CONFIG, wait_until
from patience import PATIENCE_SECONDS
from sshd import SSHD, Sshd
from trinity_tui.bus import new_message, open_bus
from trinity_tui.client.connection import Connection
from trinity_tui.client.mirror import Mirror
from trinity_tui.client.remote import Remote
from trinity_tui.core.elsewhere import AskError, parse
from trinity_tui.core.errors import ClientError
from trinity_tui.core.wire import face
from trinity_tui.process import procfs

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator
    from pathlib import Path

    from fleet import Fleet
    from trinity_tui.core.wire.face import ToFace

pytestmark = pytest.mark.skipif(not SSHD, reason="there is no sshd")
MESSAGES = 1_000


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    server = Sshd(tmp_path / "sshd", login="echo You have mail.; echo 'Last login: never' >&2")
    yield server
    server.stop()


@pytest.fixture
def quiet(fleet: Fleet) -> Fleet:
    """A coordinator without instances: all that is said is what the test says."""
    fleet.write_config(CONFIG, instances={})
    fleet.serve(ready=False)
    wait_until(fleet.status, "a coordinator that answers")
    return fleet


class Noting(Mirror):
    """A mirror that notes each message it takes as new, and why the link was lost each time."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[str] = []
        self.snapshots = 0
        self.losses: list[str] = []

    def apply(self, frame: ToFace) -> None:
        if isinstance(frame, face.Batch):
            at = self.room.position
            self.taken += [record.message.id for record in frame.records if record.position >= at]
        self.snapshots += isinstance(frame, face.Greeting) and frame.room is not None
        super().apply(frame)

    def link(self, connected: bool, reason: str = "", at: float | None = None) -> None:
        if not connected:
            self.losses.append(reason)
        super().link(connected, reason, at)


@asynccontextmanager
async def attached(sshd: Sshd, target: Path | str, **how: Any) -> AsyncGenerator[tuple[Connection, Remote]]:
    way = Remote(parse(sshd.target(target)), sshd.ssh, **how)
    connection = Connection(way, read_only=how.get("read_only", False))
    connection.mirror = Noting()
    try:
        await way.knock()
        running = asyncio.create_task(connection.run())
        await until(connection, lambda: connection.mirror.connected)
        yield connection, way
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    finally:
        await way.aclose()


async def until(connection: Connection, is_so: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_so():
            await connection.changed.wait()
            connection.changed.clear()


def processes(word: str) -> list[int]:
    """Our own processes with this word in their command line."""
    return [
        pid
        for pid in procfs.scan()
        if word in (procfs.read(f"/proc/{pid}/cmdline") or b"").decode(errors="replace")
    ]  # fmt: skip


def ssh_of(sshd: Sshd) -> int:
    (pid,) = [pid for pid in processes(f"-F\0{sshd.ssh[2]}") if os.getpid() in procfs.ancestors(pid)]
    return pid


async def test_a_screen_elsewhere_sees_speaks_and_leaves_nothing_behind(fleet: Fleet, sshd: Sshd) -> None:
    await asyncio.to_thread(fleet.serve)
    async with attached(sshd, fleet.root) as (screen, _):
        assert screen.mirror.greeting is not None
        assert screen.mirror.greeting.rights == "person"
        sent = await screen.request("send", to="explorer-1", content="search: refresh", type="question")
        await until(screen, lambda: any(row.reply_to == sent["id"] for row in screen.mirror.room.flow))
        (fleet.root / "notes.txt").write_text("of the other computer")
        assert "notes.txt" in await screen.request("files/complete", begun="no")
        whole = await screen.request("files/attach", content="see @notes.txt")
        assert "of the other computer" in whole["content"]
        assert sshd.children
    await asyncio.to_thread(wait_until, lambda: not sshd.children, "no process of the login is left")


async def lose_by_killing_ssh(sshd: Sshd, fleet: Fleet) -> None:
    os.kill(ssh_of(sshd), signal.SIGKILL)


async def lose_by_stopping_ssh(sshd: Sshd, fleet: Fleet) -> None:
    os.kill(ssh_of(sshd), signal.SIGSTOP)


async def lose_by_killing_the_server(sshd: Sshd, fleet: Fleet) -> None:
    await asyncio.to_thread(sshd.stop)
    await asyncio.to_thread(sshd.start)


async def lose_by_stopping_the_bridge(sshd: Sshd, fleet: Fleet) -> None:
    (bridge,) = [pid for pid in processes("trinity_tui\0bridge") if pid in sshd.children]
    sshd.freeze(bridge)


async def lose_by_killing_the_coordinator(sshd: Sshd, fleet: Fleet) -> None:
    os.kill(fleet.status()["coordinator"]["pid"], signal.SIGKILL)


LOSSES = [
    lose_by_killing_ssh, lose_by_stopping_ssh, lose_by_killing_the_server, lose_by_stopping_the_bridge,
    lose_by_killing_the_coordinator,
]  # fmt: skip


@pytest.mark.parametrize("lose", LOSSES)
async def test_a_lost_link_comes_back_with_every_message_once(lose: Any, quiet: Fleet, sshd: Sshd) -> None:
    bus = open_bus(quiet.workspace.bus, "test")
    said: list[str] = []

    async def say(count: int) -> None:
        messages = [new_message("pub-1", "pub-2", "message", f"number {len(said) + one}") for one in range(count)]
        await bus.publish(*messages)
        said.extend(message.id for message in messages)

    async with attached(sshd, quiet.root, is_started=True) as (screen, _):
        mirror = screen.mirror
        assert isinstance(mirror, Noting)
        mirror.taken.clear()
        mirror.losses.clear()
        await say(50)
        await until(screen, lambda: len(mirror.taken) >= 50)
        await lose(sshd, quiet)
        for _ in range((MESSAGES - 100) // 50):
            await say(50)
        # It may be there again already.
        await until(screen, lambda: mirror.losses)
        assert all(mirror.losses)
        await say(50)
        await until(screen, lambda: mirror.connected and len(set(said) - set(mirror.taken)) == 0)
        assert [one for one in mirror.taken if one in set(said)] == said
        assert mirror.snapshots == 1


async def test_what_only_looks_is_held_by_the_bridge_and_by_the_coordinator(quiet: Fleet, tmp_path: Path) -> None:
    forced = Sshd(tmp_path / "forced", forced=f"trinity -C {quiet.root} bridge --read-only")
    try:
        # The screen asks for everything: it is the login that is held.
        async with attached(forced, quiet.root) as (screen, _):
            assert screen.mirror.only_looks
            assert (await screen.request("status"))["workspace"] == quiet.root.name
            for do in ("send", "down", "files/complete", "nothing known"):
                with pytest.raises(ClientError, match="only looks: .* was not passed on"):
                    await screen.request(do)
        with pytest.raises(ClientError, match="can be attached to with this login"):
            other = tmp_path / "other"
            other.mkdir()
            (other / "instances.toml").write_text("")
            async with attached(forced, other):
                pass
    finally:
        forced.stop()


async def knock(sshd: Sshd, path: Path | str, ssh: list[str] | None = None) -> str:
    """What is said where there is no way to a coordinator."""
    way = Remote(parse(sshd.target(path)), ssh or sshd.ssh)
    try:
        with pytest.raises(ClientError) as refused:
            await way.knock()
        return refused.value.sentence()
    finally:
        await way.aclose()


async def test_each_reason_for_no_way_is_a_sentence_with_what_to_do(fleet: Fleet, sshd: Sshd, tmp_path: Path) -> None:
    assert "no coordinator runs" in await knock(sshd, fleet.root)
    nasty = tmp_path / "a 'b\" $(touch broken);c"
    assert "no instances.toml in" in (said := await knock(sshd, str(nasty).replace(" ", "%20")))
    assert "trinity init" in said
    assert "no instances.toml in" in await knock(sshd, "/~/surely-not-there")
    assert "cannot be run" in await knock(sshd, fleet.root, [str(tmp_path / "no-such-ssh")])
    program = tmp_path / "sshd" / "bin" / "trinity"
    program.write_text("#!/bin/sh\necho 'No such command bridge' >&2; exit 2\n")
    assert "Bring it to this version" in await knock(sshd, fleet.root)
    program.write_text("#!/bin/sh\nexit 127\n")
    assert "has no trinity" in await knock(sshd, fleet.root)
    program.write_text("#!/bin/sh\nexec cat /dev/zero\n")
    assert "no bridge began" in await knock(sshd, fleet.root)
    await asyncio.to_thread(sshd.stop)
    assert "Connection refused" in await knock(sshd, fleet.root)


async def test_a_password_is_asked_for_at_the_terminal_and_not_behind_it(quiet: Fleet, sshd: Sshd) -> None:
    async with attached(sshd, quiet.root) as (screen, _):
        sshd.forget_user()
        await asyncio.to_thread(lambda: os.kill(ssh_of(sshd), signal.SIGKILL))
        await until(screen, lambda: "Press L" in screen.mirror.link_reason)
        assert "Permission denied" in screen.mirror.link_reason
        with pytest.raises(AskError):
            await screen.enter()
        sshd.allow_user()
        await screen.enter()
        await until(screen, lambda: screen.mirror.connected)


async def test_a_coordinator_is_started_there_where_that_is_wished(fleet: Fleet, sshd: Sshd) -> None:
    fleet.write_config(CONFIG, instances={})
    async with attached(sshd, fleet.root, is_started=True) as (screen, _):
        assert (await screen.request("status"))["workspace"] == fleet.root.name
        # One that was told to end stays away.
        await screen.request("down")
        await until(screen, lambda: "no coordinator" in screen.mirror.link_reason)
        await asyncio.to_thread(wait_until, lambda: not fleet.processes(), "everything stopped")
