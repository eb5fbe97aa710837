"""The index is what one fold of all lines is, whatever way they came; and it can be thrown away."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from killed_steps import death_at, killed_at_a_step
from memory_lines import START, line, lines
from trinity_tui.core import memory
from trinity_tui.core.errors import StoreError
from trinity_tui.core.memory_fold import contradictions, fold
from trinity_tui.memory import build as building
from trinity_tui.memory import database
from trinity_tui.memory.index import Caught, Index
from trinity_tui.memory.records import RecordFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

    from trinity_tui.core.memory import Operation


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the index is."""
    return tmp_path / "memory.db"


@pytest.fixture
def index(path: Path) -> Iterator[Index]:
    """An empty one."""
    index = Index.open(path)
    yield index
    index.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """One for many examples: emptied instead of made."""
    index = Index.open(tmp_path_factory.mktemp("index") / "memory.db")
    yield index
    index.close()


def emptied(index: Index) -> Index:
    """The same index without anything."""
    index.rebuild([])
    return index


def contents(index: Index) -> tuple[object, ...]:
    """All that a search can see, without the numbers of rows."""
    index.query("INSERT INTO found(found) VALUES ('integrity-check')")
    columns = (
        "id, same, kind, time, valid_from, invalid_at, retracted, disputable, authors, tags, text, about, date, record"
    )
    return (
        sorted(index.query(f"SELECT {columns} FROM records")),
        sorted(index.query("SELECT stem, records FROM stems WHERE records")),
        index.query("SELECT * FROM sizes"),
        sorted(index.query("SELECT id, same, stream, slot, about, time, since, line FROM lines"), key=repr),
        sorted(index.query("SELECT about, id FROM resolved")),
        [
            sorted(
                index.query("SELECT id FROM found JOIN records ON number = found.rowid WHERE found MATCH ?", (word,))
            )
            for word in ("port", "queue", "failed", "auth", "net", "2026", "build")
        ],
    )


@settings(max_examples=40)  # each is a file that is emptied and filled; the folds themselves are tried without one
@given(lines(), st.randoms(use_true_random=False))
def test_in_pieces_it_is_what_one_fold_gives(shared: Index, said: list[Operation], chance: Random) -> None:
    again = said + [one for one in said if chance.random() < 0.3]
    chance.shuffle(again)
    index = emptied(shared)
    while again:
        size = chance.randint(1, 4)
        index.apply(again[:size])
        again = again[size:]
    assert index.all_records() == fold(said)
    assert index.contradictions(START + 6) == contradictions(fold(said), START + 6)
    in_pieces = contents(index)
    emptied(index).apply(said)
    assert contents(index) == in_pieces


@settings(max_examples=40)  # each is a file that is emptied and filled; the folds themselves are tried without one
@given(lines(), st.randoms(use_true_random=False))
def test_two_lines_of_one_id_are_the_same_one_in_any_order(
    shared: Index, said: list[Operation], chance: Random
) -> None:
    ids = ["m1", "m2", "m3"]
    said = [line_with(one, chance.choice(ids)) for one in said]
    index = emptied(shared)
    for one in said:
        index.apply([one])
    assert index.all_records() == fold(said)


def line_with(operation: Operation, name: str) -> Operation:
    """The operation under another id."""
    return msgspec.structs.replace(operation, id=name)


def test_it_catches_up_with_what_was_added_to_the_files(index: Index, tmp_path: Path) -> None:
    one, other = RecordFile(tmp_path / "C1.jsonl"), RecordFile(tmp_path / "C2.jsonl")
    files = [tmp_path / "C1.jsonl", tmp_path / "C2.jsonl"]
    one.append([line("a", 1, text="one")])
    assert index.catch_up(files[:1]) == Caught(added=1)
    other.append([line("b", 2, text="two", computer="C2")])
    one.append([line("c", 3, text="three")])
    assert index.catch_up(files) == Caught(added=2)
    assert index.catch_up(files) == Caught()
    assert [record.id for record in index.all_records()] == ["a", "b", "c"]


