"""The reflector: what several records say together, with the ids they rest on, as long as they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from trinity_tui.bus import new_message

if TYPE_CHECKING:
    from harness.ground import Ground
    from trinity_tui.core.message import Message
    from trinity_tui.daemon.remembering import Remembering

ABOUT = {"subject": "refresh()", "predicate": "timeout"}


@pytest.fixture(autouse=True)
async def memory(ground: Ground) -> Remembering:
    """Everything said is remembered, as with a coordinator."""
    return await ground.remember()


async def find(ground: Ground, symbol: str, by: str = "explorer-1", **metadata: Any) -> Message:
    data = {"key": f"bare-except:shop/a.py:{symbol}", "rule": "bare-except", "path": "shop/a.py", "line": 3}
    found, _ = await ground.say(by, "broadcast", "finding", f"shop/a.py:3 {symbol}", metadata={**data, **metadata})
    return found


def is_said(message: Message, kind: str) -> bool:
    return (message.type, message.from_, message.metadata.get("kind")) == ("finding", "reflector-1", kind)


async def until_it_says(ground: Ground, question: str, words: str) -> None:
    """Ask until it has looked into the memory."""
    while words not in (await ground.ask("reflector-1", question)).content:
        pass


async def test_a_theme_rests_on_records_and_goes_with_them(ground: Ground) -> None:
    ground.live("reflector-1")
    found = [await find(ground, symbol) for symbol in ("a", "b", "c")]
    theme = await ground.heard(lambda message: is_said(message, "theme"))
    assert theme.content == "3 records of explorer-1, the newest: shop/a.py:3 c"
    assert (theme.to, theme.metadata["rests_on"]) == ("broadcast", [message.id for message in found])
    # Both at once, so that nothing is said of two.
    gone = [
        new_message("explorer-1", "broadcast", "memory", "gone", reply_to=one.id, metadata={"op": "retract"})
        for one in found[:2]
    ]
    await ground.bus.publish(*gone)
    taken_back = await ground.heard(lambda message: message.reply_to == theme.id)
    assert (taken_back.type, taken_back.metadata["op"]) == ("memory", "retract")
    assert len(await ground.said("memory", "reflector-1")) == 1


async def test_a_theme_that_grows_by_little_is_not_said_again_and_by_much_it_replaces_what_was_said(
    ground: Ground,
) -> None:
    life = ground.live("reflector-1")
    for symbol in "abcd":
        await find(ground, symbol)
    await ground.heard(lambda message: is_said(message, "theme") and message.content.startswith("4 records"))
    await find(ground, "e")
    await ground.know("The queue is bounded.", by="lead-1", subject="queue")
    await ground.know("It holds a hundred.", by="builder-1", subject="queue")
    await ground.heard(lambda message: is_said(message, "theme") and message.content.startswith("queue: 2 records"))
    await find(ground, "f")
    await ground.heard(lambda message: is_said(message, "theme") and message.content.startswith("6 records"))
    await ground.settled(life)
    themes = [one for one in await ground.said("finding", "reflector-1") if "shop" in one.content]
    assert [one.content[:9] for one in themes[-2:]] == ["4 records", "6 records"]
    assert len({one.metadata["key"] for one in themes}) == 1


async def test_statements_that_cannot_both_hold_are_a_question_until_they_agree(ground: Ground) -> None:
    ground.live("reflector-1")
    one = await ground.know("It waits 30 s.", value="30 s", **ABOUT)
    other = await ground.know("It waits 60 s.", by="builder-1", value="60 s", **ABOUT)
    question = await ground.heard(lambda message: is_said(message, "question"))
    assert question.content == "Which timeout of refresh() holds? 30 s (explorer-1); 60 s (builder-1)"
    assert (question.metadata["severity"], question.metadata["rests_on"]) == ("high", [one.id, other.id])
    await ground.know("It waits 30 s.", by="builder-1", value="30 s", **ABOUT)
    await ground.heard(lambda message: message.reply_to == question.id)


async def test_what_failed_and_was_solved_is_a_way_with_both_as_sources(ground: Ground) -> None:
    ground.live("reflector-1")
    failure = await ground.know("The build fails on ARM.", kind="failure", subject="build")
    solution = await ground.know("Set CC first.", by="builder-1", kind="howto", subject="build")
    way = await ground.heard(lambda message: is_said(message, "howto"))
    assert way.content == "Failed: The build fails on ARM. What helped: Set CC first."
    assert way.metadata["rests_on"] == [failure.id, solution.id]


async def test_the_same_is_said_once_over_lives(ground: Ground) -> None:
    life = ground.live("reflector-1")
    for symbol in ("a", "b", "c"):
        await find(ground, symbol)
    await ground.heard(lambda message: is_said(message, "theme"))
    await ground.settled(life)
    said = len(await ground.said("finding", "reflector-1"))
    await ground.lives.pop().end()
    await find(ground, "c", line=9)  # the same again, moved
    again = ground.live("reflector-1")
    await until_it_says(ground, "what is your status?", "4 records hold, 1 thing is said")
    await ground.settled(again)
    assert len(await ground.said("finding", "reflector-1")) == said
    assert await ground.said("memory", "reflector-1") == []


async def test_an_index_that_is_made_anew_takes_nothing_back(ground: Ground, memory: Remembering) -> None:
    life = ground.live("reflector-1")
    for symbol in ("a", "b", "c"):
        await find(ground, symbol)
    await ground.heard(lambda message: is_said(message, "theme"))
    await ground.settled(life)
    said = len(await ground.said("finding", "reflector-1"))
    for _ in range(3):
        await memory.rebuild()
    one = await ground.know("The queue is bounded.", by="lead-1", subject="queue")
    other = await ground.know("It holds a hundred.", by="builder-1", subject="queue")
    theme = await ground.heard(lambda message: is_said(message, "theme") and message.content.startswith("queue"))
    assert theme.metadata["rests_on"] == [one.id, other.id]
    assert len(await ground.said("finding", "reflector-1")) == said + 1
    assert await ground.said("memory", "reflector-1") == []


async def test_what_was_said_in_the_shape_of_before_is_taken_back(ground: Ground) -> None:
    said, _ = await ground.say("reflector-1", "broadcast", "finding", "a.py breaks 3 rules", metadata={"key": "old"})
    state = ground.workspace.instance("reflector-1").state
    state.parent.mkdir(parents=True)
    state.write_text(f'{{"outbox": [], "findings": {{}}, "said": {{"hotspot:a.py": ["a.py breaks", "{said.id}"]}}}}')
    ground.live("reflector-1")
    taken_back = await ground.heard(lambda message: message.reply_to == said.id)
    assert taken_back.metadata["op"] == "retract"


async def test_what_was_found_before_its_first_life_counts(ground: Ground) -> None:
    for symbol in ("a", "b", "c"):
        await find(ground, symbol)
    ground.live("reflector-1")
    await ground.heard(lambda message: is_said(message, "theme"))


async def test_findings_that_moved_are_cited_where_they_stand(ground: Ground) -> None:
    (ground.root / "shop").mkdir()
    (ground.root / "shop" / "a.py").write_text("\n" * 20)
    ground.live("reflector-1")
    found = await find(ground, "a")
    lines = {found.metadata["key"]: 12, "unknown": 1}
    await ground.say("explorer-1", "broadcast", "memory", metadata={"op": "move", "lines": lines})
    await until_it_says(ground, "what was found?", "shop/a.py:12")


async def test_broken_findings_break_nothing(ground: Ground) -> None:
    life = ground.live("reflector-1")
    for metadata in ({}, {"key": 3, "line": "x", "path": None}, {"rule": ["a"]}, {"op": "move", "lines": 5}):
        await ground.say("explorer-1", "broadcast", "finding", "?", metadata=metadata)
        await ground.say("explorer-1", "broadcast", "memory", "?", metadata=metadata)
    await ground.ask("reflector-1", "help")
    await ground.settled(life)
    assert await ground.said("finding", "reflector-1") == []
