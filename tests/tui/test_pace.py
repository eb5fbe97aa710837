from __future__ import annotations

import pytest

from trinity_tui.tui.pace import FLASH_LOOK_SECONDS, FRAME_SECONDS, next_look


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
