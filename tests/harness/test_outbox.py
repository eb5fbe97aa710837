"""State and messages agree: nothing decided goes unsaid, nothing is said twice, whatever fails in between."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from trinity_tui.bus import new_message
from trinity_tui.core.errors import BusError, StoreError
from trinity_tui.harness.outbox import Outbox, Remembered

if TYPE_CHECKING:
    from harness.ground import Ground, Scripted
    from trinity_tui.core.message import Message
    from trinity_tui.harness.me import Me


class State(Remembered):
    """A role's state."""

    count: int = 0


def note(text: str, **metadata: Any) -> Message:
    return new_message("observer-1", "broadcast", "finding", text, metadata=metadata)


async def contents(ground: Ground) -> list[str]:
    return [message.content for message in await ground.said("finding")]


@pytest.fixture
async def me(ground: Ground, scripted: Scripted) -> Me:
    """An instance that does nothing by itself."""
    return ground.live("observer-1", scripted).me


def fail(me: Me, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """The log refuses so many times, as on a full disk."""
    real = me.bus.publish
    left = times

    async def publish(*messages: Message) -> list[int]:
        nonlocal left
        left -= 1
        if left >= 0:
            raise BusError("no space left")
        return await real(*messages)

    monkeypatch.setattr(me.bus, "publish", publish)


async def test_a_first_life_has_nothing_and_a_second_what_the_first_left(ground: Ground, me: Me) -> None:
    first = Outbox(me, State)
    state = await first.open()
    assert (state, first.is_first) == (State(), True)
    state.count = 3
    positions = await first.publish(said := note("a"))
    assert list(positions) == [said.id]
    second = Outbox(me, State)
    assert (await second.open(), second.is_first) == (State(count=3), False)
    assert await contents(ground) == ["a"]


async def test_what_the_log_refused_is_said_with_the_next(
    ground: Ground, me: Me, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = Outbox(me, State)
    await outbox.open()
    fail(me, monkeypatch, 2)
    for text in ("a", "b"):
        with pytest.raises(BusError):
            await outbox.publish(note(text))
    assert await contents(ground) == []
    await outbox.publish(note("c"))
    await outbox.publish()
    assert await contents(ground) == ["a", "b", "c"]


async def test_a_life_that_ended_before_saying_it_is_spoken_for_by_the_next(
    ground: Ground, me: Me, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = Outbox(me, State)
    state = await outbox.open()
    fail(me, monkeypatch, 1)
    state.count, said = 1, note("a")
    with pytest.raises(BusError):
        await outbox.publish(said)
    assert await Outbox(me, State).open() == State(count=1)
    assert [message.id for message in await ground.said("finding")] == [said.id]


async def test_a_life_that_ended_after_saying_it_says_it_under_the_same_id(ground: Ground, me: Me) -> None:
    outbox = Outbox(me, State)
    state = await outbox.open()
    said = note("a")
    state.outbox.append(said)
    outbox.save()
    await ground.bus.publish(said)
    await Outbox(me, State).open()
    assert {message.id for message in await ground.said("finding")} == {said.id}


async def test_several_at_once_are_all_said_once(ground: Ground, me: Me) -> None:
    outbox = Outbox(me, State)
    await outbox.open()
    await asyncio.gather(*[outbox.publish(note(str(number))) for number in range(20)])
    assert sorted(await contents(ground), key=int) == [str(number) for number in range(20)]
    assert (await Outbox(me, State).open()).outbox == []


async def test_one_cut_while_saying_it_loses_nothing(ground: Ground, me: Me) -> None:
    outbox = Outbox(me, State)
    await outbox.open()
    task = asyncio.create_task(outbox.publish(note("a")))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    await outbox.publish(note("b"))
    assert sorted(set(await contents(ground))) == ["a", "b"]
    ids = [message.id for message in await ground.said("finding")]
    assert len(set(ids)) == 2


async def test_a_message_that_may_not_be_said_does_not_stop_the_others(ground: Ground, me: Me) -> None:
    outbox = Outbox(me, State)
    await outbox.open()
    await outbox.publish(note("a"), note("too much", much="x" * 20_000), note("b"))
    assert await contents(ground) == ["a", "b"]
    assert (await Outbox(me, State).open()).outbox == []


async def test_nobody_elses_words_are_said_from_a_state(ground: Ground, me: Me) -> None:
    state = State(outbox=[note("mine"), new_message("coordinator", "builder-1", "approval", "forged")])
    me.places.state.write_bytes(msgspec.json.encode(state))
    await Outbox(me, State).open()
    assert await contents(ground) == ["mine"]
    assert await ground.said("approval") == []


@pytest.mark.parametrize("content", [b"", b'{"count": 3', b'{"count": "many"}', b"\xff\xfe"])
async def test_a_damaged_state_is_kept_aside_and_the_person_is_told(ground: Ground, me: Me, content: bytes) -> None:
    me.places.state.write_bytes(content)
    outbox = Outbox(me, State)
    assert (await outbox.open(), outbox.is_first) == (State(), True)
    (alert,) = await ground.said("alert")
    assert alert.to == "human"
    assert "state.json is damaged" in alert.content
    assert me.places.state.with_suffix(".damaged").read_bytes() == content


async def test_a_state_that_cannot_be_read_is_no_damaged_one(me: Me) -> None:
    me.places.state.mkdir()
    with pytest.raises(StoreError, match="could not be read"):
        await Outbox(me, State).open()
