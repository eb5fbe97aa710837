"""Content that travels apart from its line."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.bus import blobs
from trinity_tui.core import limits, record
from trinity_tui.core.errors import BusError, MessageError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bus.conftest import Opener, Talk


@pytest.mark.parametrize("content", ["ü" * 40_000, "\x00" * 11_000, "x" * (limits.CONTENT_BYTES + 1)])
async def test_long_content_is_whole_at_the_other_end(root: Path, opened: Opener, talk: Talk, content: str) -> None:
    bus = opened()
    sent = talk(content, metadata={"kept": 1})
    await bus.publish(sent)
    [found] = [item.message async for item in bus.read(0)]
    data = content.encode()
    assert found.content == content[:200]
    assert found.metadata == {"kept": 1, "blob": {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}}
    assert sent.content == content
    assert sent.metadata == {"kept": 1}
    assert await opened().body(found) == content
    assert bus.stats().blobs == 1
    assert len(list((root / "blobs").iterdir())) == 1


async def test_content_up_to_the_limit_stays_in_its_line(opened: Opener, talk: Talk) -> None:
    bus = opened()
    sent = talk("x" * limits.CONTENT_BYTES)
    await bus.publish(sent)
    [found] = [item.message async for item in bus.read(0)]
    assert found == sent
    assert await bus.body(found) == sent.content


async def test_the_same_content_is_stored_once(root: Path, opened: Opener, talk: Talk) -> None:
    bus = opened()
    await bus.publish(talk("y" * 70_000), talk("y" * 70_000, "broadcast"))
    assert len(list((root / "blobs").iterdir())) == 1


async def test_a_blob_that_is_damaged_cut_or_gone_is_said(root: Path, opened: Opener, talk: Talk) -> None:
    bus = opened()
    sent = talk("z" * 70_000)
    await bus.publish(sent)
    [found] = [item.message async for item in bus.read(0)]
    [path] = (root / "blobs").iterdir()
    path.write_bytes(b"z" * 69_999 + b"a")
    with pytest.raises(BusError, match="is damaged"):
        await bus.body(found)
    path.write_bytes(b"z" * 10)
    with pytest.raises(BusError, match="is damaged"):
        await bus.body(found)
    await bus.publish(sent)
    assert await bus.body(found) == sent.content
    path.unlink()
    with pytest.raises(BusError, match="is not in"):
        await bus.body(found)


async def test_content_over_the_limit_of_a_blob_is_refused(
    root: Path, opened: Opener, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BLOB_BYTES", 80_000)
    bus = opened()
    with pytest.raises(MessageError, match=r"content: has 80001 bytes, 80000 is the limit"):
        await bus.publish(talk("x" * 80_001))
    assert list((root / "blobs").iterdir()) == []
    assert await bus.end() == 0


@pytest.mark.parametrize(
    "reference",
    [
        "../../etc/passwd",
        {"sha256": "../../../etc/passwd", "bytes": 5},
        {"sha256": "A" * 64, "bytes": 5},
        {"sha256": "a" * 64},
        {"sha256": 5, "bytes": 5},
        None,
    ],
)
async def test_a_reference_that_is_none_names_no_file(opened: Opener, talk: Talk, reference: Any) -> None:
    bus = opened()
    assert await bus.body(talk("as it stands", metadata={"blob": reference})) == "as it stands"


@given(st.text(max_size=300), st.integers(1, 400))
def test_what_is_called_short_fits_in_a_line(part: str, times: int) -> None:
    content = part * times
    from trinity_tui.bus import new_message

    if not blobs.is_long(content):
        line = record.encode(new_message("explorer-1", "builder-1", "message", content))
        assert len(line) <= limits.LINE_BYTES
