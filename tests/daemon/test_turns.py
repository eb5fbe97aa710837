"""What waits for the end of a turn is done once: at its end, or when it has lasted long enough."""

from __future__ import annotations

import asyncio

from trinity_tui.daemon.turns import Turns


class Watched:
    """Turns, who is busy, and what was done."""

    def __init__(self, wait_seconds: float = 1_000.0) -> None:
        self.busy: set[str] = set()
        self.done: list[str] = []
        self.did = asyncio.Event()
        self.turns = Turns(self.busy.__contains__, wait_seconds)

    def after(self, instance: str, what: str) -> None:
        self.turns.after(instance, lambda: self._do(what))

    def _do(self, what: str) -> None:
        self.done.append(what)
        self.did.set()


async def test_who_is_idle_is_not_waited_for() -> None:
    watched = Watched()
    watched.after("a", "restart")
    assert watched.done == ["restart"]
    assert not watched.turns.waiting


async def test_a_turn_is_waited_for_and_its_end_is_heard_once() -> None:
    watched = Watched()
    watched.busy.add("a")
    watched.after("a", "restart")
    watched.turns.heard("a")
    assert (watched.done, watched.turns.waiting) == ([], {"a"})
    watched.busy.clear()
    watched.turns.heard("b")
    watched.turns.heard("a")
    watched.turns.heard("a")
    assert (watched.done, watched.turns.waiting) == (["restart"], set())


async def test_a_turn_that_does_not_end_is_not_waited_for_for_ever() -> None:
    watched = Watched(0.01)
    watched.busy.add("a")
    watched.after("a", "leave")
    await watched.did.wait()
    assert watched.done == ["leave"]


async def test_what_came_later_is_done_instead() -> None:
    watched = Watched()
    watched.busy.add("a")
    watched.after("a", "restart")
    watched.after("a", "leave")
    watched.busy.clear()
    watched.turns.heard("a")
    assert watched.done == ["leave"]


async def test_what_is_forgotten_is_not_done() -> None:
    watched = Watched(0.0)
    watched.busy.update("ab")
    watched.after("a", "restart")
    watched.after("b", "restart")
    watched.turns.forget("a")
    watched.turns.close()
    await asyncio.sleep(0)
    watched.busy.clear()
    watched.turns.heard("a")
    assert watched.done == []
