"""The briefing as a file: renewed, and never at the cost of what somebody saves."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from killed_steps import death_at, killed_at_a_step
from trinity_tui.core.errors import StoreError
from trinity_tui.core.handoff.briefing import CLOSING, OPENING, News
from trinity_tui.handoff.briefing import KEPT, BriefingFile
from trinity_tui.store import displacing
from trinity_tui.store.stamp import stamp_of

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.store.stamp import Stamp

NEWS = News(("the roof",), (), ())
NOW = 1_795_000_000.0


def write(path: Path, text: str) -> None:
    """As a person saves, a while ago."""
    path.write_text(text)
    os.utime(path, (time.time() - 60, time.time() - 60))


def test_it_is_made_and_renewed_only_for_news(tmp_path: Path) -> None:
    file = BriefingFile(tmp_path)
    assert file.renew(NEWS, NOW) == ""
    path = tmp_path / "SESSION_BRIEFING.md"
    assert "## What's Being Worked On\n\n- the roof\n" in path.read_text()
    mark = stamp_of(path)
    assert file.is_own(path)
    file.renew(NEWS, NOW + 60)
    assert stamp_of(path) == mark
    write(path, f"Mine.\n{path.read_text()}")
    assert not file.is_own(path)
    file.renew(News(("the door",)), NOW)
    assert path.read_text().startswith("Mine.\n# Session briefing\n")
    assert "the door" in path.read_text() and "the roof" not in path.read_text()
    assert [one.name for one in tmp_path.iterdir()] == ["SESSION_BRIEFING.md"]


def test_marks_that_cannot_be_understood_leave_it_alone(tmp_path: Path) -> None:
    path = tmp_path / "session_briefing.md"
    write(path, f"{OPENING}\nhalf")
    assert "is not renewed" in BriefingFile(tmp_path).renew(NEWS, NOW)
    assert path.read_text() == f"{OPENING}\nhalf"


def test_who_saves_at_the_same_moment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "SESSION_BRIEFING.md"
    write(path, f"Mine.\n{OPENING}\n{CLOSING}\n")
    put = displacing.put

    def saved_first(file: Path, content: bytes, seen: bytes | None) -> Stamp:
        monkeypatch.setattr(displacing, "put", put)
        write(path, f"Mine, saved.\n{OPENING}\n{CLOSING}\n")
        return put(file, content, seen)

    monkeypatch.setattr(displacing, "put", saved_first)
    assert BriefingFile(tmp_path).renew(NEWS, NOW) == ""
    assert path.read_text().startswith(f"Mine, saved.\n{OPENING}\nRefreshed")
    assert [one.name for one in tmp_path.iterdir()] == ["SESSION_BRIEFING.md"]


def test_what_a_death_left_in_between_is_kept_where_it_says_more(tmp_path: Path) -> None:
    path = tmp_path / "SESSION_BRIEFING.md"
    write(path, f"Mine.\n{OPENING}\n{CLOSING}\n")
    write(displacing.waiting(path), f"Mine.\n{OPENING}\nold\n{CLOSING}\n")
    assert BriefingFile(tmp_path).renew(NEWS, NOW) == ""
    write(displacing.waiting(path), f"Mine, saved.\n{OPENING}\n{CLOSING}\n")
    assert BriefingFile(tmp_path).renew(NEWS, NOW) == (
        f"what was saved in SESSION_BRIEFING.md while it was being renewed is in {KEPT}"
    )
    assert (tmp_path / KEPT).read_text().startswith("Mine, saved.")
    assert path.read_text().startswith("Mine.\n")


def test_a_link_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "SESSION_BRIEFING.md").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="is a link"):
        BriefingFile(tmp_path).renew(NEWS, NOW)


KILLED = killed_at_a_step(
    "open fsync rename replace unlink fchmod",
    """
displacing.exchange = counted(displacing.exchange)
BriefingFile(Path(sys.argv[1])).renew(News(("the roof",)), 1.0)
""",
    before="""
from pathlib import Path
from trinity_tui.core.handoff.briefing import News
from trinity_tui.handoff.briefing import BriefingFile
from trinity_tui.store import displacing
""",
)


def test_killed_at_every_step_a_persons_text_stands(tmp_path: Path) -> None:
    path = tmp_path / "SESSION_BRIEFING.md"
    for at in range(1, 100):
        write(path, f"Mine.\n{OPENING}\n{CLOSING}\nAlso mine.\n")
        code = death_at(KILLED, tmp_path, at)
        assert path.read_text().startswith(f"Mine.\n{OPENING}\n") and path.read_text().endswith("\nAlso mine.\n")
        assert BriefingFile(tmp_path).renew(NEWS, NOW) == ""
        assert "- the roof\n" in path.read_text()
        assert not (tmp_path / KEPT).exists() and not displacing.waiting(path).exists()
        if code == 9:
            break
        assert code == -9
    else:
        pytest.fail("it never came to its end")
    assert at > 5
