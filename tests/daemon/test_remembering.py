"""What the log says of the memory is in the computer's file and in the index, whoever dies, tears or removes what."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from memory_lines import line
from patience import until
from trinity_tui.bus import new_message, open_bus
from trinity_tui.core import memory_fold
from trinity_tui.core.memory import encode
from trinity_tui.core.paths import Workspace
from trinity_tui.daemon import remembering
from trinity_tui.daemon.remembering import Remembering
from trinity_tui.memory import records
from trinity_tui.memory.index import Index

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from trinity_tui.bus import FileBus
    from trinity_tui.core.memory import Record

KILLED = Path(__file__).parent / "programs" / "remembering_killed.py"


class Ground:
    """A workspace with a log, and what is remembered of it."""

    def __init__(self, root: Path, bus: FileBus) -> None:
        self.workspace = Workspace(root)
        self.bus = bus
        self.troubles: list[str] = []
        self.changes = 0

    async def say(self, text: str, kind: str = "memory", **fields: Any) -> int:
        """Say something to be remembered, and where it stands."""
        message = new_message("builder-1", "broadcast", kind, text, origin="peer", metadata=fields)
        (position,) = await self.bus.publish(message)
        return position

    def _changed(self) -> None:
        self.changes += 1

    @asynccontextmanager
    async def remembering(self) -> AsyncGenerator[Remembering]:
        """A coordinator's memory, for a while."""
        keeping = Remembering(self.workspace, self.bus, "C1", self.troubles.append, self._changed)
        running = asyncio.create_task(keeping.run())
        await keeping.tried.wait()
        try:
            yield keeping
        finally:
            running.cancel()
            await asyncio.wait({running})
            await keeping.aclose()

    async def kept(self) -> list[str]:
        """What a life of a coordinator leaves in the index."""
        async with self.remembering():
            return self.folded()

    def texts(self) -> list[str]:
        """What the index has."""
        return [one.text for one in self.indexed()]

    def indexed(self) -> list[Record]:
        """The records of the index."""
        index = Index.open(self.workspace.memory_index, read_only=True)
        found = index.all_records()
        index.close()
        return found

    def folded(self) -> list[str]:
        """What the index has, which is what a fold of all lines says."""
        found = self.indexed()
        lines = [one for path in self.workspace.memory.glob("*.jsonl") for one in records.read_all(path)]
        assert found == memory_fold.fold(lines)
        return [one.text for one in found]


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncGenerator[Ground]:
    workspace = Workspace(tmp_path)
    bus = open_bus(workspace.bus, "coordinator")
    yield Ground(tmp_path, bus)
    await bus.aclose()


async def until_kept(ground: Ground, wanted: set[str]) -> None:
    """Wait until the index has exactly these."""
    await until(lambda: set(ground.texts()) == wanted, f"{wanted} in the index")


async def test_what_is_said_is_kept_and_found_by_the_next_life(ground: Ground) -> None:
    await ground.say("the port is 8080", subject="server", predicate="port", value="8080")
    await ground.say("a queue is unbounded", "finding", path="a.py", line=3)
    await ground.say("nothing to remember", "message")
    assert await ground.kept() == ["the port is 8080", "a queue is unbounded"]
    async with ground.remembering() as keeping:
        position = await ground.say("said while it runs")
        keeping.hear([record async for record in ground.bus.read(position)])
        await keeping.kept(position)
        assert "said while it runs" in ground.texts()
    assert len(await ground.kept()) == 3
    assert not any(ground.troubles)


async def test_it_is_told_when_something_else_can_be_found_and_only_then(ground: Ground) -> None:
    await ground.say("the server listens on 8001")
    async with ground.remembering() as keeping:
        assert ground.changes == 1
        from_elsewhere = line("elsewhere", text="tests run with make test")
        assert await keeping.take_in([from_elsewhere]) == 1
        assert ground.changes == 2
        assert await keeping.take_in([from_elsewhere]) == 0
        assert ground.changes == 2
        await keeping.rebuild()
        assert ground.changes == 3


