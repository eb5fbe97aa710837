"""Looking through the log from a position on, over every carrier: bounded, and going on where it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.sieve import words_of

if TYPE_CHECKING:
    from tests.bus.conftest import Carried, Talk

    from trinity_tui.core.record import Record


async def test_pages_together_hold_everything_that_fits_once(carried: Carried, talk: Talk) -> None:
    bus = await carried()
    for number in range(12):
        await bus.publish(talk(f"number {number}"), talk("beside it"))
    written = [item async for item in bus.read(0)]
    fits = [item for item in written if "number" in item.message.content]
    found: list[Record] = []
    following, is_end = written[2].position, False
    while not is_end:
        page = await bus.look_on(following, words_of(["number"]), 5, 20.0)
        assert len(page.records) == 5 or page.is_end
        found += page.records
        following, is_end = page.following, page.is_end
    assert found == fits[1:]
    assert following >= await bus.end()


async def test_nothing_that_fits_ends_at_the_end_of_the_log(carried: Carried, talk: Talk) -> None:
    bus = await carried()
    page = await bus.look_on(0, words_of(["number"]), 5, 20.0)
    assert (page.records, page.is_end) == ([], True)
    await bus.publish(talk("beside it"))
    page = await bus.look_on(page.following, words_of(["number"]), 5, 20.0)
    assert (page.records, page.is_end) == ([], True)
    assert page.following >= await bus.end()
