from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trinity_tui.tui.delays import Delays

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class HandTimer:
    """A timer that goes off when it is told to, stopped or not: Textual's may be on its way when it is stopped."""

    do: Callable[[], None]
    is_stopped: bool = False

    def stop(self) -> None:
        self.is_stopped = True


class Later:
    def __init__(self) -> None:
        self.timers: list[Any] = []

    def __call__(self, seconds: float, do: Callable[[], None]) -> Any:
        self.timers.append(HandTimer(do))
        return self.timers[-1]


def test_what_is_to_be_done_soon_is_done_once_for_the_last_one() -> None:
    later, done = Later(), list[str]()
    delays = Delays(later)
    for text in "abc":
        delays.soon("typed", 0.1, lambda text=text: done.append(text))
    assert [timer.is_stopped for timer in later.timers] == [True, True, False]
    for timer in later.timers:
        timer.do()
    assert done == ["c"]


def test_what_is_to_be_done_before_long_is_put_off_by_nothing() -> None:
    later, done = Later(), list[int]()
    delays = Delays(later)
    for number in range(3):
        delays.before_long("change", 0.4, lambda number=number: done.append(number))
    delays.before_long("other", 0.4, lambda: done.append(99))
    assert len(later.timers) == 2
    later.timers[0].do()
    delays.before_long("change", 0.4, lambda: done.append(7))
    later.timers[2].do()
    assert done == [0, 7]
