"""Following an output: it begins with the last lines, misses none, shows none twice, and goes on with the next run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from trinity_tui.core.paths import Workspace
from trinity_tui.daemon.outputs import Outputs

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
    async with asyncio.timeout(10):
        async for run, lines, anew in outputs.follow("lead-1", 3):
            seen += [f"run {run}"] if anew else lines
            if seen[-1] == "line 99":
                with first.open("a") as file:
                    file.write("ne\nlast\n")
            elif seen[-1] == "last":
                workspace.instance("lead-1").output_of(2).write_text("again\n")
                epoch = 2
            elif seen[-1] == "again":
                break
    assert seen == ["run 1", "line 97", "line 98", "line 99", "half a line", "last", "run 2", "again"]


async def test_an_instance_that_printed_nothing_yet_is_waited_for(own_home: Path) -> None:
    workspace = Workspace(own_home)
    outputs = Outputs(workspace, lambda _: 1)
    assert outputs.last("lead-1", 5) == (1, [])
    path = workspace.instance("lead-1").output_of(1)
    async with asyncio.timeout(10):
        async for _, lines, anew in outputs.follow("lead-1", 5):
            if anew:
                path.parent.mkdir(parents=True)
                path.write_text("hello\n")
            else:
                assert lines == ["hello"]
                break
