"""The workspace's files: its own, bounded, inside the root, whatever their names are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from trinity_tui.brains.builtin.files import LIMIT_READ_BYTES, kind_of, list_files, read_file
from trinity_tui.brains.builtin.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def names(root: Path) -> set[str]:
    return {entry.path for entry in list_files(root)}


def test_the_walk_leaves_out_what_is_built_or_installed(tmp_path: Path) -> None:
    for path in (
        "a.py .hidden/b.py .trinity/c.py node_modules/d.js build/e.py src/__pycache__/f.pyc src/g.py pkg.egg-info/h"
    ).split():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x = 1\n")
    (tmp_path / "my-python").mkdir()
    (tmp_path / "my-python" / "pyvenv.cfg").write_text("")
    (tmp_path / "my-python" / "lib.py").write_text("")
    assert names(tmp_path) == {"a.py", "src/g.py"}


def test_what_stands_there_for_other_programs_is_nobodys_work(tmp_path: Path) -> None:
    for name in (".shared_messages.json", ".instance_builder-1_state.json", ".instance.json", "shared_memory.json"):
        (tmp_path / name).write_text("[]")
    assert names(tmp_path) == {".instance.json", "shared_memory.json"}


def test_the_latest_change_comes_first(tmp_path: Path) -> None:
    for age, name in enumerate(("new.py", "middle.py", "old.py")):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (1_000 - age, 1_000 - age))
    assert [entry.path for entry in list_files(tmp_path)] == ["new.py", "middle.py", "old.py"]


def test_links_lead_nowhere(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "secret.py").write_text("x = 1\n")
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "folder").symlink_to(outside, target_is_directory=True)
    (root / "file.py").symlink_to(outside / "secret.py")
    (root / "circle").symlink_to("circle")
    assert names(root) == set()
    assert read_file(root, "folder/secret.py") is None
    assert read_file(root, "file.py") is None
    assert read_file(root, "../outside/secret.py") is None
    assert read_file(root, "/etc/passwd") is None


def test_a_folder_swapped_for_a_link_after_the_commit_is_left_out(
    tmp_path: Path, commit: Callable[[Path, float], None]
) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    for folder in (root / "src", outside):
        folder.mkdir(parents=True)
        (folder / "a.py").write_text("x = 1\n")
    commit(root, 1)
    (root / "src" / "a.py").unlink()
    (root / "src").rmdir()
    (root / "src").symlink_to(outside, target_is_directory=True)
    assert "src/a.py" not in names(root)


def test_pipes_folders_and_binaries_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "binary").write_bytes(b"text\0more")
    (tmp_path / "large").write_bytes(b"x" * (LIMIT_READ_BYTES + 1))
    for name in ("pipe", "folder", "binary", "large", "missing", "nul\0name"):
        assert read_file(tmp_path, name) is None


def test_text_that_is_not_utf_8_is_tolerated(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9\n")
    (tmp_path / "mark.py").write_bytes(b"\xef\xbb\xbfx = 1\n")
    assert read_file(tmp_path, "latin.txt") == "caf\ufffd\n"
    assert read_file(tmp_path, "mark.py") == "x = 1\n"


def test_odd_names_are_kept_and_uncitable_ones_left_out(
    tmp_path: Path, commit: Callable[[Path, float], None], now: float
) -> None:
    odd = {"with space.py", "new\nline.py", "quote\"'.py", "-dash.py", "colon:name.py", "glob*[a].py"}
    for name in odd:
        (tmp_path / name).write_text("def f(a=[]):\n    return a\n")
    (tmp_path / os.fsdecode(b"bad\xff.py")).write_text("x = 1\n")
    commit(tmp_path, 1)
    assert names(tmp_path) == odd
    result = Survey(tmp_path).run(now)
    assert {defect.path for defect in result.defects if defect.rule == "mutable-default"} == odd
    assert all(defect.text.isprintable() and defect.evidence.isprintable() for defect in result.defects)
    assert result.gone([defect.key for defect in result.defects]) == []


def test_files_that_hold_secrets_are_not_listed(tmp_path: Path) -> None:
    for name in (".env", ".env.local", "server.pem", "id_rsa", "credentials.json", "environment.py"):
        (tmp_path / name).write_text("x")
    assert names(tmp_path) == {"environment.py"}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/shop/prices.py", "source"),
        ("tests/test_prices.py", "test"),
        ("tests/conftest.py", "test"),
        ("src/shop/test_prices.py", "test"),
        ("src/testing.py", "source"),
        ("tests/fixtures/bad.py", "material"),
        ("tests/data/bad.py", "material"),
        ("data/table.py", "source"),
        ("README.md", "text"),
    ],
)
def test_place_and_name_tell_what_a_file_is_for(path: str, kind: str) -> None:
    assert kind_of(path) == kind


def test_what_sessions_left_is_not_looked_through(tmp_path: Path) -> None:
    for name in (
        "SESSION_LOG.md",
        "docs/SESSION_LOG.md",
        "coordination/sessions/C1-a-1-1.md",
        "coordination/memory/C1.jsonl",
        "coordination/README.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("TODO\n")
    assert {entry.path for entry in list_files(tmp_path)} == {"docs/SESSION_LOG.md", "coordination/README.md"}
