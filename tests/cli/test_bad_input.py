"""What was typed wrong is said in one sentence that names what would be right, before anything is asked of anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trinity_tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

KINDS = "fact, decision, preference, failure, howto, question, finding"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "instances.toml").write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("send builder-1 hi --wait soon", "--wait takes read, answer, not 'soon'"),
        ("send builder-1 hi --priority mega", "--priority takes low, normal, high, urgent, not 'mega'"),
        ("task add x --priority mega", "--priority takes low, normal, high, urgent, not 'mega'"),
        ("task add |", "there is nothing in the text"),
        ("task list --state foo", "--state takes QUEUED, ASSIGNED, IN_PROGRESS, COMPLETED, FAILED, BLOCKED, CANCELLED"),
        ("memory add |", "there is nothing in the text"),
        ("memory add x --kind foo", f"--kind takes {KINDS}, not 'foo'"),
        ("memory search x --kind foo", f"--kind takes {KINDS}, not 'foo'"),
        ("memory import /nowhere/at/all", "/nowhere/at/all could not be read: No such file or directory"),
        ("chat builder-1 |", "there is nothing in the text"),
        ("usage --day gestern", "'gestern' is no day: today, or one such as 2026-11-21, in UTC"),
        ("inbox --find x", "--find looks through what was decided: with --history"),
        ("add x-1 --brain builtin", "say what x-1 is to be: --role explorer, for example"),
    ],
)
def test_a_sentence_says_what_would_be_right(
    root: Path, capsys: pytest.CaptureFixture[str], words: str, sentence: str
) -> None:
    assert main(["-C", str(root), *("  " if word == "|" else word for word in words.split())]) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("words", ["serve --port 65536", "--serve --port -1", "send builder-1 hi --timeout -3"])
def test_a_number_out_of_its_range_is_refused_before_anything_begins(
    root: Path, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    assert main(["-C", str(root), *words.split()]) == 2
    assert "is not in the range" in capsys.readouterr().err
    assert not (root / ".trinity").exists()
