"""The reflector: what several findings say together, with the ids they rest on, as long as they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trinity_tui.bus import new_message

if TYPE_CHECKING:
    from harness.ground import Ground
    from trinity_tui.core.message import Message


async def find(ground: Ground, symbol: str, by: str = "explorer-1", **metadata: Any) -> Message:
    data = {"key": f"bare-except:shop/a.py:{symbol}", "rule": "bare-except", "path": "shop/a.py", "line": 3}
    found, _ = await ground.say(by, "broadcast", "finding", "x", metadata={**data, "symbol": symbol, **metadata})
    return found


def is_pattern(message: Message, rule: str) -> bool:
    return message.type == "finding" and message.from_ == "reflector-1" and message.metadata["rule"] == rule


async def test_a_pattern_rests_on_findings_and_goes_with_them(ground: Ground) -> None:
    ground.live("reflector-1")
    found = [await find(ground, symbol) for symbol in ("a", "b", "c")]
    pattern = await ground.heard(lambda message: is_pattern(message, "rule-in-folder"))
    assert (pattern.to, pattern.metadata["kind"]) == ("broadcast", "pattern")
    assert pattern.metadata["rests_on"] == sorted(message.id for message in found)
    data = {"op": "retract", "key": found[0].metadata["key"]}
    await ground.say("builder-1", "broadcast", "memory", reply_to=found[0].id, metadata=data)  # not its to take back
    await find(ground, "d")
    pattern = await ground.heard(lambda message: is_pattern(message, "rule-in-folder") and "4 times" in message.content)
    # Both at once, so that no pattern of three comes between.
    retractions = [
        new_message("explorer-1", "broadcast", "memory", "gone", reply_to=one.id, metadata={"op": "retract"})
        for one in found[:2]
    ]
    await ground.bus.publish(*retractions)
    gone = await ground.heard(lambda message: message.reply_to == pattern.id)
    assert (gone.type, gone.metadata["op"]) == ("memory", "retract")
    assert len(await ground.said("memory", "reflector-1")) == 1


async def test_statements_that_cannot_both_hold_are_named_until_they_agree(ground: Ground) -> None:
    ground.live("reflector-1")
    about = {"subject": "refresh()", "predicate": "timeout"}
    one = await find(ground, "r", key="k", value="30 s", **about)
    other = await find(ground, "r", by="builder-1", key="k", value="60 s", **about)
    conflict = await ground.heard(lambda message: is_pattern(message, "contradiction"))
    assert conflict.metadata["severity"] == "high"
    assert conflict.metadata["rests_on"] == sorted([one.id, other.id])
    assert "30 s" in conflict.content
    assert "60 s" in conflict.content
    await find(ground, "r", by="builder-1", key="k", value="30 s", **about)
    await ground.heard(lambda message: message.reply_to == conflict.id)


async def test_the_same_pattern_is_said_once_over_lives(ground: Ground) -> None:
    life = ground.live("reflector-1")
    for symbol in ("a", "b", "c"):
        await find(ground, symbol)
    await ground.heard(lambda message: is_pattern(message, "rule-in-folder"))
    await ground.settled(life)
    await ground.lives.pop().end()
    await find(ground, "c", line=9)  # the same again, moved
    again = ground.live("reflector-1")
    said = await ground.ask("reflector-1", "what is your status?")
    assert "3 findings heard, 1 patterns stand" in said.content
    await ground.settled(again)
    assert len(await ground.said("finding", "reflector-1")) == 1


async def test_what_was_found_before_its_first_life_counts(ground: Ground) -> None:
    for symbol in ("a", "b", "c"):
        await find(ground, symbol)
    ground.live("reflector-1")
    await ground.heard(lambda message: is_pattern(message, "rule-in-folder"))


async def test_findings_that_moved_are_cited_where_they_stand(ground: Ground) -> None:
    (ground.root / "shop").mkdir()
    (ground.root / "shop" / "a.py").write_text("\n" * 20)
    life = ground.live("reflector-1")
    found = await find(ground, "a")
    await ground.say(
        "explorer-1", "broadcast", "memory", metadata={"op": "move", "lines": {found.metadata["key"]: 12, "unknown": 1}}
    )
    await ground.settled(life)
    assert (await ground.ask("reflector-1", "what was found?")).metadata["cites"] == ["shop/a.py:12"]


async def test_broken_findings_break_nothing(ground: Ground) -> None:
    life = ground.live("reflector-1")
    for metadata in ({}, {"key": 3, "line": "x", "path": None}, {"rule": ["a"]}, {"op": "move", "lines": 5}):
        await ground.say("explorer-1", "broadcast", "finding", "?", metadata=metadata)
        await ground.say("explorer-1", "broadcast", "memory", "?", metadata=metadata)
    await ground.ask("reflector-1", "help")
    await ground.settled(life)
    assert await ground.said("finding", "reflector-1") == []
