"""The child that does the heavy work: bounded, ended with whom it started, and deaf to the person's own modules."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest

from patience import until
from trinity_tui.brains.builtin.work import AnswerOrder, AnswerReport, ChangesOrder, ChangesReport
from trinity_tui.harness.child import ChildError, ask
from trinity_tui.process import procfs

if TYPE_CHECKING:
    from pathlib import Path

ORDER = ChangesOrder("/", "/")


def script(text: str) -> tuple[str, ...]:
    return (sys.executable, "-S", "-E", "-c", text)


async def test_a_report_comes_back(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / ".trinity").mkdir()
    order = ChangesOrder(str(tmp_path), str(tmp_path / ".trinity" / "files.json"))
    report = await ask(order, ChangesReport, tmp_path)
    assert report.changed == ["a.py"]


@pytest.mark.parametrize("name", ["msgspec", "ast", "trinity_tui"])
async def test_modules_in_the_persons_folder_are_not_loaded(tmp_path: Path, name: str) -> None:
    """Whoever clones a repository has nothing of it run."""
    (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nraise SystemExit(1)\n")
    (tmp_path / ".trinity").mkdir()
    order = AnswerOrder(str(tmp_path), str(tmp_path / ".trinity" / "c.json"), f"search: {name}", [], "", [])
    report = await ask(order, AnswerReport, tmp_path)
    assert not (tmp_path / "ran").exists()
    assert report.is_understood


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise SystemExit(3)", "failed: 3"),
        ("raise KeyError('x')", "failed: KeyError: 'x'"),
        ("print('[]')", "gave no report"),
        ("print('{')", "gave no report"),
        ("", "gave no report"),
    ],
)
async def test_a_child_that_fails_is_said_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ChildError, match=said):
        await ask(ORDER, ChangesReport, tmp_path, program=script(text))


async def test_a_folder_that_is_gone_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ChildError, match="could not begin: No such file"):
        await ask(ORDER, ChangesReport, tmp_path / "gone")


async def test_its_time_is_limited(tmp_path: Path) -> None:
    text = "import time\ntime.sleep(600)"
    with pytest.raises(ChildError, match=r"not done in 0\.2 s"):
        await ask(ORDER, ChangesReport, tmp_path, program=script(text), limit_seconds=0.2)


async def test_cancelled_it_goes_with_whom_it_started(tmp_path: Path) -> None:
    text = (
        "import os, time\npid = os.fork()\n"
        f"if pid:\n    open({str(tmp_path / 'new')!r}, 'w').write(f'{{os.getpid()}} {{pid}}')\n"
        f"    os.rename({str(tmp_path / 'new')!r}, {str(tmp_path / 'pids')!r})\ntime.sleep(600)"
    )
    task = asyncio.create_task(ask(ORDER, ChangesReport, tmp_path, program=script(text)))
    await until((tmp_path / "pids").exists, "both run")
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()

    def living() -> list[int]:
        pids = map(int, (tmp_path / "pids").read_text().split())
        return [pid for pid in pids if (stat := procfs.read_stat(pid)) is not None and not stat.is_dead]

    await until(lambda: not living(), "both are gone")
