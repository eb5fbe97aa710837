"""Lines the kernel has no room for: counted, said later, and what was cut stays on a line of its own."""

from __future__ import annotations

import logging
import os
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

from trinity_tui.store.narration import Narration

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import json, logging, os, sys
from trinity_tui.store.narration import Narration
path = sys.argv[1]
logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[Narration(1)])
for number in range(20_000):
    logging.info("line %d %s", number, "x" * 50)
os.ftruncate(1, 100)
logging.info("there is room")
"""


def test_a_full_disk_loses_lines_and_not_the_program(tmp_path: Path) -> None:
    path = tmp_path / "output"

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    with path.open("ab") as file:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(path)], stdout=file, stderr=subprocess.PIPE, preexec_fn=bound,
            check=False, text=True,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    lines = path.read_text().splitlines()
    assert lines[-1] == "there is room"
    lost = int(lines[-2].split()[1])
    assert lines[-2] == f"… {lost} lines were lost: they could not be written"
    assert 18_000 < lost < 20_000


def test_a_line_that_was_cut_stays_a_line_of_its_own() -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    narration = Narration(write)
    record = logging.LogRecord("", logging.INFO, "", 0, "x" * 100_000, None, None)
    narration.emit(record)
    assert narration.lost == 1
    before = os.read(read, 1 << 20)
    assert before == b"x" * len(before)
    narration.emit(logging.LogRecord("", logging.INFO, "", 0, "after", None, None))
    assert os.read(read, 1000).decode() == "\n… 1 lines were lost: they could not be written\nafter\n"
    assert narration.lost == 0
    os.close(read)
    os.close(write)


def test_words_that_do_not_fit_are_said_as_they_are() -> None:
    read, write = os.pipe()
    Narration(write).emit(logging.LogRecord("", logging.INFO, "", 0, "%d of them", ("many",), None))
    assert b"'%d of them' (cannot be put into words" in os.read(read, 1000)
    os.close(read)
    os.close(write)
