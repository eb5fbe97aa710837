"""The file of a computer's lines: whole after any death, each operation once."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memory_lines import line
from trinity_tui.core import memory
from trinity_tui.core.errors import StoreError
from trinity_tui.memory.records import RecordFile, mark, read, read_all

if TYPE_CHECKING:
    from pathlib import Path

THREE = [line("a", 1, text="one"), line("b", 2, text="two — ü"), line("c", 3, op="retract", target="a")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "C1.jsonl"


def test_what_is_appended_is_read(path: Path) -> None:
    assert RecordFile(path).append(THREE) == 3
    assert read_all(path) == THREE


def test_an_operation_is_there_once_whoever_appends_it_again(path: Path) -> None:
    file = RecordFile(path)
    assert (file.append(THREE[:2]), file.append(THREE), RecordFile(path).append(THREE)) == (2, 1, 0)
    assert read_all(path) == THREE


def test_after_a_death_at_any_byte_the_next_writer_leaves_each_once(path: Path) -> None:
    RecordFile(path).append(THREE)
    content = path.read_bytes()
    for size in range(len(content) + 1):
        path.write_bytes(content[:size])
        RecordFile(path).append(THREE)
        assert sorted(one.id for one in read_all(path)) == ["a", "b", "c"], size


def test_a_reader_waits_for_the_end_of_a_line(path: Path) -> None:
    RecordFile(path).append(THREE)
    content = path.read_bytes()
    path.write_bytes(content[:-5])
    chunk = read(path)
    assert [one.id for one in chunk.operations] == ["a", "b"]
    path.write_bytes(content)
    assert [one.id for one in read(path, chunk.offset).operations] == ["c"]


def test_lines_that_are_none_are_counted_and_passed_over(path: Path) -> None:
    path.write_bytes(b'{"torn\n\n\xff\xfe\n[1]\n' + memory.encode(THREE[0]) + b"\n<<<<<<< HEAD\n")
    chunk = read(path)
    assert (chunk.operations, chunk.torn_count, chunk.offset) == (THREE[:1], 4, path.stat().st_size)


@given(st.integers(1, 400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_file_is_the_same_read_in_any_pieces(tmp_path: Path, limit_bytes: int) -> None:
    path = tmp_path / "C1.jsonl"
    RecordFile(path).append(THREE)
    found, offset = list[str](), 0
    while (chunk := read(path, offset, limit_bytes)).offset > offset:
        found += [one.id for one in chunk.operations]
        offset = chunk.offset
    assert found == ["a", "b", "c"]


def test_a_mark_tells_a_file_that_grew_from_one_that_is_another(path: Path) -> None:
    file = RecordFile(path)
    file.append(THREE[:2])
    offset = path.stat().st_size
    before = mark(path, offset)
    file.append(THREE)
    assert mark(path, offset) == before
    path.write_bytes(path.read_bytes().replace(b"two", b"TWO"))
    assert mark(path, offset) != before
    path.write_bytes(b"")
    assert mark(path, offset) == ""


def test_no_file_is_an_empty_one_and_a_folder_is_an_error(path: Path) -> None:
    assert read_all(path) == []
    path.mkdir()
    with pytest.raises(StoreError, match="could not be read"):
        read_all(path)
    with pytest.raises(StoreError):
        RecordFile(path).append(THREE)


def test_it_is_not_written_through_a_link(path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError):
        RecordFile(path).append(THREE)
    assert not (tmp_path / "elsewhere").exists()


def test_a_writer_killed_in_the_middle_loses_nothing_it_had_answered(path: Path) -> None:
    """A real process that says each id it has appended, ended by a signal it cannot catch."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom memory_lines import line\n"
        "from trinity_tui.memory.records import RecordFile\nfile = RecordFile(Path(sys.argv[1]))\n"
        "for number in range(100000):\n"
        "    file.append([line(f'm{number}', number, text='x' * 500)])\n    print(f'm{number}', flush=True)\n"
    )
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{script}", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        answered = [process.stdout.readline().strip() for _ in range(20)]
        process.kill()
        answered += [said for said in process.stdout.read().splitlines() if said]
    RecordFile(path).append([line("after", 1, text="y")])
    found = [one.id for one in read_all(path)]
    assert set(answered) <= set(found) and found[-1] == "after" and len(found) == len(set(found))
