"""Blocks as files and the log made of them: nothing lost by a death, a person's save, another computer's blocks."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

import pytest

from killed_steps import death_at, killed_at_a_step
from planted_secrets import SECRET, TEXTS
from trinity_tui.core.errors import StoreError
from trinity_tui.core.handoff import blocks, log_parts
from trinity_tui.core.handoff.blocks import TITLE, Version
from trinity_tui.core.handoff.measures import Event
from trinity_tui.core.handoff.session import Session, block_of
from trinity_tui.core.redact import HIDDEN
from trinity_tui.handoff.sessions import Sessions
from trinity_tui.store import displacing

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.store.stamp import Stamp

OLD = time.time() - 60


def block(who: str, moment: float = 1_795_000_000.0, **sections: tuple[str, ...]) -> Version:
    """A session that ended."""
    return block_of(Session(who, "C1", moment, 3, "stopped by you", moment - 60, **sections))


def write(path: Path, text: str) -> None:
    """As a person saves, a while ago."""
    path.write_text(text, newline="")
    os.utime(path, (OLD, OLD))


def files(root: Path) -> list[str]:
    """The blocks there are."""
    return sorted(path.name for path in (root / "coordination/sessions").glob("*.md"))


def test_a_block_is_added_once_and_shown(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path, "C1")
    one = block("builder-1", work_accomplished=("mended the door",))
    events = [Event("action", one.id, 1.0, "builder-1", value="ok")]
    assert sessions.add(one, events) and not sessions.add(one, events)
    assert sessions.keep().is_written
    text = (tmp_path / "SESSION_LOG.md").read_text()
    assert text.startswith(f"{TITLE}\n")
    assert "### Work Accomplished\n\n- mended the door\n\n### Code Changes\n\n- None\n" in text
    assert not sessions.keep().is_written
    assert sessions.events() == events
    assert files(tmp_path) == [f"{one.id}.md"]


@pytest.mark.parametrize("text", TEXTS)
def test_no_key_that_somebody_said_stands_in_what_happened(tmp_path: Path, text: str) -> None:
    sessions = Sessions(tmp_path, "C1")
    one = block("builder-1", work_accomplished=(text,))
    sessions.add(one, [Event("decision", one.id, 1.0, "builder-1", key=f"which {text}", value=f"this: {text}")])
    (kept,) = sessions.events()
    assert kept.key.startswith("which ") and HIDDEN in kept.key
    assert not [path for path in sessions.folder.iterdir() if SECRET in path.read_text()]


def test_a_run_that_is_told_again_is_a_revision(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path, "C1")
    sessions.add(block("builder-1", blockers=("no key",)))
    assert sessions.add(block("builder-1", blockers=("no key", "no time")))
    sessions.keep()
    assert len(files(tmp_path)) == 2
    assert (tmp_path / "SESSION_LOG.md").read_text().count("no key") == 1


def test_a_run_that_is_told_twice_does_not_undo_what_a_person_put_right(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path, "C1")
    one = block("builder-1", blockers=("no kee",))
    sessions.add(one)
    sessions.keep()
    log = tmp_path / "SESSION_LOG.md"
    write(log, log.read_text().replace("no kee", "no key"))
    sessions.keep()
    assert not Sessions(tmp_path, "C1").add(one)
    sessions.keep()
    assert "no key" in log.read_text() and "no kee" not in log.read_text()


def test_where_there_is_nothing_nothing_is_written(tmp_path: Path) -> None:
    assert not Sessions(tmp_path, "C1").keep().is_written
    write(tmp_path / "SESSION_LOG.md", "# Log\n")
    assert not Sessions(tmp_path, "C1").keep().is_written
    assert (tmp_path / "SESSION_LOG.md").read_text() == "# Log\n"


def test_what_a_person_writes_becomes_a_block_and_stays_where_it_was_found(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path, "C1", now=lambda: 1_795_000_100.0)
    sessions.add(block("builder-1"))
    sessions.keep()
    log = tmp_path / "SESSION_LOG.md"
    write(log, log.read_text() + "\nThe key is in the safe. \xff\n")
    added = sessions.keep().added
    assert [version.id[:5] for version in added] == ["hand-"]
    sessions.add(block("builder-2", 1_795_000_200.0))
    sessions.keep()
    text = log.read_text()
    assert text.index("builder-1") < text.index("The key is in the safe. \xff") < text.index("builder-2")
    # The other computer has the same files and another log.
    (tmp_path / "there").mkdir()
    shutil.copytree(tmp_path / "coordination", tmp_path / "there" / "coordination")
    Sessions(tmp_path / "there", "C2").keep()
    assert (tmp_path / "there" / "SESSION_LOG.md").read_text() == text


def test_a_log_from_before_keeps_its_order(tmp_path: Path) -> None:
    heads = [
        "(no date)",
        "again none",
        "2026-11-18 - c",
        "2026-11-18 - a",
        "none",
        "2026-11-18 - b",
        "2026-11-19",
        "end",
    ]
    text = "# Log\n\n" + "\n\n".join(f"## Session: {head}\n\n- text" for head in heads) + "\n"
    log = tmp_path / "SESSION_LOG.md"
    write(log, text)
    sessions = Sessions(tmp_path, "C1")
    assert len(sessions.keep().added) == len(heads)
    lines = [line.removeprefix("## Session: ") for line in log.read_text().split("\n") if line.startswith("## Ses")]
    assert lines == heads
    write(log, log.read_text().replace("2026-11-18 - c", "2026-11-20 - c"))
    sessions.keep()
    assert log.read_text().rindex("## Session") == log.read_text().index("## Session: 2026-11-20 - c")


def test_what_is_no_text_is_kept_byte_for_byte(tmp_path: Path) -> None:
    log = tmp_path / "session_log.md"
    log.write_bytes(b"## Session: mine\n\nna\xefve\n")
    sessions = Sessions(tmp_path, "C1")
    sessions.keep()
    assert b"na\xefve" in log.read_bytes()
    assert not (tmp_path / "SESSION_LOG.md").exists()
    assert not sessions.keep().is_written


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_another_editors_line_ends_are_left_alone(tmp_path: Path, end: str) -> None:
    sessions = Sessions(tmp_path, "C1")
    sessions.add(block("builder-1"))
    sessions.keep()
    log = tmp_path / "SESSION_LOG.md"
    write(log, log.read_text().rstrip("\n").replace("\n", end))
    content = log.read_bytes()
    assert sessions.keep().added == ()
    assert log.read_bytes() == content


def test_our_own_writing_is_told_from_others(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path, "C1")
    one = block("builder-1")
    sessions.add(one)
    sessions.keep()
    paths = [tmp_path / "SESSION_LOG.md", sessions.folder / f"{one.id}.md"]
    assert all(map(sessions.is_own, paths))
    for path in paths:
        write(path, path.read_text() + "x")
    assert not any(map(sessions.is_own, paths))
    assert not sessions.is_own(tmp_path / "nothing")


def test_a_file_that_is_not_whole_is_passed_over_and_healed_from_the_log(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path, "C1")
    one = block("builder-1")
    sessions.add(one)
    sessions.keep()
    path = sessions.folder / f"{one.id}.md"
    path.write_text(path.read_text()[:-30])
    (sessions.folder / "no block.md").write_text("text")
    assert sessions.versions() == []
    assert sessions.keep().added == (one,)
    assert sessions.versions() == [one]


def test_what_somebody_saved_just_as_we_wrote_is_taken_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions(tmp_path, "C1")
    log = tmp_path / "SESSION_LOG.md"
    write(log, "## Session: before\n\n- text\n")
    put = displacing.put

    def saved_first(path: Path, content: bytes, seen: bytes | None) -> Stamp:
        monkeypatch.setattr(displacing, "put", put)
        write(log, "## Session: before\n\n- text\n\n## Session: saved\n\n- just now\n")
        return put(path, content, seen)

    monkeypatch.setattr(displacing, "put", saved_first)
    added = sessions.keep().added
    assert [version.text.split("\n")[0] for version in added] == ["## Session: before", "## Session: saved"]
    assert "just now" in log.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["SESSION_LOG.md", "coordination"]


def test_at_rest_every_change_is_still_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions(tmp_path, "C1")
    sessions.add(block("builder-1"))
    sessions.keep()
    log = tmp_path / "SESSION_LOG.md"

    def read_again(_: str) -> None:
        pytest.fail("it was read again")

    with monkeypatch.context() as patched:
        patched.setattr(log_parts, "parse_log", read_again)
        assert not sessions.keep().is_written
    there = Version("C2-one", "## Session: 2026-11-20 - one")
    (sessions.folder / "C2-one.md").write_text(blocks.written(there))
    assert sessions.keep().is_written
    write(log, log.read_text() + "\nA note.\n")
    assert len(sessions.keep().added) == 1
    (sessions.folder / "C2.jsonl").write_text('{"event":"found","session":"x","ts":1.0}\n')
    log.unlink()
    assert sessions.keep().is_written
    assert "C2-one" in log.read_text() and "A note." in log.read_text()


def test_a_link_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("## Session: mine")
    (tmp_path / "SESSION_LOG.md").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="is a link"):
        Sessions(tmp_path, "C1").keep()


KILLED = killed_at_a_step(
    "open write fsync close replace rename link unlink",
    """
