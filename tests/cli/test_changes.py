"""What an instance did in its worktree: looked at, taken over, thrown away, with or without a coordinator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trinity_tui.tools.worktree import Worktree

if TYPE_CHECKING:
    from fleet import Fleet


@pytest.fixture
def tree(fleet: Fleet) -> Worktree:
    made = Worktree(fleet.root, "builder-1")
    made.make()
    (made.path / "new.txt").write_text("a\x1b[2Kline\n")
    return made


def test_it_is_shown_taken_over_and_gone(fleet: Fleet, tree: Worktree) -> None:
    shown = fleet.trinity("changes", "builder-1")
    assert "+a·[2Kline" in shown.stdout, shown.stderr
    assert "\x1b" not in shown.stdout
    assert fleet.trinity("changes", "builder-1", "--accept").stdout == "new.txt\ntaken over: 1 file, not committed\n"
    assert (fleet.root / "new.txt").exists()
    assert fleet.trinity("changes", "builder-1").stdout == "builder-1 changed nothing\n"
    again = fleet.trinity("changes", "builder-1", "--accept")
    assert (again.returncode, again.stderr) == (1, "trinity: there is nothing to take over\n")


def test_it_is_thrown_away(fleet: Fleet, tree: Worktree) -> None:
    assert fleet.trinity("changes", "builder-1", "--discard").returncode == 0
    assert not (tree.path / "new.txt").exists()
    assert not (fleet.root / "new.txt").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [(("bulder-1",), 4, "there is no instance bulder-1. Did you mean builder-1?"),
     (("lead-1",), 4, 'lead-1 has no worktree. Give it isolation = "worktree" in instances.toml.'),
     (("builder-1", "--accept", "--discard"), 2, "cannot both be meant")],
)  # fmt: skip
def test_what_cannot_be_said_is_a_sentence(fleet: Fleet, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = fleet.trinity("changes", *arguments)
    assert done.returncode == code
    assert said in done.stderr
