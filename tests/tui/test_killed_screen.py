"""A screen that is killed in the middle of a word: the word is there again."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from trinity_tui.bench.screen_terminal import Terminal
from trinity_tui.client.drafts import load

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TELL = "\x1b[24~"


def test_what_was_written_and_what_was_sent_outlive_kill_9(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    told, drafts = tmp_path / "told", tmp_path / "drafts" / "a.json"
    with Terminal("burst_show", str(told), str(drafts)) as terminal:
        terminal.wait_for("explorer-1")
        terminal.send("1this was sent\r\x1b[27u2half a sen\nand a line")
        while load(drafts).drafts.get("builder-1") != "half a sen\nand a line":
            terminal.read_once(0.05)
        os.kill(terminal.pid, signal.SIGKILL)
    assert load(drafts).sent == ["this was sent"]
    with Terminal("burst_show", str(told), str(drafts)) as terminal:
        terminal.wait_for("explorer-1")
        terminal.send("2" + TELL + "\x1b[A" + TELL)
        while not told.exists() or len(told.read_bytes().splitlines()) < 2:
            terminal.read_once(0.05)
    again, before = told.read_text().splitlines()
    assert "half a sen\\nand a line" in again
    assert "this was sent" in before
