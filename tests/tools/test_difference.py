"""Diffs that ``patch`` understands: applied, they give the new text."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trinity_tui.tools.difference import COMPARED_LINES, unified

if TYPE_CHECKING:
    from pathlib import Path

texts = st.lists(st.sampled_from(["a", "b", "c", "", "-x", "+y"]), max_size=30).map("\n".join)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(texts, texts, st.booleans())
def test_git_makes_of_it_the_new_text(tmp_path: Path, before: str, after: str, ends: bool) -> None:
    before, after = before + "\n" * ends, after + "\n" * ends
    (tmp_path / "f").write_text(before)
    patch = unified(before, after, "f")
    if not patch:
        assert before == after
        return
    subprocess.run(["git", "apply", "--unidiff-zero", "-"], cwd=tmp_path, input=patch.encode(), check=True)
    assert (tmp_path / "f").read_text() == after


def test_of_a_long_text_only_the_place_is_shown() -> None:
    lines = [f"line {number}" for number in range(100_000)]
    changed = [*lines]
    changed[50_000] = "other"
    patch = unified("\n".join(lines), "\n".join(changed), "f")
    assert len(patch.splitlines()) == 2 + 1 + 8
    assert "@@ -49998,7 +49998,7 @@" in patch


def test_a_long_change_is_shown_as_a_whole() -> None:
    old = "\n".join(f"a{number}" for number in range(COMPARED_LINES + 10))
    new = "\n".join(f"b{number}" for number in range(COMPARED_LINES + 10))
    assert unified(old, new, "f").count("\n-a") == COMPARED_LINES + 10


def test_a_new_file_comes_from_nowhere() -> None:
    assert unified("", "x\n", "f", is_new=True).startswith("--- /dev/null\n+++ b/f\n@@ -0,0 +1,1 @@\n+x\n")
    assert unified("same", "same", "f") == ""
