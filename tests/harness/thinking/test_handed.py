"""What the sessions before left is told first, is read again only once it changed, and what is left out is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from memory_lines import line
from trinity_tui.core.context import Sources, compose
from trinity_tui.core.conversation import Turn
from trinity_tui.core.handoff.blocks import written
from trinity_tui.core.handoff.session import Session, block_of
from trinity_tui.core.paths import Workspace
from trinity_tui.harness.thinking.handed import Handed
from trinity_tui.memory.index import Index

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.harness.me import Me

WINDOW_TOKENS = 8192


class Someone:
    """As much of an instance as is asked for."""

    def __init__(self, root: Path) -> None:
        self.id = "builder-1"
        self.root = root
        self.workspace = Workspace(root)


def handed(root: Path) -> Handed:
    """What builder-1 is told there."""
    return Handed(cast("Me", Someone(root)), "f00d")


def leave(root: Path, left: str, moment: float) -> None:
    """A session of builder-1 leaves something."""
    block = block_of(Session("builder-1", "C1", moment, int(moment), started=moment, for_next_instance=(left,)))
    folder = root / "coordination" / "sessions"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{block.name}.md").write_text(written(block))


async def test_where_nobody_left_anything_nothing_is_told(tmp_path: Path) -> None:
    told = handed(tmp_path)
    await told.look(WINDOW_TOKENS)
    assert (told.stable, told.fresh, told.left_out) == ((), (), ())


async def test_what_is_stable_stays_the_same_object_until_a_document_changes(tmp_path: Path) -> None:
    (tmp_path / "PROJECT_CONTEXT.md").write_text("# Desk\n\n## Stack\n\nPython and SQLite.\n")
    told = handed(tmp_path)
    await told.look(WINDOW_TOKENS)
    before = told.stable
    assert "Python and SQLite" in before[0].text
    assert "f00d" in before[0].text
    await told.look(WINDOW_TOKENS)
    assert told.stable is before
    leave(tmp_path, "Begin with the parser.", 1_000.0)
    await told.look(WINDOW_TOKENS)
    assert [part.text for part in told.stable] == [part.text for part in before]
    assert "Begin with the parser." in told.fresh[-1].text


async def test_what_is_left_out_is_said_with_what_the_prompt_leaves_out(tmp_path: Path) -> None:
    (tmp_path / "PROJECT_CONTEXT.md").write_text("# Desk\n\n## Stack\n\n" + "Python. " * 20_000)
    leave(tmp_path, "Begin with the parser.", 1_000.0)
    told = handed(tmp_path)
    await told.look(WINDOW_TOKENS)
    asked = Turn("user", "What now?")
    composed = compose(Sources(told.stable, told.fresh, (), asked, left_out=told.left_out), WINDOW_TOKENS)
    assert "Begin with the parser." in composed.prompt.fresh
    assert any(text.startswith("of what was left for it: PROJECT_CONTEXT.md") for text in composed.left_out)


async def test_what_a_session_found_is_told_only_as_long_as_it_is_so(tmp_path: Path) -> None:
    found = ("Found: The port is 8001.", "Found: The port is open.", "Decided: We stay on 3.11.")
    block = block_of(Session("builder-1", "C1", 1_000.0, started=1_000.0, work_accomplished=found))
    folder = tmp_path / "coordination" / "sessions"
    folder.mkdir(parents=True)
    (folder / f"{block.name}.md").write_text(written(block))
    workspace = Workspace(tmp_path)
    workspace.runtime.mkdir()
    index = Index.open(workspace.memory_index)
    index.apply([line("a", text="The port is 8001."), line("b", text="the port is open"), line("c", text="A queue.")])
    told = handed(tmp_path)
    await told.look(WINDOW_TOKENS)
    assert "Found: The port is 8001." in told.fresh[-1].text
    index.apply([line("d", 1, text="The port is 8002.", supersedes=("a",))])
    await told.look(WINDOW_TOKENS)
    text = told.fresh[-1].text
    assert "8001" not in text
    assert "- Found: (what was remembered here is no longer so)\n- Found: The port is open." in text
    assert "Decided: We stay on 3.11." in text
    index.apply([line("e", 2, op="retract", target="d")])
    await told.look(WINDOW_TOKENS)
    assert "Found: The port is 8001." in told.fresh[-1].text
    index.close()
