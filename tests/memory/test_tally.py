"""Uses counted as they are added say what all of them counted anew say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.memory import uses
from trinity_tui.memory.tally import Tally, total
from trinity_tui.memory.uses import Use, count, journal

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def use(number: int, how: uses.How = "shown", *records: str) -> Use:
    return Use(f"2026-11-21T10:00:{number:02d}Z", f"t{number}", how, records or ("a",))


def said(tally: Tally) -> dict[str, object]:
    return {name: msgspec.structs.replace(one, by=sorted(one.by)) for name, one in tally.counts().items()}


def test_it_is_read_on_and_is_what_a_count_of_all_is(tmp_path: Path) -> None:
    for name in ("builder-1", "lead-1"):
        (tmp_path / name).mkdir()
    tally = Tally(tmp_path)
    assert tally.counts() == {}
    for number in range(3):
        journal(tmp_path / "builder-1" / "memory_use.jsonl").append(use(number))
        journal(tmp_path / "lead-1" / "memory_use.jsonl").append(use(number, "cited", "a", "b"))
        assert said(tally) == count(tmp_path)
    assert total(tally.counts(), ["a", "b"]) == {
        "shown": 3, "recalled": 0, "cited": 6, "last": "2026-11-21T10:00:02Z", "by": ["builder-1", "lead-1"],
    }  # fmt: skip


def test_a_line_that_is_being_written_counts_when_it_is_whole(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    file, tally = tmp_path / "a" / "memory_use.jsonl", Tally(tmp_path)
    line = msgspec.json.encode(use(1)) + b"\n"
    file.write_bytes(line + line[:20])
    assert tally.counts()["a"].shown == 1
    file.write_bytes(line + line)
    assert tally.counts()["a"].shown == 2


def test_a_file_that_is_put_aside_counts_once_until_another_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uses, "LIMIT_BYTES", 200)
    (tmp_path / "a").mkdir()
    file, tally = tmp_path / "a" / "memory_use.jsonl", Tally(tmp_path)
    kept = journal(file)
    for number in range(12):
        kept.append(use(number))
        assert said(tally) == count(tmp_path)
    assert tally.counts()["a"].shown < 12
