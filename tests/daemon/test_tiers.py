"""The documents are kept where they are wanted, and nowhere else; what cannot be written is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trinity_tui.core.config import HandoffConfig
from trinity_tui.core.handoff.session import Session, block_of
from trinity_tui.daemon.tiers import Tiers
from trinity_tui.handoff.sessions import Sessions

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Literal

LOG, BRIEFING = "SESSION_LOG.md", "SESSION_BRIEFING.md"


class Kept:
    """The documents of a folder with one session."""

    def __init__(self, root: Path, documents: Literal["auto", "always", "never"] = "auto") -> None:
        self.root = root
        self.working: list[str] = []
        self.notices: dict[str, str] = {}
        sessions = Sessions(root, "C1")
        sessions.add(block_of(Session("builder-1", "C1", 1_795_000_000.0, 1, for_next_instance=("Mend the cart",))))
        self.tiers = Tiers(
            root, sessions, lambda: HandoffConfig(documents), working=lambda: self.working,
            notice=lambda about, text: self.notices.update({about: text}), changed=self._changed,
        )  # fmt: skip

    async def _changed(self) -> None:
        """Nobody is shown them."""

    async def renewed(self) -> set[str]:
        """Which documents there are once they were renewed."""
        assert await self.tiers.renew()
        return {path.name for path in self.root.glob("*.md")}


async def test_a_folder_gets_no_documents_that_nobody_asked_for(tmp_path: Path) -> None:
    assert await Kept(tmp_path).renewed() == set()


async def test_a_document_that_is_there_is_kept_and_the_other_is_not_made(tmp_path: Path) -> None:
    (tmp_path / LOG).write_text("# Ours\n")
    assert await Kept(tmp_path).renewed() == {LOG}
    assert "Mend the cart" in (tmp_path / LOG).read_text()


async def test_where_init_made_the_workspace_both_are_kept(tmp_path: Path) -> None:
    (tmp_path / "coordination").mkdir()
    (tmp_path / "coordination" / "README.md").write_text("# Coordination\n")
    kept = Kept(tmp_path)
    kept.working = ["Round the totals (builder-2)"]
    assert await kept.renewed() == {LOG, BRIEFING}
    briefing = (tmp_path / BRIEFING).read_text()
    assert briefing.index("Round the totals (builder-2)") < briefing.index("Mend the cart")


@pytest.mark.parametrize(("documents", "expected"), [("always", {LOG, BRIEFING}), ("never", {LOG})])
async def test_what_the_person_wants_counts(
    tmp_path: Path, documents: Literal["always", "never"], expected: set[str]
) -> None:
    (tmp_path / LOG).write_text("# Ours\n")
    assert await Kept(tmp_path, documents).renewed() == expected
    assert ((tmp_path / LOG).read_text() == "# Ours\n") == (documents == "never")


async def test_a_document_that_is_a_link_is_left_alone_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.md").write_text("# Ours\n")
    (tmp_path / LOG).symlink_to(tmp_path / "elsewhere.md")
    kept = Kept(tmp_path)
    assert not await kept.tiers.renew()
    assert "is a link" in kept.notices["handoff"]
    assert (tmp_path / "elsewhere.md").read_text() == "# Ours\n"
