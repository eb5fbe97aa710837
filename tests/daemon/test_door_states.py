"""Each instance's state as a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from trinity_tui.daemon.door_states import States

if TYPE_CHECKING:
    from pathlib import Path


def test_a_state_is_written_when_it_changes_and_keeps_what_others_put_in(tmp_path: Path) -> None:
    states = States(tmp_path)
    path = tmp_path / ".instance_a-1_state.json"
    states.write({"a-1": {"state": "ONLINE"}})
    inode = path.stat().st_ino
    states.write({"a-1": {"state": "ONLINE"}})
    assert path.stat().st_ino == inode
    path.write_text(json.dumps({"state": "ONLINE", "note": 1}))
    states.write({"a-1": {"state": "BUSY"}})
    assert json.loads(path.read_text()) == {"instance_id": "a-1", "state": "BUSY", "note": 1}
    states.write({})
    assert not path.exists()


def test_what_holds_no_object_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / ".instance_a-1_state.json"
    for content in ("[]", "{", ""):
        path.write_text(content)
        States(tmp_path).write({"a-1": {"state": "ONLINE"}})
        assert path.read_text() == content