@pytest.mark.parametrize("change", ["rewritten", "gone", "shorter"])
def test_a_file_that_is_not_what_it_was_is_read_anew(index: Index, tmp_path: Path, change: str) -> None:
    path = tmp_path / "C1.jsonl"
    RecordFile(path).append([line("a", 1, text="one"), line("b", 2, text="two")])
    index.catch_up([path])
    match change:
        case "rewritten":
            path.write_bytes(path.read_bytes().replace(b'"two"', b'"new"'))
        case "shorter":
            path.write_bytes(path.read_bytes().splitlines(keepends=True)[1])
        case _:
            path.unlink()
    caught = index.catch_up([path] if path.exists() else [])
    assert caught.is_rebuilt
    texts = {"rewritten": ["one", "new"], "shorter": ["two"], "gone": []}
    assert [record.text for record in index.all_records()] == texts[change]


@pytest.mark.parametrize("damage", ["missing", "torn", "short", "garbage", "older", "empty"])
def test_one_that_cannot_be_used_is_made_anew(path: Path, tmp_path: Path, damage: str) -> None:
    truth = tmp_path / "C1.jsonl"
    RecordFile(truth).append([line(f"m{number}", number, text=f"text {number}") for number in range(300)])
    index = Index.open(path)
    index.catch_up([truth])
    index.close()
    content = path.read_bytes()
    match damage:
        case "missing":
            path.unlink()
        case "torn":
            path.write_bytes(content[: len(content) // 2])
        case "short":
            path.write_bytes(content[:50])
        case "garbage":
            path.write_bytes(b"x" * len(content))
        case "older":
            with sqlite3.connect(path) as connection:
                connection.execute("PRAGMA user_version = 77")
            connection.close()
        case _:
            path.write_bytes(b"")
    again = Index.open(path)
    assert again.catch_up([truth]).added == 300
    assert len(again.all_records()) == 300
    again.close()


def test_a_reader_sees_what_is_written_and_turns_to_a_new_index(path: Path, index: Index) -> None:
    reader = Index.open(path, read_only=True)
    index.apply([line("a", 1, text="one")])
    with reader.snapshot():
        index.apply([line("b", 2, text="two")])
        assert len(reader.all_records()) == 1
    assert len(reader.all_records()) == 2
    index.close()
    database.discard(path)
    other = Index.open(path)
    other.apply([line("c", 1, text="three")])
    with reader.snapshot():
        assert [record.id for record in reader.all_records()] == ["c"]
    with pytest.raises(StoreError):
        reader.apply([line("d", 1, text="x")])
    reader.close()
    other.close()


def test_a_reader_where_there_is_none(path: Path) -> None:
    with pytest.raises(StoreError, match="no index"):
        Index.open(path, read_only=True)


def test_a_writer_that_dies_between_any_two_steps_leaves_the_index_before_or_after(path: Path, tmp_path: Path) -> None:
    """The file as it is at each step of a transaction, opened as the next process would find it."""
    index = Index.open(path)
    index.apply([line("a", 1, text="one", key="k")])
    states: list[list[str]] = []

    def look(statement: str) -> None:
        folder = tmp_path / f"copy{len(states)}"
        folder.mkdir()
        for name in tmp_path.glob("memory.db*"):
            shutil.copy(name, folder / name.name)
        (folder / "memory.db-shm").unlink(missing_ok=True)
        copy = Index.open(folder / "memory.db")
        states.append([record.text for record in copy.all_records() if record.invalid_at is None])
        copy.close()

    index._connection.set_trace_callback(look)  # pyright: ignore[reportPrivateUsage]
    index.apply([line("b", 2, text="two", key="k"), line("c", 3, text="three")])
    index._connection.set_trace_callback(None)  # pyright: ignore[reportPrivateUsage]
    assert len(states) > 10
    assert all(state in (["one"], ["two", "three"]) for state in states)
    assert [record.text for record in index.all_records() if record.invalid_at is None] == ["two", "three"]
    index.close()


KILLED = killed_at_a_step(
    "open fsync unlink rename",
    """
index = Index.open(path)
index.rebuild([folder / "C1.jsonl", folder / "C2.jsonl"])
""",
    """
from pathlib import Path
import sqlite3
from trinity_tui.memory import build, database
from trinity_tui.memory.index import Index
folder = Path(sys.argv[1])
path = folder / "memory.db"
class Stepped:
    # Each statement of the build is a step.
    def __init__(self, inner):
        self.inner = inner
    def __getattr__(self, name):
        return counted(getattr(self.inner, name)) if name.startswith("execute") else getattr(self.inner, name)
    def close(self):
        self.inner.close()
unjournaled = database._unjournaled
database._unjournaled = lambda path: Stepped(unjournaled(path))
""",
)


def test_killed_at_every_step_of_a_rebuild_it_is_the_old_one_or_the_new_or_none(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    files = [tmp_path / "C1.jsonl", tmp_path / "C2.jsonl"]
    RecordFile(files[0]).append([line("a", 1, text="one"), line("b", 2, text="two")])
    first = Index.open(path)
    first.catch_up(files[:1])
    first.close()
    RecordFile(files[1]).append([line("c", 3, text="three", computer="C2")])
    seen: set[tuple[str, ...]] = set()
    for step in range(1, 200):
        code = death_at(KILLED, tmp_path, step)
        try:
            reader = Index.open(path, read_only=True)
            seen.add(tuple(record.text for record in reader.all_records()))
            reader.close()
        except StoreError:
            seen.add(())
        if code == 9:
            break
        assert code == -signal.SIGKILL
        again = Index.open(path)
        assert not list(tmp_path.glob("memory.db-new-*"))
        again.rebuild(files[:1])
        again.close()
    else:
        pytest.fail("it was never done")
    assert step > 25
    assert seen == {("one", "two"), ("one", "two", "three"), ()}


def test_who_reads_goes_on_while_it_is_made_anew(path: Path, index: Index, tmp_path: Path) -> None:
    truth = tmp_path / "C1.jsonl"
    RecordFile(truth).append([line("a", 1, text="one")])
    index.catch_up([truth])
    reader = Index.open(path, read_only=True)
    with reader.snapshot():
        RecordFile(truth).append([line("b", 2, text="two")])
        assert index.rebuild([truth]) == Caught(added=2, is_rebuilt=True)
        index.apply([line("c", 3, text="three")])
        assert [record.text for record in reader.all_records()] == ["one"]
    with reader.snapshot():
        assert [record.text for record in reader.all_records()] == ["one", "two", "three"]
    reader.close()


def test_a_rebuild_that_fails_leaves_it_as_it_was(
    path: Path, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.apply([line("a", 1, text="one")])
    RecordFile(tmp_path / "C1.jsonl").append([line("b", 1, text="two")])
    monkeypatch.setattr(building, "INDEXES", ("CREATE INDEX torn ON nothing (id)",))
    with pytest.raises(StoreError, match="could not be written"):
        index.rebuild([tmp_path / "C1.jsonl"])
    index.apply([line("c", 2, text="three")])
    assert [record.text for record in index.all_records()] == ["one", "three"]
    assert sorted(one.name for one in tmp_path.glob("memory.db*new*")) == []


def say(index: Index, count: int, text: str) -> int:
    """Fill one slot so often, one by one; how many lines were looked at for the last hundred of them."""
    looked = 0
    decode = memory.decode

    def counting(content: bytes) -> Operation:
        nonlocal looked
        looked += 1
        return decode(content)

    with pytest.MonkeyPatch.context() as patched:
        for number in range(count):
            if number == count - 100:
                patched.setattr(memory, "decode", counting)
            index.apply([line(f"m{number:05}", number, text=text.format(number, number % 2), key="k")])
    return looked


@pytest.mark.parametrize("text", ["{0} tests pass", "the build is {1}"])
def test_a_slot_costs_the_same_however_often_it_was_filled(shared: Index, text: str) -> None:
    few = say(emptied(shared), 200, text)
    assert say(emptied(shared), 800, text) == few < 1_000
    assert shared.all_records() == fold(
        line(f"m{number:05}", number, text=text.format(number, number % 2), key="k") for number in range(800)
    )


def test_a_record_is_found_by_any_message_that_said_it(index: Index) -> None:
    index.apply([line("a", 1, text="x", subject="s", predicate="p", value="1"), line("b", 2, "smith", text="x")])
    index.apply([line("c", 3, "lead", text="X.")])
    assert [record.id for record in index.find("c")] == ["b"]
    assert index.find("zzz") == []
