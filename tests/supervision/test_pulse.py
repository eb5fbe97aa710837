"""Our own standstill, told from others' silence."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from trinity_tui.core.instance import STANDSTILL_SECONDS
from trinity_tui.core.restart import Rules
from trinity_tui.supervision import PingRequested, StatusChanged
from trinity_tui.supervision.pulse import Pulse

if TYPE_CHECKING:
    from supervision.ground import Ground, Make


class Clock:
    """Goes on by itself, and by what it is put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


async def test_it_beats_while_it_is_needed_and_knows_a_standstill() -> None:
    now = [100.0]
    beats: list[float] = []
    enough = asyncio.Event()

    def on_beat() -> bool:
        beats.append(pulse.stood_still())
        if len(beats) == 2:
            enough.set()
        return len(beats) < 2

    pulse = Pulse(lambda: now[0], on_beat)
    assert pulse.stood_still() == 0.0, "it does not beat: nothing is known"
    pulse.start()
    pulse.start()
    now[0] += STANDSTILL_SECONDS
    assert pulse.stood_still() == 0.0
    now[0] += 60.0
    assert pulse.stood_still() == 60.0
    assert pulse.stood_still() == 0.0
    now[0] += 30.0
    await enough.wait()
    assert beats == [30.0, 0.0]
    now[0] += 60.0
    assert pulse.stood_still() == 0.0, "it does not beat any more"


async def test_an_answer_that_waited_for_us_is_not_slow(ground: Ground, supervise: Make) -> None:
    clock = Clock()
    rules = Rules(ping_seconds=0.1, ping_timeout_seconds=30.0)
    watched = await supervise(ground.spec("a"), rules=rules, clock=clock)
    await watched.online("a")
    await watched.until(lambda: bool(watched.of(PingRequested)))
    clock.ahead += 60.0
    ping = watched.of(PingRequested)[0]
    watched.supervisor.pong("a", ping.epoch, ping.nonce)
    assert (watched.status("a").state, watched.status("a").reason) == ("ONLINE", "answers")
    await watched.until(lambda: len(watched.of(PingRequested)) > 1)
    assert "DEGRADED" not in {event.status.state for event in watched.of(StatusChanged)}
