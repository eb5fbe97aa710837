"""What the memory is to a turn: it is shown what holds, never what does not, and what it learns is there for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.thinking.thinking import Model, calls, says
from trinity_tui.memory import uses

if TYPE_CHECKING:
    from harness.ground import Ground
    from harness.thinking.thinking import Stage

SECRET = "sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.fixture(autouse=True)
async def memory(ground: Ground) -> None:
    """Everything said is remembered, as with a coordinator."""
    await ground.remember()


async def test_a_turn_is_shown_what_holds_on_it_and_what_is_newest(stage: Stage, ground: Ground) -> None:
    wrong = await ground.know("The gateway listens on port 8001.")
    old = await ground.know("The gateway needs a proxy.")
    new = await ground.know("The gateway needs no proxy any more.", supersedes=[old.id])
    await ground.take_back(wrong)
    for number in range(6):
        await ground.know(f"Something else, number {number}.", by="builder-1")
    model = Model(says("Yes."))
    stage.live(model)
    await ground.ask("oracle-1", "What does the gateway need?")
    fresh = model.prompts[0].fresh
    assert f"[{new.id}] fact of explorer-1" in fresh
    assert "number 5" in fresh
    assert "number 0" not in fresh
    assert wrong.id not in fresh
    assert old.id not in fresh


async def test_what_one_learns_the_next_is_shown_and_says_it_used(stage: Stage, ground: Ground) -> None:
    first = Model(calls("remember", text=f"The gateway wants api_key={SECRET}", kind="howto"), says("Done."))
    stage.live(first, "builder-1")
    await ground.ask("builder-1", "Find out what the gateway wants.")
    (said,) = await ground.said("memory", "builder-1")
    await ground.kept((await ground.records())[-1].position)
    second = Model(says(f"A key [{said.id}]."), says("Nothing."))
    life, _ = stage.live(second, "oracle-1")
    await ground.ask("oracle-1", "What does the gateway want?")
    assert f"[{said.id}] howto of builder-1" in second.prompts[0].fresh
    assert SECRET not in "".join(path.read_text() for path in ground.workspace.memory.glob("*"))
    assert SECRET not in second.shown
    await ground.take_back(said)
    await ground.ask("oracle-1", "What does the gateway want?")
    assert said.id not in second.prompts[1].fresh
    await ground.settled(life)
    counts = uses.count(ground.workspace.instances)[said.id]
    assert (counts.shown, counts.cited, counts.by) == (1, 1, ["oracle-1"])
