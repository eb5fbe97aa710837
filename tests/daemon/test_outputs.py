"""Following an output: it begins with the last lines, misses none, shows none twice, and goes on with the next run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from patience import PATIENCE_SECONDS
from trinity_tui.core.paths import Workspace
from trinity_tui.daemon.outputs import Outputs, Piece, Place

if TYPE_CHECKING:
    from pathlib import Path


async def test_no_gap_no_double_and_the_next_run(own_home: Path) -> None:
    workspace, epoch = Workspace(own_home), 1
    folder = workspace.instance("lead-1").output
    folder.mkdir(parents=True)
    first = workspace.instance("lead-1").output_of(1)
    first.write_text("".join(f"line {n}\n" for n in range(100)) + "half a li")
    outputs = Outputs(workspace, lambda _: epoch)
    assert outputs.last("lead-1", 2) == (1, ["line 99", "half a li"])
    seen: list[str] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for piece in outputs.follow("lead-1", 3):
            seen += [f"run {piece.place.epoch}"] if piece.anew else piece.lines
            if seen[-1] == "line 99":
                with first.open("a") as file:
                    file.write("ne\nlast\n")
            elif seen[-1] == "last":
                workspace.instance("lead-1").output_of(2).write_text("again\n")
                epoch = 2
            elif seen[-1] == "again":
                break
    assert seen == ["run 1", "line 97", "line 98", "line 99", "half a line", "last", "run 2", "again"]


def test_the_last_lines_of_an_earlier_run(own_home: Path) -> None:
    workspace = Workspace(own_home)
    workspace.instance("lead-1").output.mkdir(parents=True)
    for epoch in (1, 2):
        workspace.instance("lead-1").output_of(epoch).write_text(f"run {epoch}\n")
    outputs = Outputs(workspace, lambda _: 2)
    assert outputs.last("lead-1", 5) == (2, ["run 2"])
    assert outputs.last("lead-1", 5, 1) == (1, ["run 1"])


async def test_an_instance_that_printed_nothing_yet_is_waited_for(own_home: Path) -> None:
    workspace = Workspace(own_home)
    outputs = Outputs(workspace, lambda _: 1)
    assert outputs.last("lead-1", 5) == (1, [])
    path = workspace.instance("lead-1").output_of(1)
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for piece in outputs.follow("lead-1", 5):
            if piece.anew:
                path.parent.mkdir(parents=True)
                path.write_text("hello\n")
            else:
                assert piece.lines == ["hello"]
                assert (piece.at, piece.is_end) == (path.stat().st_mtime, True)
                break


async def test_runs_that_came_and_went_meanwhile_are_not_left_out(own_home: Path) -> None:
    workspace, epoch = Workspace(own_home), 1
    workspace.instance("lead-1").output.mkdir(parents=True)
    outputs = Outputs(workspace, lambda _: epoch)
    seen: list[str] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for piece in outputs.follow("lead-1", 3):
            seen += piece.lines
            if not seen and epoch == 1:
                for number in (1, 2, 4):
                    workspace.instance("lead-1").output_of(number).write_text(f"run {number}\nkilled in a li")
                epoch = 4
            elif seen[-1:] == ["run 4"]:
                break
    half = "killed in a li"
    assert seen == ["run 1", half, "run 2", half, "run 4"]


async def test_another_coordinator_goes_on_where_the_last_one_was(own_home: Path) -> None:
    workspace = Workspace(own_home)
    workspace.instance("lead-1").output.mkdir(parents=True)
    first, second = (workspace.instance("lead-1").output_of(number) for number in (1, 2))
    first.write_text("".join(f"line {n}\n" for n in range(1000)))
    seen: list[str] = []
    place, epochs = Place(1, 0), [1]
    for life in range(3):
        outputs = Outputs(workspace, lambda _: epochs[-1])
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for piece in outputs.follow("lead-1", 5, after=place):
                seen += piece.lines
                place = piece.place
                if piece.lines:
                    break
        outputs.close()
        if life == 0:
            with first.open("a") as file:
                file.write("said while nobody followed\n")
        else:
            second.write_text("and in another run\n")
            epochs.append(2)
    assert seen[-3:] == ["line 999", "said while nobody followed", "and in another run"]
    assert len(seen) == 1002


async def test_a_place_that_is_gone_begins_with_the_last_lines(own_home: Path) -> None:
    workspace = Workspace(own_home)
    workspace.instance("lead-1").output.mkdir(parents=True)
    workspace.instance("lead-1").output_of(7).write_text("one\ntwo\n")
    outputs = Outputs(workspace, lambda _: 7)
    for after in (Place(3, 10), Place(7, 1000), Place(9, 0)):
        seen: list[Piece] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for piece in outputs.follow("lead-1", 1, after):
                seen.append(piece)
                if piece.lines:
                    break
        assert [piece.anew for piece in seen] == [True, False]
        assert seen[-1].lines == ["two"]
    outputs.close()