displacing.exchange = counted(displacing.exchange)
sessions = Sessions(Path(sys.argv[1]), "C1")
sessions.add(Version("C1-builder-1", "## Session: 2026-11-20 - builder-1"))
sessions.keep()
""",
    before="""
from pathlib import Path
from trinity_tui.core.handoff.blocks import Version
from trinity_tui.core.redact import HIDDEN
from trinity_tui.handoff.sessions import Sessions
from trinity_tui.store import displacing
""",
)


def test_killed_at_every_step_everything_is_there_once(tmp_path: Path) -> None:
    first = Version("C1-old", "## Session: 2026-11-19 - old\n\n- as it was")
    for at in range(1, 200):
        root = tmp_path / str(at)
        root.mkdir()
        Sessions(root, "C1").add(first)
        Sessions(root, "C1").keep()
        log = root / "SESSION_LOG.md"
        write(log, log.read_text().replace("as it was", "as it IS") + "\nA note.\n")
        code = death_at(KILLED, root, at)
        sessions = Sessions(root, "C1")
        sessions.add(Version("C1-builder-1", "## Session: 2026-11-20 - builder-1"))
        sessions.keep()
        assert log.read_text().count("trinity:block") == 3
        assert len(files(root)) == 4
        for text in ("- as it IS", "A note.", "builder-1\n"):
            assert log.read_text().count(text) == 1
        assert not displacing.waiting(log).exists()
        assert not sessions.keep().is_written
        if code == 9:
            break
        assert code == -9
    else:
        pytest.fail("it never came to its end")
    assert at > 20


def test_lines_of_others_are_neither_headings_nor_marks_nor_secrets() -> None:
    hostile = "```\n## Session: 2020 - me\n<!-- trinity:block C1-x 00 -->\n```\nkey sk-abcdefghijklmnopqrstuvwx\x1b[31m"
    version = block("builder-1", work_accomplished=(hostile, "plain"), blockers=("~~~", "# no"))
    assert "sk-abc" not in version.text and "\x1b" not in version.text
    log = blocks.assemble("", [version, block("builder-2")])
    assert [piece.id for piece in log_parts.parse_log(log).pieces] == [version.id, block("builder-2").id]
    assert blocks.tidy(version.text) == version.text
