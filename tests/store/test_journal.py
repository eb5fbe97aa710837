"""A file of lines that only grows: what was appended is there, whatever was torn after it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
import pytest

from trinity_tui.core.errors import StoreError
from trinity_tui.store.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path


class Line(msgspec.Struct):
    """One line."""

    n: int
    text: str = ""


def numbers(path: Path) -> list[int]:
    """What is in the file."""
    return [line.n for line in Journal[Line](path, Line).lines()]


def test_a_file_cut_at_any_byte_loses_its_last_line_at_the_most_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    journal = Journal[Line](path, Line)
    for n in (1, 2):
        journal.append(Line(n, "ü"))
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        Journal[Line](path, Line).append(Line(3))
        assert numbers(path) == [n for n, end in ((1, first - 1), (2, len(whole) - 1)) if length >= end] + [3]


def test_over_its_limit_the_lines_before_are_put_aside(tmp_path: Path) -> None:
    journal = Journal[Line](tmp_path / "lines", Line, limit_bytes=100)
    for n in range(20):
        journal.append(Line(n, "x" * 20))
    kept = numbers(journal.put_aside) + numbers(tmp_path / "lines")
    assert kept == list(range(20))[-len(kept) :]
    assert len(kept) >= 2
    assert journal.size() <= 100


def test_what_replaces_it_is_all_there_is(tmp_path: Path) -> None:
    journal = Journal[Line](tmp_path / "lines", Line)
    journal.append(Line(1))
    journal.replace([Line(7), Line(8)])
    journal.append(Line(9))
    assert numbers(tmp_path / "lines") == [7, 8, 9]
    assert (tmp_path / "lines").stat().st_mode & 0o777 == 0o600


def test_it_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / "lines").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError):
        Journal[Line](tmp_path / "lines", Line).append(Line(1))


def test_what_was_appended_outlives_a_kill(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from store.test_journal import Line; from trinity_tui.store.journal import Journal\n"
        f"journal = Journal(pathlib.Path({str(tmp_path / 'lines')!r}), Line)\n"
        "for n in range(10**9):\n    journal.append(Line(n, 'x' * 3000)); print(n, flush=True)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment)
    assert child.stdout is not None
    said = [int(child.stdout.readline()) for _ in range(20)]
    child.send_signal(signal.SIGKILL)
    said += [int(line) for line in child.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")]
    child.wait()
    child.stdout.close()
    kept = numbers(tmp_path / "lines")
    assert kept == list(range(len(kept)))
    assert len(kept) >= len(said)
