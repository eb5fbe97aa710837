"""The folder of a command and its placeholders: gone with it, also where it was killed; kept while they are needed."""

from __future__ import annotations

import fcntl
import os
import signal
import tempfile
from pathlib import Path

import pytest

from killed_steps import death_at, killed_at_a_step
from trinity_tui.core.errors import ToolError
from trinity_tui.tools.sandbox import scratch as scratches
from trinity_tui.tools.sandbox.scratch import PREFIX, Scratch, alone, sweep

KILLED = killed_at_a_step(
    "open mkdir rmdir unlink close",
    """
fcntl.flock = counted(fcntl.flock)
root = sys.argv[1]
with Scratch.make() as scratch:
    scratch.share(root)
    scratch.place(root, [f"{root}/.git", f"{root}/coordination"])
    Path(scratch.tmp, "left").write_text("x")
""",
    before="""
import fcntl, tempfile
from pathlib import Path
from trinity_tui.tools.sandbox.scratch import Scratch
tempfile.gettempdir()  # Tries it out by a file, once.
""",
)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of our own: what others leave in theirs is no matter here."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "work"
    made.mkdir()
    return made


def test_killed_at_every_step_all_is_gone_once_somebody_sweeps(temporary: Path, root: Path) -> None:
    left: list[int] = []
    for at in range(1, 200):
        code = death_at(KILLED, root, at)
        left.append(len(list(temporary.iterdir())) + len(list(root.iterdir())))
        sweep()
        assert list(temporary.iterdir()) == list(root.iterdir()) == [], f"killed at step {at}"
        if code == 9:
            break
        assert code == -signal.SIGKILL
    else:
        pytest.fail("it never came to its end")
    # The last one ended by itself and left nothing; others did.
    assert left[-1] == 0
    assert max(left) >= 3


def test_what_somebody_uses_is_not_swept(temporary: Path) -> None:
    with Scratch.make() as used:
        assert sweep() == 0
        assert os.path.isdir(used.tmp)
    assert list(temporary.iterdir()) == []


def test_what_only_looks_like_ours_is_left_alone(temporary: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (temporary / f"{PREFIX}link").symlink_to(tmp_path / "precious")
    (temporary / f"{PREFIX}file").write_text("x")
    (temporary / "other").mkdir()
    assert sweep() == 0
    assert len(list(temporary.iterdir())) == 3


def test_a_placeholder_stays_as_long_as_any_command_runs_there(temporary: Path, root: Path) -> None:
    place = root / ".git"
    first, second = Scratch.make(), Scratch.make()
    first.share(str(root))
    first.place(str(root), [str(place)])
    second.share(str(root))
    first.close()
    assert place.is_dir()
    sweep()
    assert place.is_dir()
    second.close()
    sweep()
    assert list(temporary.iterdir()) == list(root.iterdir()) == []


def test_a_placeholder_with_something_in_it_is_somebodys(temporary: Path, root: Path) -> None:
    with Scratch.make() as scratch:
        scratch.place(str(root), [str(root / "coordination")])
        (root / "coordination" / "mine").write_text("x")
    assert (root / "coordination" / "mine").read_text() == "x"
    assert list(temporary.iterdir()) == []


def test_where_the_folder_is_somebodys_alone_nothing_is_run(
    temporary: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratches, "PATIENCE_SECONDS", 0.05)
    descriptor = os.open(root, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        with Scratch.make() as scratch, pytest.raises(ToolError, match="has .* locked"):
            scratch.share(str(root))
    finally:
        os.close(descriptor)


def test_what_is_closed_or_too_deep_goes_too(temporary: Path) -> None:
    with Scratch.make() as scratch:
        (Path(scratch.tmp) / "closed" / "inner").mkdir(parents=True)
        here = os.open(scratch.tmp, os.O_RDONLY)
        for _ in range(1500):
            os.mkdir("deep", dir_fd=here)
            inner = os.open("deep", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inner
        os.close(here)
        (Path(scratch.tmp) / "closed").chmod(0)
    assert list(temporary.iterdir()) == []


def test_a_folder_is_had_alone_while_no_command_runs_there(temporary: Path, root: Path) -> None:
    with Scratch.make() as one, Scratch.make() as other:
        one.share(str(root))
        other.share(str(temporary))
        with alone(root) as is_alone:
            assert not is_alone
    with alone(root) as is_alone:
        assert is_alone
        with Scratch.make() as late, pytest.MonkeyPatch.context() as patch:
            patch.setattr(scratches, "PATIENCE_SECONDS", 0.0)
            with pytest.raises(ToolError, match="locked"):
                late.share(str(root))
    with Scratch.make() as after:
        after.share(str(root))
