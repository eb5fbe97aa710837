"""What happened, in words."""

from __future__ import annotations

from trinity_tui.core.told import counted, headline, to_you


def test_what_the_person_had_done_is_theirs_and_what_only_sounds_so_is_not() -> None:
    assert to_you("stopping, asked by person") == "stopping, asked by you"
    assert to_you("stopped by personal-1") == "stopped by personal-1"


def test_one_is_called_as_one_and_none_as_many() -> None:
    assert [counted(number, "line") for number in (0, 1, 2)] == ["0 lines", "1 line", "2 lines"]
    assert [counted(number, "entry", "entries") for number in (1, 5)] == ["1 entry", "5 entries"]
    assert headline({"crash": 1, "restart": 1, "findings": 2}) == "1 crashed, 1 restart, 2 findings"
