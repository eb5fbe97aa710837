"""Playing the past: the clock of then and what is shown keep together, whatever was said and however it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core.message import Message, format_time, parse_time
from trinity_tui.core.record import Record
from trinity_tui.core.room import Room
from trinity_tui.core.wire.face import Greeting
from trinity_tui.tui.bridge import Answered
from trinity_tui.tui.past.reel import LAST, Reel
from trinity_tui.tui.past.tempo import A_TICK_RECORDS, SPEEDS

if TYPE_CHECKING:
    from collections.abc import Sequence

BEGAN = 1_790_000_000.0
PAGE = 700


def said(number: int, seconds: float) -> Record:
    """One message, so long after the log began."""
    return Record(number * 10, Message(
        v=1, id=f"m{number}", from_="lead-1", to="builder-1", type="message", priority="normal",
        timestamp=format_time(BEGAN + seconds), content=f"number {number}", metadata={},
    ))  # fmt: skip


class Viewer:
    """Somebody who looks at a log that is answered a page at a time."""

    def __init__(self, log: list[Record]) -> None:
        self.log = log
        self.told: list[str] = []
        self.waiting: list[dict[str, Any]] = []
        self.reel = Reel(self, lambda _: None, self.told.append)
        self.reel.greeting = Greeting(3, "shop", "/home/agus/shop", "C1", 4711, 1, 0)

    def ask(self, do: str, **args: Any) -> None:
        """As the bridge does; ``answer`` comes later."""
        self.waiting.append(args)

    def answer(self) -> None:
        """All that was asked for is answered, and folded."""
        while self.waiting:
            args = self.waiting.pop(0)
            start = args.get("start", 0)
            page = [record for record in self.log if record.position >= start][:PAGE]
            following = page[-1].position + 1 if page else start
            room = {} if "start" in args else {"room": msgspec.json.encode(Room()).decode()}
            self.reel.takes(Answered("replay", args, room | {
                "records": msgspec.json.encode(page).decode(), "next": following, "first": 0, "end": self.end,
            }))  # fmt: skip
            while self.reel.is_folding:
                self.reel.fold()

    @property
    def end(self) -> int:
        """Where the log ends."""
        return self.log[-1].position + 1

    def plays(self, ticks: int, speed: int = SPEEDS[-1]) -> None:
        """It plays for so many tenths of a second."""
        self.reel.faster(SPEEDS.index(speed) - SPEEDS.index(self.reel.speed))
        self.reel.begin()
        for _ in range(ticks):
            if self.reel.is_playing:
                self.reel.play(0.1)
                self.keeps_together()
                self.answer()

    def keeps_together(self) -> None:
        """What was said until then is shown, and nothing that was said later."""
        assert self.reel.mirror is not None
        times = [parse_time(record.message.timestamp) for record in self.log]
        shown = self.reel.mirror.room.count
        assert shown == 0 or times[shown - 1] <= self.reel.now + 1e-3
        assert shown == len(times) or times[shown] > self.reel.now - 1e-3

    def shown(self) -> Sequence[str]:
        """What the newest rows say."""
        assert self.reel.mirror is not None
        return [row.text for row in self.reel.mirror.room.flow[-3:]]


def test_where_much_was_said_it_plays_slower_than_it_should_and_leaves_nothing_out() -> None:
    viewer = Viewer([said(number, number / 1_000) for number in range(3_000)])
    viewer.reel.seek(0)
    viewer.answer()
    viewer.plays(2)
    assert viewer.reel.is_slowed
    assert viewer.reel.mirror is not None
    assert viewer.reel.mirror.room.count == 2 * A_TICK_RECORDS
    viewer.plays(30)
    assert viewer.reel.mirror.room.count == 3_000
    assert viewer.told == [LAST]
    assert not viewer.reel.is_playing


def test_what_was_said_since_is_played_as_well() -> None:
    viewer = Viewer([said(number, number) for number in range(4)])
    viewer.reel.seek(0)
    viewer.answer()
    viewer.plays(10)
    assert viewer.told == [LAST]
    viewer.log.append(said(4, 100))
    viewer.plays(20)
    assert viewer.shown()[-1] == "number 4"
    assert viewer.told == [LAST, LAST]


def test_a_long_silence_is_passed_over() -> None:
    viewer = Viewer([said(0, 0), said(1, 50_000), said(2, 50_001)])
    viewer.reel.seek(1)
    viewer.answer()
    viewer.plays(15, speed=1)
    assert viewer.shown() == ["number 0", "number 1"]