async def test_where_it_came_to_is_only_a_short_cut(ground: Ground) -> None:
    await ground.say("one")
    await ground.kept()
    ground.workspace.memory_place.write_text("{torn")
    await ground.say("two")
    assert await ground.kept() == ["one", "two"]
    ground.workspace.memory_place.unlink()
    assert await ground.kept() == ["one", "two"]
    assert len((ground.workspace.memory / "C1.jsonl").read_text().splitlines()) == 2


async def test_a_file_that_was_put_aside_is_written_again_from_the_log(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "LOOK_SECONDS", 0.02)
    await ground.say("one")
    async with ground.remembering():
        (ground.workspace.memory / "C1.jsonl").unlink()
        await until(lambda: records.read_all(ground.workspace.memory / "C1.jsonl"), "the file is written again")
    assert await ground.kept() == ["one"]


@pytest.mark.parametrize("damage", ["gone", "torn", "no database"])
async def test_an_index_that_cannot_be_used_is_made_anew(ground: Ground, damage: str) -> None:
    for number in range(20):
        await ground.say(f"number {number}")
    await ground.kept()
    index = ground.workspace.memory_index
    match damage:
        case "gone":
            index.unlink()
        case "torn":
            index.write_bytes(index.read_bytes()[:5_000])
        case _:
            index.write_text("no database" * 1_000)
    assert len(await ground.kept()) == 20
    assert not any(ground.troubles)


async def test_an_index_removed_while_it_runs_is_made_anew(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "LOOK_SECONDS", 0.02)
    await ground.say("one")
    async with ground.remembering():
        ground.workspace.memory_index.unlink()
        await until(ground.workspace.memory_index.exists, "the index is made anew")
    assert await ground.kept() == ["one"]


async def test_lines_of_other_computers_are_taken_in_as_they_come(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "LOOK_SECONDS", 0.02)
    await ground.say("ours")
    async with ground.remembering():
        theirs = ground.workspace.memory / "C2.jsonl"
        theirs.write_bytes(encode(line("c2-1", text="theirs", computer="C2")) + b"\n")
        await until_kept(ground, {"theirs", "ours"})
        with theirs.open("ab") as file:
            file.write(encode(line("c2-2", at=1, text="theirs too", computer="C2")) + b"\n")
        await until_kept(ground, {"theirs", "theirs too", "ours"})


async def test_what_cannot_be_kept_is_said_and_kept_when_it_can(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "RETRY_SECONDS", 0.02)
    await ground.say("one")
    (ground.workspace.root / "coordination").write_text("a file where a folder should be")
    async with ground.remembering():
        assert "cannot be kept" in ground.troubles[0]
        (ground.workspace.root / "coordination").unlink()
        await until(lambda: not ground.troubles[-1], "it is said to be over")
        assert ground.folded() == ["one"]


async def test_a_secret_is_masked_before_it_is_kept(ground: Ground) -> None:
    await ground.say("the key is sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
    (text,) = await ground.kept()
    assert "abcdefgh" not in text
    assert b"abcdefgh" not in (ground.workspace.memory / "C1.jsonl").read_bytes()


async def test_nothing_is_lost_or_doubled_by_a_kill_between_any_two_writes(ground: Ground, tmp_path: Path) -> None:
    said = [f"number {number}" for number in range(3)]
    for text in said:
        await ground.say(text)
    mine = ground.workspace.memory / "C1.jsonl"
    lives = await asyncio.create_subprocess_exec(
        sys.executable, str(KILLED), str(tmp_path), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert lives.stdin
    assert lives.stdout
    for left in range(200):
        lives.stdin.write(f"{left}\n".encode())
        code = int(await lives.stdout.readline())
        kept = await ground.kept()
        assert set(said) <= set(kept), f"after a kill at touch {left}"
        assert set(Counter(one.id for one in records.read_all(mine)).values()) == {1}
        if code == 0:
            assert left > 8
            assert "said last" in kept
            break
        assert code == -signal.SIGKILL
        # Each death in a life that begins from nothing, but for every second one, which goes on where one was before.
        for path in (mine, ground.workspace.memory_place, ground.workspace.memory_index) if left % 2 else ():
            path.unlink()
    else:
        pytest.fail("it was never done")
    lives.stdin.close()
    assert await lives.wait() == 0
