"""Lets a rule look at a few files written for one test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trinity_tui.brains.builtin.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.brains.builtin.defect import Defect


@pytest.fixture
def survey(tmp_path: Path, now: float) -> Callable[[dict[str, str]], list[Defect]]:
    """Write the files and survey the folder."""

    def run(files: dict[str, str]) -> list[Defect]:
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return Survey(tmp_path).run(now).defects

    return run
