"""Which brain is in use: switched without a new start, looked for while it is missing, and shown as it is."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from harness.thinking.thinking import NAME, Found, Model, says
from trinity_tui.core.wire import live
from trinity_tui.harness.thinking import mind

if TYPE_CHECKING:
    import pytest

    from harness.ground import Ground
    from harness.thinking.thinking import Stage


async def test_another_brain_is_used_from_the_next_exchange_on_and_shown_at_once(stage: Stage, ground: Ground) -> None:
    life, heard = stage.live(Model(says("One.")))
    other = Model(says("Two."))
    stage.found["ollama:other"] = Found(other)
    assert (await ground.ask("oracle-1", "?")).content == "One."
    life.me.heard(live.UseBrain("ollama:other"))
    await ground.until(lambda: stage.looked[-1] == "ollama:other", "looked for")
    assert (await ground.ask("oracle-1", "?")).content == "Two."
    assert [turn.text for turn in other.prompts[0].turns] == ["?", "One.", "?"]
    life.me.heard(live.UseBrain("builtin"))
    await ground.until(lambda: heard.activities[-1].brain == "builtin", "shown")
    assert heard.activities[-1].degraded == ""
    answer = await ground.ask("oracle-1", "help")
    assert answer.metadata["brain"] == "builtin" and "why" not in answer.metadata


async def test_a_brain_is_opened_once_though_every_coordinator_names_it(stage: Stage, ground: Ground) -> None:
    life, heard = stage.live(Model(says("One."), says("Two.")))
    life.me.heard(live.UseBrain(NAME))
    await ground.until(lambda: heard.activities and heard.activities[-1].brain == NAME, "opened")
    life.me.heard(live.UseBrain(NAME))
    assert (await ground.ask("oracle-1", "?")).content == "One."
    life.me.heard(live.UseBrain(NAME))
    assert (await ground.ask("oracle-1", "?")).content == "Two."
    assert stage.looked == [NAME]


async def test_a_brain_that_is_named_before_the_role_is_taken_up_is_used(stage: Stage, ground: Ground) -> None:
    stage.found["ollama:other"] = Found(Model(says("Two.")))
    life, _ = stage.live(Model())
    life.me.heard(live.UseBrain("ollama:other"))
    assert (await ground.ask("oracle-1", "?")).content == "Two."
    assert stage.looked == ["ollama:other"]


async def test_a_named_brain_that_is_missing_is_said_and_found_when_it_comes(
    stage: Stage, ground: Ground, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mind, "AGAIN_SECONDS", 0.02)
    caplog.set_level(logging.INFO, logger="mind")
    _, heard = stage.live(None)
    await ground.until(lambda: heard.activities and heard.activities[-1].degraded, "said")
    assert (heard.activities[-1].brain, heard.activities[-1].degraded) == ("builtin", f"no {NAME}")
    await ground.until(lambda: len(stage.looked) > 2, "looked for again")
    assert [entry.message for entry in caplog.records] == [f"thinking with builtin: no {NAME}"]
    stage.found[NAME] = Found(Model(says("Here.")))
    await ground.until(lambda: heard.activities[-1].brain == NAME, "found")
    assert heard.activities[-1].degraded == ""
    assert [entry.message for entry in caplog.records[1:]] == [f"thinking with {NAME}"]


async def test_auto_that_finds_no_model_is_no_degradation(stage: Stage, ground: Ground) -> None:
    _, heard = stage.live(None, brain="auto")
    answer = await ground.ask("oracle-1", "help")
    assert (answer.metadata["brain"], answer.metadata["why"]) == ("builtin", "no auto")
    assert all(not one.degraded for one in heard.activities)


async def test_a_name_that_is_none_is_said(stage: Stage, ground: Ground) -> None:
    life, heard = stage.live(None, brain="builtin")
    await ground.ask("oracle-1", "help")
    life.me.heard(live.UseBrain("skynet"))
    await ground.until(lambda: "'skynet' is no brain" in heard.activities[-1].degraded, "said")
    assert stage.looked == []
