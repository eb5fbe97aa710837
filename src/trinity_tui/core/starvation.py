"""Whether a process that gives no answer was given a processor to answer with: who waits for one does not hang.

What is judged are looks at its threads, taken when an answer is missing (``process.scheduling``). Its event loop runs
in the main thread; but what holds up that loop may be a thread that has the interpreter's lock and waits for its turn.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

WAITED_PART = 0.4
"""Who waited for a processor for this part of the time, and hardly ran, had none to speak of."""
RAN_PART = 0.1
"""Who ran for this part of the time has had the processor it takes to answer, on the slowest of machines."""
KEPT_LOOKS = 3
"""So many make a window: with a look every 5 s, the last 10 s."""
RUNNABLE = "R"
STOPPED = frozenset("Tt")


class Thread(msgspec.Struct, frozen=True):
    """One thread, as the kernel counts since it began."""

    state: str
    """The letter of ``/proc/<pid>/stat``."""
    ran_seconds: float
    waited_seconds: float
    """For a processor. What a wait that goes on has taken so far is not in it."""
    turns: int
    """How often it was given a processor."""


class Look(msgspec.Struct, frozen=True):
    """All threads of a process at one moment, by their ids; the main thread has the process's own."""

    at: float
    """Monotonic seconds."""
    pid: int
    threads: dict[int, Thread]


class Wait(msgspec.Struct, frozen=True):
    """How long it waited for a processor, and within how long."""

    waited_seconds: float
    window_seconds: float

    def __str__(self) -> str:
        within = f"{round(self.window_seconds, 1):g}"
        return f"gets no processor: waited {self.waited_seconds:.1f} of the last {within} s for one"


def starved(looks: Sequence[Look]) -> Wait | None:
    """How it was kept from a processor between the first of the looks and the last; None when it was not.

    None as well for whoever had the processor and made nothing of it (it spins), asked for none (it sleeps), or is
    stopped, and where too little is known.
    """
    window = looks[-1].at - looks[0].at if looks else 0.0
    if window <= 0.0 or _main(looks[-1]).state in STOPPED:
        return None
    waited: dict[int, float] = {}
    ran = 0.0
    for before, after in pairwise(looks):
        for thread in before.threads.keys() & after.threads.keys():
            more = _waited(before.threads[thread], after.threads[thread], after.at - before.at)
            waited[thread] = waited.get(thread, 0.0) + more
            ran += after.threads[thread].ran_seconds - before.threads[thread].ran_seconds
    # A loop that waits for the interpreter's lock wakes again and again to ask for it; one that is stuck in a call does
    # not, and then it is no matter what the others wait for.
    is_awake = all(_main(after).turns > _main(before).turns for before, after in pairwise(looks))
    longest = max(waited.values(), default=0.0) if is_awake else waited.get(looks[-1].pid, 0.0)
    is_starved = ran <= RAN_PART * window and longest >= WAITED_PART * window
    return Wait(longest, window) if is_starved else None


def _waited(before: Thread, after: Thread, seconds: float) -> float:
    ran = after.ran_seconds - before.ran_seconds
    if before.turns == after.turns and before.state == after.state == RUNNABLE:
        return max(0.0, seconds - ran)  # It wanted to run all the time.
    # The wait that ended first may have begun before that time.
    return max(0.0, min(after.waited_seconds - before.waited_seconds, seconds - ran))


def _main(look: Look) -> Thread:
    return look.threads[look.pid]
