"""What is told as it comes: joined to a few pieces a second, each saying where it stands, in their order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from trinity_tui.core.wire.live import Piece, ToolUse
from trinity_tui.harness.thinking import telling
from trinity_tui.harness.thinking.telling import Telling

if TYPE_CHECKING:
    import pytest

    from trinity_tui.core.wire.live import FromInstance


async def test_tokens_are_joined_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "PIECE_SECONDS", 3600.0)
    said: list[FromInstance] = []
    told = Telling("m1", said.append)
    told.text("a")
    for token in ("b", "c"):
        told.text(token, is_thinking=True)
    told.text("d")
    assert said == [Piece("m1", 0, "a")]
    use = ToolUse("m1", "c1", "read", "read a", "runs")
    told.use(use)
    assert said[1:] == [Piece("m1", 0, "bc", is_thinking=True), Piece("m1", 1, "d"), use]
    told.separate()
    told.text("e")
    told.flush()
    assert said[4:] == [Piece("m1", 2, "\n\ne")]


async def test_a_stream_is_told_a_few_times_a_second_and_its_end_without_a_flush(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(telling, "PIECE_SECONDS", 0.05)
    said: list[FromInstance] = []
    told = Telling("m1", said.append)
    loop = asyncio.get_running_loop()
    began = loop.time()
    for _ in range(200):
        told.text("x")
        await asyncio.sleep(0)
    while sum(len(piece.text) for piece in said if isinstance(piece, Piece)) < 200:
        await asyncio.sleep(0.005)
    assert len(said) <= (loop.time() - began) / 0.05 + 2


async def test_nothing_is_separated_from_nothing() -> None:
    said: list[FromInstance] = []
    told = Telling("m1", said.append)
    told.separate()
    told.flush()
    assert said == []
