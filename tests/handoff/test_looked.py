"""What changed since somebody looked, over all documents and sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiers_ground import change, clean
from trinity_tui.handoff import find
from trinity_tui.handoff.looked import LOG, Changed, Looked

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_not_seen_is_told_until_it_is(tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    root.mkdir()
    clean(root)
    looked = Looked(tmp_path / "looked.json")
    everything = looked.changed(find.read(root))
    assert {one.file for one in everything} > {LOG, "PORTFOLIO_CONTEXT.md"}
    looked.look(find.read(root), 5.0)
    assert looked.changed(find.read(root)) == []
    assert looked.seen().at == 5.0
    change(root, "SESSION_BRIEFING.md", "Retries", "More retries")
    change(root, "SESSION_LOG.md", "- Added retries", "- Added many retries")
    sessions = find.read(root).entries
    assert looked.changed(find.read(root)) == [
        Changed("SESSION_BRIEFING.md", ("What's Being Worked On",)),
        Changed(LOG, (sessions[-1].id,)),
    ]
    (tmp_path / "looked.json").write_text("{")
    assert looked.changed(find.read(root))
