"""A run that is over becomes one block, whoever dies while it is written, and one word on the bus."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from patience import until
from trinity_tui.bus import new_message, open_carrier
from trinity_tui.core.address import COORDINATOR
from trinity_tui.core.carrier import Carriage
from trinity_tui.core.handoff import blocks
from trinity_tui.core.handoff.lives import Lives
from trinity_tui.core.paths import Workspace
from trinity_tui.daemon import journaling as module
from trinity_tui.daemon.journaling import Journaling
from trinity_tui.daemon.succession import Succession
from trinity_tui.handoff.sessions import Sessions
from trinity_tui.store import document

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from trinity_tui.bus import Bus
    from trinity_tui.core.message import Message

RUNS = (("builder-1", 1), ("builder-2", 1), ("builder-1", 2))


class DiedError(BaseException):
    """What a kill does: nothing after it is done."""


class Desk:
    """A workspace with a log, and coordinators that come and go."""

    def __init__(self, root: Path, bus: Bus) -> None:
        self.workspace = Workspace(root)
        self.workspace.runtime.mkdir(exist_ok=True)
        self.bus = bus
        self.notices: dict[str, str] = {}

    async def journaling(self, sessions: Sessions | None = None) -> Journaling:
        """One coordinator's, that took up where the one before left off."""
        made = Journaling(
            self.workspace, self.bus, sessions or self.sessions(), "C1",
            written=lambda: None, notice=lambda about, text: self.notices.update({about: text}),
            succession=Succession(lambda: None),
        )  # fmt: skip
        await made.begin()
        return made

    def sessions(self) -> Sessions:
        """Where the blocks are."""
        return Sessions(self.workspace.root, "C1")

    async def stands(self, who: str, state: str, epoch: int) -> None:
        """The coordinator says how an instance is."""
        said = {"instance": who, "state": state, "epoch": epoch, "role": "builder"}
        await self.bus.publish(new_message(COORDINATOR, "human", "status", "", origin="coordinator", metadata=said))

    async def lives_through(self) -> None:
        """The runs, each of which finds something."""
        for who, epoch in RUNS:
            await self.stands(who, "ONLINE", epoch)
            finding = new_message(who, "broadcast", "finding", f"{who} found {epoch}", origin="peer")
            await self.bus.publish(finding)
            await self.stands(who, "OFFLINE", epoch)

    async def announced(self) -> list[Message]:
        """The words about blocks, the same one once."""
        said = [record.message async for record in self.bus.read(0) if record.message.type == "session"]
        return list({message.id: message for message in said}.values())

    def told(self) -> list[str]:
        """What the blocks say was found."""
        found = [line for version in self.sessions().versions() for line in version.text.split("\n")]
        return sorted(line for line in found if line.startswith("- Found: "))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk."""
    (tmp_path / ".trinity").mkdir()
    bus = await open_carrier(tmp_path / ".trinity" / "bus", COORDINATOR, Carriage(), "os")
    try:
        yield Desk(tmp_path, bus)
    finally:
        await bus.aclose()


EXPECTED = sorted(f"- Found: {who} found {epoch}" for who, epoch in RUNS)


async def test_each_run_is_one_block_and_one_word(desk: Desk) -> None:
    journaling = await desk.journaling()
    await desk.lives_through()
    assert await journaling.finish()
    assert desk.told() == EXPECTED
    words = await desk.announced()
    assert [word.metadata["epoch"] for word in words] == [1, 1, 2]
    assert {word.metadata["block"] for word in words} == {version.id for version in desk.sessions().versions()}
    again = await desk.journaling()
    assert not await again.finish()
    assert len(await desk.announced()) == 3


@pytest.mark.parametrize("step", range(12))
async def test_whatever_step_it_dies_at_the_next_coordinator_leaves_each_block_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Every write, and every publication, may be the last thing a coordinator does, or the last it does not."""
    journaling = await desk.journaling()
    await desk.lives_through()
    left = step

    def dies() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise DiedError

    def write_bytes(path: object, content: bytes, *, durable: bool = True) -> None:
        dies()
        real_write(path, content, durable=durable)  # pyright: ignore[reportArgumentType]

    async def publish(*messages: Message) -> list[int]:
        dies()
        return await real_publish(*messages)

    real_write, real_publish = document.write_bytes, desk.bus.publish
    with monkeypatch.context() as patch:
        patch.setattr(document, "write_bytes", write_bytes)
        patch.setattr(desk.bus, "publish", publish)
        try:
            await journaling.finish()
        except DiedError:
            assert left < 0
    after = await desk.journaling()
    await after.finish()
    assert desk.told() == EXPECTED
    assert not [version for version in desk.sessions().versions() if version.revision]
    assert len(await desk.announced()) == len(RUNS)


async def test_what_a_person_put_right_in_a_block_is_not_told_otherwise_again(desk: Desk) -> None:
    journaling = await desk.journaling()
    await desk.lives_through()
    state = desk.workspace.lives.read_bytes()
    await journaling.finish()
    sessions = desk.sessions()
    first = sessions.shown()[0]
    path = sessions.folder / f"{first.name}.md"
    path.write_text(blocks.written(blocks.Version(first.id, first.text.replace("found 1", "found one"))))
    desk.workspace.lives.write_bytes(state)  # As if it had been killed before it was saved.
    again = await desk.journaling()
    await again.finish()
    assert "found one" in path.read_text()
    assert len(desk.sessions().versions()) == len(RUNS)


async def test_a_disk_that_refuses_is_said_and_tried_again(desk: Desk) -> None:
    journaling = await desk.journaling()
    await desk.lives_through()
    (desk.workspace.root / "coordination").write_text("not a folder")
    await journaling.finish()
    assert "builder-1, builder-2 are not written down yet" in desk.notices["sessions"]
    (desk.workspace.root / "coordination").unlink()
    await journaling.finish()
    assert desk.told() == EXPECTED
    assert desk.notices["sessions"] == ""


async def test_what_ended_is_written_while_it_runs(desk: Desk) -> None:
    journaling = await desk.journaling()
    running = asyncio.create_task(journaling.run())
    try:
        await desk.lives_through()
        journaling.folded([record async for record in desk.bus.read(0)])

        async def all_are_announced() -> bool:
            return len(await desk.announced()) == len(RUNS)

        await until(all_are_announced, "what ended is announced")
        assert desk.told() == EXPECTED
    finally:
        running.cancel()
        await asyncio.wait([running])


async def test_what_is_folded_is_saved_after_so_many_records_however_long_they_are(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SAVED_RECORDS", 5)
    journaling = await desk.journaling()
    await desk.bus.publish(*(new_message("builder-1", "human", "message", "word " * 50) for _ in range(5)))
    records = [record async for record in desk.bus.read(0)]
    running = asyncio.create_task(journaling.run())
    try:
        journaling.folded(records[:4])
        assert not journaling._news.is_set()  # pyright: ignore[reportPrivateUsage]  # nobody else is told
        journaling.folded(records[4:])

        def is_saved() -> bool:
            kept = document.read(desk.workspace.lives, Lives)
            return kept is not None and kept.position > records[-1].position

        await until(is_saved)
    finally:
        running.cancel()
        await asyncio.wait([running])
