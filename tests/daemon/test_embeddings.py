"""A second ranker is used once it was measured and helps; its vectors are made behind all else."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from fakes.running import running
from fakes.scripted import Script
from memory_lines import line
from patience import until
from trinity_tui.core.words import fingerprint
from trinity_tui.daemon import embeddings
from trinity_tui.daemon.embeddings import Embeddings
from trinity_tui.memory import second
from trinity_tui.memory.index import Index
from trinity_tui.memory.second import Found, Setting, Verdict
from trinity_tui.memory.vectors import Vectors
from trinity_tui.store import document

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

GOOD = Verdict("knowing", 2.0, Found(0.9, 0.8), Found(0.95, 0.9))


class Ground:
    """An index, and what asks for vectors of it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "memory.db"
        self.wanted: tuple[str, str] = ("http://127.0.0.1:1", "knowing")
        self.sentences: list[str] = []
        self.index = Index.open(self.path)

    def judge(self, *verdicts: Verdict) -> None:
        """What was measured."""
        document.write(second.verdicts_path(self.path), {one.model: one for one in verdicts})

    def say(self, first: int, count: int) -> None:
        """Have more remembered."""
        self.index.apply([line(f"m{number}", number, text=f"text {number}") for number in range(first, first + count)])

    def made(self, count: int) -> int:
        """Of how many texts there are vectors."""
        names = [fingerprint(f"text {number}") for number in range(count)]
        return len(Vectors(second.vectors_path(self.path), "knowing").of(names))

    @asynccontextmanager
    async def embedding(self) -> AsyncGenerator[None]:
        """A coordinator's, for a while."""
        task = asyncio.create_task(Embeddings(self.path, lambda: self.wanted, self.sentences.append).run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.setattr(embeddings, "LOOK_SECONDS", 0.02)
    return Ground(tmp_path)


async def test_a_model_that_helps_is_used_and_has_vectors_of_all_there_is_and_comes(ground: Ground) -> None:
    with running("fakes.ollama", ground.path.parent, Script(models=["knowing:latest"])) as server:
        ground.wanted = server.url, "knowing"
        ground.judge(GOOD)
        ground.say(0, 80)
        async with ground.embedding():
            await until(lambda: ground.made(80) == 80)
            ground.say(80, 3)
            await until(lambda: ground.made(83) == 83)
    assert document.read(second.setting_path(ground.path), Setting) == Setting(server.url, "knowing", 2.0)
    ground.index.close()


async def test_one_that_was_not_measured_or_does_not_help_is_not_used_and_that_is_said(ground: Ground) -> None:
    document.write(second.setting_path(ground.path), Setting("http://127.0.0.1:1", "knowing", 1.0))
    async with ground.embedding():
        await until(lambda: any("until `trinity memory embeddings knowing`" in one for one in ground.sentences))
        assert not second.setting_path(ground.path).exists()
        ground.judge(Verdict("knowing", 1.0, Found(0.9, 0.8), Found(0.9, 0.8)))
        await until(lambda: "does not help" in ground.sentences[-1])
        ground.wanted = "http://127.0.0.1:1", ""
        await until(lambda: ground.sentences[-1] == "")
    assert not second.setting_path(ground.path).exists()
    ground.index.close()


async def test_a_server_that_is_gone_is_said_and_gone_on_with_when_it_is_back(ground: Ground) -> None:
    ground.judge(GOOD)
    ground.say(0, 5)
    async with ground.embedding():
        await until(lambda: any("searched by its words alone" in one for one in ground.sentences))
        with running("fakes.ollama", ground.path.parent, Script(models=["knowing:latest"])) as server:
            ground.wanted = server.url, "knowing"
            await until(lambda: ground.made(5) == 5 and ground.sentences[-1] == "")
    ground.index.close()
