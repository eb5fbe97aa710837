"""Writes the planted shop and its clean twin as git repositories with a history of their own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = 1_790_000_000.0
DAY_SECONDS = 86_400
FIXTURES = Path(__file__).parents[2] / "fixtures" / "planted"
WORDS = {
    "@NOTE@": "TO" + "DO",
    "@MEND@": "FIX" + "ME",
    "@OURS@": "<" * 7,
    "@MIDDLE@": "=" * 7,
    "@THEIRS@": ">" * 7,
}


def write_tree(source: Path, root: Path) -> None:
    for file in sorted(source.rglob("*.in")):
        text = file.read_text()
        for mark, word in WORDS.items():
            text = text.replace(mark, word)
        text = re.sub(r"^@repeat (\d+)@ (.*\n)", lambda m: m[2] * int(m[1]), text, flags=re.MULTILINE)
        target = root / file.relative_to(source).with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def commit_all(root: Path, age_days: float) -> None:
    """Commit everything as of some days before NOW, whatever the user's own git settings are."""
    when = f"{int(NOW - age_days * DAY_SECONDS)} +0000"
    who = {f"GIT_{part}_{field}": "shop@example.org" for part in ("AUTHOR", "COMMITTER") for field in ("NAME", "EMAIL")}
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_SYSTEM": "/dev/null",
        **who,
    }
    environment |= {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "--allow-empty", "-m", "work"]):
        subprocess.run(["git", *arguments], cwd=root, env=environment, check=True, capture_output=True)


def build_planted(root: Path) -> Path:
    write_tree(FIXTURES / "clean", root)
    write_tree(FIXTURES / "planted", root)
    (root / "tests" / "test_ledger.py").unlink()
    (root / "assets").mkdir()
    (root / "assets" / "photo.bin").write_bytes(b"\0" * 5_500_000)
    commit_all(root, 200)
    for number in range(8):
        with (root / "src" / "shop" / "prices.py").open("a") as file:
            file.write(f"# price list {number}\n")
        commit_all(root, 40 - number)
    return root


def build_clean(root: Path) -> Path:
    """The same number of commits and more, spread evenly over the files."""
    write_tree(FIXTURES / "clean", root)
    files = sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file())
    staged = root.with_name(root.name + "-staged")
    shutil.move(root, staged)
    root.mkdir()
    for number, file in enumerate(files):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(staged / file, root / file)
        commit_all(root, 60 - number)
    shutil.rmtree(staged)
    return root


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_planted(tmp_path_factory.mktemp("planted"))


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_clean(tmp_path_factory.mktemp("clean"))


@pytest.fixture
def own_planted(planted: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(planted, tmp_path / "shop"))


@pytest.fixture
def commit() -> Callable[[Path, float], None]:
    return commit_all


@pytest.fixture
def now() -> float:
    return NOW
