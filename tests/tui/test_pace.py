from __future__ import annotations

import pytest

from trinity_tui.tui.pace import (
    BUSY_UPDATE_SECONDS,
    BUSY_UPDATES,
    FLASH_LOOK_SECONDS,
    FRAME_SECONDS,
    UPDATE_SECONDS,
    Rhythm,
    next_look,
)


def test_marks_are_looked_at_frame_by_frame() -> None:
    assert next_look(100.3, "moving") == FRAME_SECONDS


def test_flashes_are_looked_at_when_they_may_have_ended() -> None:
    assert next_look(100.3, "flashing") == FLASH_LOOK_SECONDS


def test_seconds_are_looked_at_when_they_turn() -> None:
    assert next_look(100.3, "ticking") == pytest.approx(0.71)


def test_what_fades_is_looked_at_when_a_bucket_turns() -> None:
    assert next_look(100.0, "fading") == pytest.approx(5.01)


def test_stillness_is_looked_at_once_a_minute() -> None:
    assert next_look(119.0, "still") == pytest.approx(1.01)
    assert next_look(120.0, "still") == pytest.approx(60.01)


def test_the_first_change_after_a_pause_is_told_at_once_and_the_next_after_an_interval() -> None:
    rhythm = Rhythm()
    assert rhythm.beat(100.0)
    assert not rhythm.beat(100.0 + UPDATE_SECONDS / 2)
    assert rhythm.beat(rhythm.due_at)


def test_what_never_stops_changing_is_told_more_rarely_until_it_does() -> None:
    rhythm = Rhythm()
    told: list[float] = []
    now = 100.0
    while now < 101.0:
        if rhythm.beat(now):
            told.append(now)
        now += 0.001
    assert len(told) <= BUSY_UPDATES + 2 + 1 / BUSY_UPDATE_SECONDS
    assert rhythm.beat(102.0)
    assert rhythm.due_at == pytest.approx(102.0 + UPDATE_SECONDS)
