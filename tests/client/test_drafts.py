"""What was not sent is kept, for this user only, and a file nobody can read is none."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from trinity_tui.client import drafts

if TYPE_CHECKING:
    from pathlib import Path


def test_drafts_come_back_and_are_nobody_elses(tmp_path: Path) -> None:
    file = drafts.file_of(tmp_path)
    drafts.save(file, {"builder-1": "half a sentence\nof two", "lead-1": "  ", "broadcast": "x" * 100_001})
    assert drafts.load(file) == {"builder-1": "half a sentence\nof two"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert drafts.file_of(tmp_path / "other") != file


def test_what_cannot_be_read_is_no_draft(tmp_path: Path) -> None:
    file = tmp_path / "drafts.json"
    assert drafts.load(file) == {}
    file.write_text("[1]")
    assert drafts.load(file) == {}
