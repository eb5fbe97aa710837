"""The right to append: taken, waited for, seen from outside, freed by death."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from patience import PATIENCE_SECONDS
from trinity_tui.bus.lock import AppendLock, LockObserver
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bus.conftest import Starter


@pytest.fixture
def locks(tmp_path: Path) -> Iterator[list[AppendLock]]:
    """Two locks on one file."""
    found = [AppendLock(tmp_path / "LOCK") for _ in range(2)]
    yield found
    for lock in found:
        lock.close()


@pytest.fixture
def observer(tmp_path: Path) -> Iterator[LockObserver]:
    """Who looks at it from outside."""
    found = LockObserver(tmp_path / "LOCK")
    yield found
    found.close()


def test_one_at_a_time(locks: list[AppendLock]) -> None:
    first, second = locks
    assert first.try_acquire()
    assert not second.try_acquire()
    assert not first.try_acquire()
    first.release()
    assert second.try_acquire()
    second.release()


def test_waiting_ends_with_the_lock_the_word_or_the_time(locks: list[AppendLock]) -> None:
    first, second = locks
    assert first.try_acquire()
    assert not second.acquire(threading.Event(), 0.01)
    stop = threading.Event()
    outcome: list[bool] = []
    waiting = threading.Thread(target=lambda: outcome.append(second.acquire(stop)))
    waiting.start()
    stop.set()
    waiting.join(PATIENCE_SECONDS)
    assert outcome == [False]
    waiting = threading.Thread(target=lambda: outcome.append(second.acquire(threading.Event())))
    waiting.start()
    first.release()
    waiting.join(PATIENCE_SECONDS)
    assert outcome == [False, True]
    second.release()


def test_a_lock_whose_file_was_deleted_knows_it(locks: list[AppendLock], tmp_path: Path) -> None:
    locks[0].check_there()
    (tmp_path / "LOCK").unlink()
    with pytest.raises(BusError, match="was deleted"):
        locks[0].check_there()


def test_a_free_lock_has_no_holder(locks: list[AppendLock], observer: LockObserver) -> None:
    assert observer.holder(0, 1.0) is None
    assert locks[0].try_acquire()
    assert observer.holder(0, 1.0) == (0, 0.0)
    locks[0].sign()
    assert observer.holder(0, 1.0) == (os.getpid(), 0.0)
    locks[0].unsign()
    assert observer.holder(0, 1.0) == (0, 0.0)
    locks[0].release()
    assert observer.holder(0, 2.0) is None


def test_a_long_hold_is_told_from_many_short_ones(locks: list[AppendLock], observer: LockObserver) -> None:
    assert locks[0].try_acquire()
    locks[0].sign()
    assert observer.holder(10, 100.0) == (os.getpid(), 0.0)
    assert observer.holder(10, 101.5) == (os.getpid(), 1.5)
    assert observer.holder(20, 102.0) == (os.getpid(), 0.0)
    locks[0].release()


def test_observers_do_not_take_one_another_for_a_holder(observer: LockObserver, tmp_path: Path) -> None:
    other = LockObserver(tmp_path / "LOCK")
    assert other.holder(0, 1.0) is None
    assert observer.holder(0, 1.0) is None
    other.close()


def test_a_stopped_holder_is_named_and_its_death_frees_the_lock(
    tmp_path: Path, program: Starter, locks: list[AppendLock], observer: LockObserver
) -> None:
    holder = program("hold_lock", tmp_path)
    assert holder.line() == "held"
    holder.stop_there()
    assert not locks[0].try_acquire()
    assert observer.holder(0, 5.0) == (holder.process.pid, 0.0)
    assert observer.holder(0, 7.0) == (holder.process.pid, 2.0)
    holder.signal(signal.SIGKILL)
    holder.process.wait(PATIENCE_SECONDS)
    assert locks[0].try_acquire()
    locks[0].release()
    assert observer.holder(0, 8.0) is None
