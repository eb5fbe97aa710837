"""The file of choices on disk: written whole or not at all, read as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trinity_tui.core.errors import ConfigError, StoreError
from trinity_tui.core.overrides import Overrides
from trinity_tui.core.paths import Workspace
from trinity_tui.store.choices import read_overrides, read_text, write_overrides

if TYPE_CHECKING:
    from pathlib import Path


def workspace(root: Path) -> Workspace:
    found = Workspace(root)
    found.runtime.mkdir(mode=0o700)
    return found


def test_what_was_written_is_read(tmp_path: Path) -> None:
    there = workspace(tmp_path)
    assert read_overrides(there) == Overrides()
    made = Overrides(
        removed=("lead-1",), replicas={"araya": 2}, instances={"x": {"role": "lead", "persona": 'a "b"\n'}}
    )
    write_overrides(there, made)
    assert read_overrides(there) == made
    assert there.overrides.stat().st_mode & 0o777 == 0o600
    assert there.overrides.read_text().startswith("# What was chosen in the program")


def test_a_disk_that_refuses_leaves_the_old_choices(tmp_path: Path) -> None:
    there = workspace(tmp_path)
    write_overrides(there, Overrides(removed=("lead-1",)))
    (there.runtime / ".overrides.toml.new").mkdir()
    with pytest.raises(StoreError, match=r"overrides\.toml could not be written"):
        write_overrides(there, Overrides())
    assert read_overrides(there).removed == ("lead-1",)


def test_bytes_that_are_no_text_are_a_sentence(tmp_path: Path) -> None:
    there = workspace(tmp_path)
    there.overrides.write_bytes(b"\xff\xfe")
    there.config.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_overrides(there)
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        read_text(there)
    there.config.unlink()
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read_text(there)
