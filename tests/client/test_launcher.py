"""Why a coordinator did not come up is said also where it could not say so itself."""

from __future__ import annotations

from pathlib import Path

from trinity_tui.client.launcher import silence


def test_a_log_that_takes_nothing_is_why_there_are_no_last_words(tmp_path: Path) -> None:
    assert silence(Path("/dev/full")) == ", and its log cannot be written: No space left on device"
    assert silence(tmp_path / "gone" / "log") == ", and its log cannot be written: No such file or directory"
    assert silence(tmp_path / "log") == ""
