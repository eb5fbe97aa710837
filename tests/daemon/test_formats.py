"""A workspace that a newer program has worked in is refused, whatever carries its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trinity_tui.core.errors import FormatError
from trinity_tui.core.paths import Workspace
from trinity_tui.daemon import formats

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["format.json", "nats/format.json"])
def test_a_log_of_a_newer_program_is_refused_and_one_of_format_1_is_not(tmp_path: Path, name: str) -> None:
    workspace = Workspace(tmp_path)
    path = workspace.bus / name
    path.parent.mkdir(parents=True)
    path.write_text('{"format":1}')
    formats.check(workspace)
    path.write_text('{"format":3}')
    with pytest.raises(FormatError, match=rf"{name} has format 3, written by a newer Trinity; this one reads up to 2"):
        formats.check(workspace)
