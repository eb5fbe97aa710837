"""Orders to the child of the builtin brain: looked over once, answered from what is there, no cache ever in the way."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
import pytest

from patience import PATIENCE_SECONDS
from trinity_tui.brains.builtin.work import (
    AnswerOrder,
    AnswerReport,
    ChangesOrder,
    ChangesReport,
    SurveyOrder,
    SurveyReport,
    carry_out,
)

if TYPE_CHECKING:
    from pathlib import Path


def survey(root: Path, cache: Path, known: list[str] | None = None, limit_seconds: float = 60.0) -> SurveyReport:
    report = carry_out(SurveyOrder(str(root), str(cache), known or [], limit_seconds))
    assert isinstance(report, SurveyReport)
    return report


def ask(root: Path, cache: Path, question: str) -> AnswerReport:
    report = carry_out(AnswerOrder(str(root), str(cache), question, [], "fine", []))
    assert isinstance(report, AnswerReport)
    return report


def changes(root: Path, cache: Path) -> ChangesReport:
    report = carry_out(ChangesOrder(str(root), str(cache)))
    assert isinstance(report, ChangesReport)
    return report


def test_what_did_not_change_is_not_read_again(own_planted: Path, tmp_path: Path) -> None:
    cache = tmp_path / "survey.json"
    first = survey(own_planted, cache)
    assert first.is_complete
    assert first.parsed_count == first.file_count > 10
    second = survey(own_planted, cache)
    assert second.parsed_count == 0
    assert second.defects == first.defects
    (own_planted / "src" / "shop" / "prices.py").write_text("x = 1\n")
    assert survey(own_planted, cache).parsed_count == 1


def test_only_what_is_gone_is_gone(own_planted: Path, tmp_path: Path) -> None:
    cache = tmp_path / "survey.json"
    first = survey(own_planted, cache)
    path = next(defect.path for defect in first.defects if defect.path.startswith("src/"))
    (own_planted / path).unlink()
    second = survey(own_planted, cache, [defect.key for defect in first.defects])
    assert {defect.key for defect in first.defects if defect.path == path} <= set(second.gone)
    assert not {defect.key for defect in second.defects} & set(second.gone)


def test_out_of_time_it_says_so_and_takes_nothing_back(own_planted: Path, tmp_path: Path) -> None:
    first = survey(own_planted, tmp_path / "one.json")
    second = survey(own_planted, tmp_path / "two.json", [defect.key for defect in first.defects], 0.0)
    assert not second.is_complete
    assert second.gone == []
    assert survey(own_planted, tmp_path / "two.json").defects == first.defects


def test_of_very_many_defects_the_known_ones_and_the_gravest_others_are_told(tmp_path: Path) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache.json"
    root.mkdir()
    for number in range(250):
        (root / f"m{number}.py").write_text("def f(a, b=[]):\n    return b\n")
    first = survey(root, cache)
    assert (len(first.defects), first.defect_count) == (200, 251)
    second = survey(root, cache, [defect.key for defect in first.defects])
    assert (len(second.defects), second.defect_count, second.gone) == (251, 251, [])


@pytest.mark.parametrize("content", [b"", b"[", b"[]", b"\xff", b'{"a.py": 3}'])
def test_a_damaged_cache_only_costs_time(own_planted: Path, tmp_path: Path, content: bytes) -> None:
    whole = survey(own_planted, tmp_path / "whole.json")
    (tmp_path / "cache.json").write_bytes(content)
    assert survey(own_planted, tmp_path / "cache.json") == whole
    (tmp_path / "cache.json").write_bytes(content)
    assert changes(own_planted, tmp_path / "cache.json").changed_count == whole.file_count


def test_a_cache_that_cannot_be_written_only_costs_time(own_planted: Path, tmp_path: Path) -> None:
    assert survey(own_planted, tmp_path / "no" / "folder.json").is_complete
    (tmp_path / "folder").mkdir()
    assert survey(own_planted, tmp_path / "folder").is_complete
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("folder.")] == []


def test_an_empty_folder(tmp_path: Path) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache.json"
    root.mkdir()
    report = survey(root, cache)
    assert (report.defects, report.file_count, report.is_complete) == ([], 0, True)
    assert changes(root, cache).changed_count == 0
    assert ask(root, cache, "where is refresh?").citations == []


def test_an_answer_says_whether_it_was_understood(own_planted: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache.json"
    found = ask(own_planted, cache, "search: def ")
    assert found.is_understood
    assert found.citations
    for path, line in found.citations:
        assert "def " in (own_planted / path).read_text().splitlines()[line - 1]
    assert not ask(own_planted, cache, "translate everything into another tongue").is_understood


def test_changes_are_those_since_the_last_look(tmp_path: Path) -> None:
    root, cache = tmp_path / "root", tmp_path / "files.json"
    root.mkdir()
    for name in ("a.py", "b.py", "c.py"):
        (root / name).write_text("x = 1\n")
    first = changes(root, cache)
    assert first.changed == ["a.py", "b.py", "c.py"]
    assert changes(root, cache) == ChangesReport(first.fingerprint, [], 0)
    (root / "a.py").write_text("x = 22\n")
    (root / "b.py").unlink()
    (root / "d.py").write_text("")
    second = changes(root, cache)
    assert (second.changed, second.changed_count) == (["a.py", "b.py", "d.py"], 3)
    assert second.fingerprint != first.fingerprint


def test_of_very_many_changes_the_first_are_named(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for number in range(250):
        (root / f"{number:03}.txt").touch()
    report = changes(root, tmp_path / "files.json")
    assert (len(report.changed), report.changed_count) == (200, 250)


def run(order: bytes, folder: Path) -> subprocess.CompletedProcess[bytes]:
    argv = [sys.executable, "-P", "-m", "trinity_tui.brains.builtin"]
    return subprocess.run(argv, input=order, cwd=folder, capture_output=True, check=False, timeout=PATIENCE_SECONDS)


def test_as_a_program_it_takes_one_order_and_gives_one_report(own_planted: Path, tmp_path: Path) -> None:
    done = run(msgspec.json.encode(SurveyOrder(str(own_planted), str(tmp_path / "c.json"), [])), own_planted)
    assert done.returncode == 0, done.stderr
    assert msgspec.json.decode(done.stdout, type=SurveyReport) == survey(own_planted, tmp_path / "other.json")


@pytest.mark.parametrize("order", [b"", b"{}", b'{"type": "format-disk"}', b'{"type": "survey"}'])
def test_what_is_no_order_fails(tmp_path: Path, order: bytes) -> None:
    done = run(order, tmp_path)
    assert done.returncode == 1
    assert done.stdout == b""


def test_an_instance_imports_orders_and_nothing_that_carries_them_out() -> None:
    code = "import sys, trinity_tui.brains.builtin.work\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS
    )
    loaded = set(done.stdout.split())
    ours = {name.rpartition(".")[2] for name in loaded if name.startswith("trinity_tui.brains.builtin.")}
    assert ours == {"defect", "work"}
