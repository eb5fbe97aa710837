"""What a command writes is bounded as a whole, in bytes, files and what is left; what others write does not count."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from patience import PATIENCE_SECONDS
from trinity_tui.tools import command, written
from trinity_tui.tools.bounds import Bounds
from trinity_tui.tools.sandbox.scratch import Scratch
from trinity_tui.tools.written import DiskBounds, Written

if TYPE_CHECKING:
    from collections.abc import Iterator

MB = 2**20
LIMIT_SECONDS = PATIENCE_SECONDS
LONG, SHORT = 60, 0
"""For how many seconds a command goes on after it wrote: until it is ended, or no longer where nothing ends it."""
SPREAD = """
import os, sys, time
number = 0
until = time.monotonic() + 30
while time.monotonic() < until:
    with open(f"{sys.argv[1]}/{number}", "wb") as file:
        file.write(bytes(int(sys.argv[2])))
    number += 1
    if number == int(sys.argv[3]):
        break
time.sleep(int(sys.argv[-1]))
print("written")
"""
UNLINKED = """
import os, sys, time
held = []
for number in range(30):
    file = open(f"{sys.argv[1]}/{number}", "wb")
    file.write(bytes(4 << 20))
    file.flush()
    os.unlink(file.name)
    held.append(file)
time.sleep(int(sys.argv[-1]))
print("written")
"""
IN_MEMORY = """
import os, sys, time
held = [os.memfd_create("x") for _ in range(30)]
for one in held:
    os.write(one, bytes(8 << 20))
time.sleep(int(sys.argv[-1]))
print("written")
"""
DEEP = """
import os, sys, time
for _ in range(300):
    os.mkdir("x" * 100)
    os.chdir("x" * 100)
with open("big", "wb") as file:
    for _ in range(100):
        file.write(bytes(1 << 20))
time.sleep(int(sys.argv[-1]))
print("written")
"""


def bounds(place: Path, size: int = 1 << 40, files: int = 1 << 40, memory: int = 1 << 40) -> Bounds:
    return Bounds(memory, 1000, DiskBounds((str(place),), frozenset(), size, files))


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that can be removed however deep it became."""
    with Scratch.make() as made:
        yield Path(made.tmp)


async def run(folder: Path, script: str, *arguments: object, **limits: int) -> command.Outcome:
    own = Path(tempfile.mkdtemp(dir=folder))
    argv = [sys.executable, "-c", script, str(own), *map(str, arguments), str(LONG if limits else SHORT)]
    return await command.run(argv, own, LIMIT_SECONDS, bounds=bounds(own, **limits))


@pytest.mark.parametrize(
    ("script", "arguments"), [(SPREAD, (MB, 100)), (UNLINKED, ()), (DEEP, ())], ids=["many", "unlinked", "too deep"]
)
async def test_bytes_are_bounded_together(place: Path, script: str, arguments: tuple[int, ...]) -> None:
    done = await run(place, script, *arguments, size=40 * MB)
    assert done.output == ""
    assert done.problem.startswith(("ended: more than 40 MB written", "ended: the disk is filling, and"))
    assert (await run(place, script, *arguments)).output == "written\n"


async def test_files_are_bounded_together(tmp_path: Path) -> None:
    done = await run(tmp_path, SPREAD, 0, 5000, files=1000)
    assert (done.problem, done.output) == ("ended: more than 1000 files written", "")
    assert (await run(tmp_path, SPREAD, 0, 5000)).output == "written\n"


async def test_files_in_memory_are_memory(tmp_path: Path) -> None:
    done = await run(tmp_path, IN_MEMORY, memory=100 * MB)
    assert (done.problem, done.output) == ("ended: more than 100 MB of memory", "")
    assert (await run(tmp_path, IN_MEMORY)).output == "written\n"


def test_what_others_write_is_not_its_doing(tmp_path: Path) -> None:
    """Neither beside the folder, nor in it before the command began."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "old").write_bytes(bytes(60 * MB))
    time.sleep(1.1)  # The clock of files is that much behind at most.
    its = Written(bounds(tmp_path / "work", size=40 * MB, files=1000).disk or pytest.fail())
    (tmp_path / "other").mkdir()
    for number in range(2000):
        (tmp_path / "other" / f"{number}").write_bytes(bytes(MB // 16))
    assert its.overuse([os.getpid()]) == ""
    (tmp_path / "work" / "new").write_bytes(bytes(50 * MB))
    assert its.overuse([os.getpid()]) == "ended: more than 40 MB written"


def test_before_the_disk_is_full_whoever_may_have_filled_it_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    its = Written(bounds(tmp_path).disk or pytest.fail())
    monkeypatch.setattr(written, "RESERVE_BYTES", 1 << 60)
    assert its.overuse([]) == ""  # It was as full as that before.
    found = ""
    for number in range(10):
        (tmp_path / f"{number}").write_bytes(bytes(100 * MB))
        if found := its.overuse([]):
            break  # Others make room meanwhile, but not that much again and again.
    assert found.startswith("ended: the disk has less than")
