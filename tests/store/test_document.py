"""Documents: whole at every instant, and named when they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from killed_steps import death_at, killed_at_a_step
from trinity_tui.core.errors import StoreError
from trinity_tui.store import document

if TYPE_CHECKING:
    from pathlib import Path


class Note(msgspec.Struct):
    """Something to keep."""

    text: str
    number: int = 0


def test_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "note.json"
    assert document.read(path, Note) is None
    document.write(path, Note("one"))
    document.write(path, Note("two", 2), durable=False)
    assert document.read(path, Note) == Note("two", 2)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["note.json"]
    document.remove(path)
    document.remove(path)
    assert document.read(path, Note) is None


@pytest.mark.parametrize("content", [b"", b'{"text":"on', b"\xff\xfe", b"[]", b'{"text":7}'])
def test_what_is_damaged_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "note.json"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="note.json is damaged"):
        document.read(path, Note)


def test_what_cannot_be_written_is_named_and_the_old_one_stays(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="gone/note.json could not be written: No such file"):
        document.write(tmp_path / "gone" / "note.json", Note("one"))
    path = tmp_path / "note.json"
    document.write(path, Note("one"))
    (tmp_path / ".note.json.new").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError):
        document.write(path, Note("two"))
    assert not (tmp_path / "elsewhere").exists()
    assert document.read(path, Note) == Note("one")
    with pytest.raises(StoreError, match="could not be read"):
        document.read(tmp_path, Note)


KILLED = killed_at_a_step(
    "open write fsync close replace",
    'document.write(sys.argv[1], {"text": "new" * 10, "number": 2})',
    before="""
from trinity_tui.store import document
def torn(descriptor, data):
    return write(descriptor, bytes(data)[:7])
write = os.write
os.write = torn
""",
)


def test_killed_at_every_step_it_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "note.json"
    seen: set[int] = set()
    for at in range(1, 100):
        document.write(path, Note("old", 1))
        code = death_at(KILLED, path, at)
        found = document.read(path, Note)
        assert found in (Note("old", 1), Note("new" * 10, 2))
        seen.add(found.number)
        if code == 9:
            break
        assert code == -9
    else:
        pytest.fail("it never came to its end")
    assert seen == {1, 2}
