"""The explorer: every finding once, with a place that exists; taken back when its cause is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from trinity_tui.harness.roles import explorer

if TYPE_CHECKING:
    from harness.ground import Ground, Life
    from trinity_tui.core.message import Message

BAD = "def refresh(token, seen=[]):\n    seen.append(token)\n    return seen\n"


@pytest.fixture(autouse=True)
def looks_often(ground: Ground) -> None:
    """What changes is to be seen at once."""
    ground.survey_seconds = 0.1


def is_about(message: Message, path: str) -> bool:
    return message.type == "finding" and message.metadata["path"] == path


async def looked(ground: Ground, life: Life) -> None:
    """Wait until it has looked at everything that is there now."""
    cache = life.me.places.folder / "survey.json"
    for _ in range(2):
        before = cache.stat().st_mtime_ns if cache.exists() else 0
        await ground.until(lambda before=before: cache.exists() and cache.stat().st_mtime_ns > before, "a look")
    await ground.settled(life)


async def test_a_finding_is_said_once_over_looks_and_lives(ground: Ground) -> None:
    (ground.root / "auth.py").write_text(BAD)
    life = ground.live("explorer-1")
    found = await ground.heard(lambda message: is_about(message, "auth.py"))
    assert found.to == "broadcast"
    assert found.content.startswith(f"auth.py:{found.metadata['line']} ")
    assert set(found.metadata) == {"key", "rule", "path", "line", "symbol", "severity", "evidence"}
    await looked(ground, life)
    await ground.lives.pop().end()
    again = ground.live("explorer-1")
    await looked(ground, again)
    keys = [message.metadata["key"] for message in await ground.said("finding")]
    assert len(keys) == len(set(keys))
    assert cast("explorer.Explorer", again.role).facts() == f"{len(keys)} findings stand."


async def test_a_finding_that_moves_is_the_same_finding_and_is_cited_where_it_stands(ground: Ground) -> None:
    (ground.root / "auth.py").write_text(BAD)
    life = ground.live("explorer-1")
    await ground.heard(lambda message: is_about(message, "auth.py"))
    await looked(ground, life)
    before = await ground.said("finding")
    (ground.root / "auth.py").write_text("import os\n\nprint(os)\n\n" + BAD)
    moved = await ground.heard(lambda message: message.metadata.get("op") == "move")
    keys = {message.metadata["key"]: message.metadata["line"] for message in before if is_about(message, "auth.py")}
    assert moved.metadata["lines"]
    for key, line in moved.metadata["lines"].items():
        assert line == keys[key] + 4
    await looked(ground, life)
    assert len([m for m in await ground.said("finding") if m.metadata["key"] in moved.metadata["lines"]]) == len(
        moved.metadata["lines"]
    )
    said = await ground.ask("explorer-1", "what have you found in auth.py?")
    assert {int(place.rpartition(":")[2]) for place in said.metadata["cites"]} >= set(moved.metadata["lines"].values())


async def test_a_finding_whose_cause_is_gone_is_taken_back_and_may_come_again(ground: Ground) -> None:
    (ground.root / "auth.py").write_text(BAD)
    ground.live("explorer-1")
    found = await ground.heard(
        lambda message: message.type == "finding" and message.metadata["rule"] == "mutable-default"
    )
    (ground.root / "auth.py").write_text("def refresh(token):\n    return [token]\n")
    gone = await ground.heard(lambda message: message.reply_to == found.id)
    assert (gone.type, gone.to) == ("memory", "broadcast")
    assert gone.metadata == {"op": "retract", "key": found.metadata["key"]}
    (ground.root / "auth.py").write_text(BAD)
    again = await ground.heard(lambda message: message.metadata.get("key") == found.metadata["key"], 3)
    assert again.type == "finding"


async def test_a_folder_without_anything_in_it(ground: Ground) -> None:
    life = ground.live("explorer-1")
    await looked(ground, life)
    assert await ground.said("finding") == []
    assert "Nothing found so far" in (await ground.ask("explorer-1", "what have you found?")).content


async def test_of_many_findings_all_are_said_a_burst_at_a_time(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explorer, "BURST", 5)
    monkeypatch.setattr(explorer, "AGAIN_SECONDS", 0.01)
    for number in range(12):
        (ground.root / f"auth{number}.py").write_text(BAD)
    ground.live("explorer-1", survey_seconds=3600.0)
    await ground.heard(lambda message: message.type == "finding" and message.metadata["rule"] == "mutable-default", 12)
    keys = [message.metadata["key"] for message in await ground.said("finding")]
    assert len(keys) == len(set(keys))


async def test_of_very_many_only_grave_ones_are_added(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explorer, "STANDING_MOST", 5)
    monkeypatch.setattr(explorer, "AGAIN_SECONDS", 0.01)
    for number in range(12):
        (ground.root / f"auth{number}.py").write_text(BAD)
    life = ground.live("explorer-1")
    await looked(ground, life)
    await looked(ground, life)
    assert len(await ground.said("finding")) == 5
    (ground.root / "torn.py").write_text("def broken(:\n")
    await ground.heard(lambda message: message.type == "finding" and message.metadata["severity"] == "high")
