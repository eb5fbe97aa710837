"""Locks: one holder, known by its pid, and lost when the file is."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from trinity_tui.core.errors import StoreError
from trinity_tui.store.lock import Lock, holder

if TYPE_CHECKING:
    from pathlib import Path


def held(path: Path) -> Lock:
    lock = Lock.acquire(path)
    assert isinstance(lock, Lock)
    return lock


def test_one_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert holder(path) is None
    with held(path) as lock:
        assert Lock.acquire(path) == os.getpid()
        assert holder(path) == os.getpid()
        assert not lock.is_lost
        assert path.stat().st_mode & 0o777 == 0o600
    assert holder(path) is None
    held(path).close()


def test_the_death_of_the_holder_frees_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    program = (
        "import sys; from trinity_tui.store.lock import Lock; lock = Lock.acquire(sys.argv[1]);"
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert Lock.acquire(path) == other.pid
        other.kill()
        other.wait()
        held(path).close()


def test_a_deleted_file_guards_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = held(path)
    path.unlink()
    assert first.is_lost
    second = held(path)
    assert first.is_lost
    assert not second.is_lost
    first.close()
    first.close()
    second.close()


def test_a_place_where_no_lock_can_be(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="could not be opened"):
        Lock.acquire(tmp_path / "gone" / "lock")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError):
        Lock.acquire(tmp_path / "link")


def test_a_holder_who_did_not_sign(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with held(path):
        path.write_text("not a pid")
        assert Lock.acquire(path) == 0
