"""The bus as tools: who speaks is stamped, whom it speaks to is there, what is remembered is a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.thinking.thinking import Model, calls, says
from memory_lines import DAY, line
from trinity_tui.core.memory_message import operation_of
from trinity_tui.core.wire import live
from trinity_tui.harness.thinking import bus_tools
from trinity_tui.memory import uses
from trinity_tui.memory.index import Index

if TYPE_CHECKING:
    from harness.ground import Ground
    from harness.thinking.thinking import Stage

ROSTER = live.Roster([live.Colleague(name, name.partition("-")[0], "ONLINE") for name in ("builder-1", "oracle-1")])


async def result_of(stage: Stage, ground: Ground, tool: str, **arguments: Any) -> str:
    """What a model is told came of a call."""
    model = Model(calls(tool, **arguments), says("So."))
    life, _ = stage.live(model)
    life.me.heard(ROSTER)
    await ground.ask("oracle-1", "?")
    await life.end()
    ground.lives.remove(life)
    return "\n".join(model.prompts[-1].turns[-1].text.splitlines()[1:-1])


async def test_send_says_it_in_its_own_name(stage: Stage, ground: Ground) -> None:
    assert await result_of(stage, ground, "send", to="builder-1", text="look at a.py") == "said to builder-1"
    (said,) = await ground.said("message")
    assert (said.from_, said.to, said.content, said.origin) == ("oracle-1", "builder-1", "look at a.py", "peer")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"to": "bulder-1", "text": "x"}, "did you mean builder-1?"),
        ({"to": "oracle-1", "text": "x"}, "that is you"),
        ({"to": "coordinator", "text": "x"}, "no instance"),
        ({"to": "role:nobody", "text": "x"}, "no address"),
        ({"to": "C2/builder-1", "text": "x"}, "no instance"),
        ({"to": "builder-1"}, "needs a text as text"),
        ({"to": "builder-1", "text": 3}, "needs a text as text"),
        ({"text": "x"}, "needs a text as to"),
    ],
)
async def test_whom_it_cannot_speak_to_it_is_told(
    stage: Stage, ground: Ground, arguments: dict[str, Any], problem: str
) -> None:
    assert problem in await result_of(stage, ground, "send", **arguments)
    assert not await ground.said("message")


async def test_a_colleague_is_asked_and_its_answer_comes_back_as_data(stage: Stage, ground: Ground) -> None:
    model = Model(calls("ask", to="builder-1", text="Do the tests pass?"), says("They do."))
    life, _ = stage.live(model)
    life.me.heard(ROSTER)
    asked, _ = await ground.say("human", "oracle-1", "question", "Do they?")
    question = await ground.heard(lambda message: message.type == "question" and message.to == "builder-1")
    await ground.say("explorer-1", "oracle-1", "answer", "No!", reply_to=question.id)
    await ground.say("builder-1", "oracle-1", "answer", "All of them.", reply_to=question.id)
    assert (await ground.heard(lambda message: message.reply_to == asked.id)).content == "They do."
    assert model.prompts[-1].turns[-1].text.splitlines()[1:-1] == ["All of them."]


async def test_two_who_ask_one_another_do_not_wait_for_ever(stage: Stage, ground: Ground) -> None:
    models = {
        "oracle-1": Model(calls("ask", to="builder-1", text="?"), says("Fine here."), says("It says fine.")),
        "builder-1": Model(calls("ask", to="oracle-1", text="?"), says("Fine here too."), says("It says so.")),
    }
    for name, model in models.items():
        life, _ = stage.live(model, name, brain=f"ollama:{name}")
        stage.found[f"ollama:{name}"] = stage.found.pop("ollama:test")
        life.me.heard(ROSTER)
    asked = [(await ground.say("human", name, "question", "How is the other?"))[0] for name in models]
    for message in asked:
        answer = await ground.heard(lambda said, message=message: said.reply_to == message.id)
        assert "says" in answer.content


async def test_what_is_remembered_is_a_finding_and_recalled_by_its_words(stage: Stage, ground: Ground) -> None:
    await ground.remember()
    said = await result_of(stage, ground, "remember", text="refresh keeps a list", path="a.py", line=4, severity="high")
    assert said == "everybody knows it now"
    (finding,) = await ground.said("finding", "oracle-1")
    assert finding.content == "a.py:4 refresh keeps a list"
    wanted = {"path": "a.py", "line": 4, "severity": "high", "brain": "ollama:test", "rule": "model"}
    assert finding.metadata == wanted
    await ground.kept((await ground.records())[-1].position)
    assert f"[{finding.id}] finding of oracle-1" in await result_of(stage, ground, "recall", query="Refresh?")
    assert "nothing is known" in await result_of(stage, ground, "recall", query="zebra")


async def test_a_finding_of_a_place_that_is_none_is_one_without(stage: Stage, ground: Ground) -> None:
    await result_of(stage, ground, "remember", text="a fact", path="a\x1b[2J.py", line=-3, severity="apocalyptic")
    (said,) = await ground.said("memory", "oracle-1")
    assert (said.content, said.metadata["severity"], said.metadata["kind"]) == ("a fact", "normal", "fact")
    assert "path" not in said.metadata


async def test_what_is_remembered_says_what_of_what(stage: Stage, ground: Ground) -> None:
    await result_of(
        stage, ground, "remember", text="It listens on 8080.", kind="decision", subject="server", predicate="port",
        value="8080", tags=["net", 3], supersedes="none",
    )  # fmt: skip
    (said,) = await ground.said("memory", "oracle-1")
    operation = operation_of(said, "C1")
    assert operation is not None
    assert (operation.kind, operation.subject, operation.predicate, operation.value, operation.tags) == (
        "decision", "server", "port", "8080", ("net",)
    )  # fmt: skip


async def test_the_memory_is_searched_and_its_use_is_noted(stage: Stage, ground: Ground) -> None:
    workspace = ground.workspace
    index = Index.open(workspace.memory_index)
    index.apply(
        [line("m1", text="the queue is unbounded"), line("m2", at=DAY, text="a zebra"), line("m3", text="the queue")]
    )
    index.apply([line("r", at=1, author="human", op="retract", target="m3")])
    index.close()
    model = Model(calls("recall", query="zebra"), says("It is unbounded [m1]."))
    life, _ = stage.live(model)
    asked = await ground.ask(
        "oracle-1", "Please see whether the workers' queue may grow without end under load on a bad day."
    )
    assert "[m1] fact of scout" in model.prompts[0].fresh
    assert "[m3]" not in model.prompts[0].fresh
    assert "[m2]" in model.prompts[1].turns[-1].text
    await life.end()
    ground.lives.remove(life)
    counts = uses.count(workspace.instances)
    assert (counts["m1"].shown, counts["m1"].recalled, counts["m1"].cited, counts["m1"].by) == (1, 0, 1, ["oracle-1"])
    assert (counts["m2"].recalled, counts["m2"].cited) == (1, 0)
    assert asked


async def test_a_task_is_proposed(stage: Stage, ground: Ground) -> None:
    assert "proposed as task" in await result_of(stage, ground, "task", text="Add a test")
    (task,) = await ground.said("task")
    assert (task.from_, task.to, task.content) == ("oracle-1", "role:builder", "Add a test")


async def test_who_does_not_answer_in_time_is_not_waited_for(
    stage: Stage, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_tools, "ANSWER_SECONDS", 0.02)
    assert "has not answered" in await result_of(stage, ground, "ask", to="builder-1", text="?")


async def test_the_same_is_not_remembered_twice_while_it_holds(stage: Stage, ground: Ground) -> None:
    await ground.remember()
    await ground.know("A fact.", by="builder-1")
    said = await ground.know("a fact", by="oracle-1")
    assert "already" in await result_of(stage, ground, "remember", text="a fact")
    await ground.take_back(said)
    assert "everybody knows" in await result_of(stage, ground, "remember", text="a fact")


async def test_its_own_words_for_its_session_are_said_part_by_part(stage: Stage, ground: Ground) -> None:
    words = {"accomplished": "The cart\n is whole. password=hunter2hunter2", "next": "x" * 5_000}
    assert "once that is over" in await result_of(stage, ground, "leave", **words)
    done, left = await ground.said("session", "oracle-1")
    assert (done.to, done.content) == ("coordinator", "The cart is whole. password=[hidden]")
    assert (done.metadata, left.metadata) == ({"part": "accomplished"}, {"part": "next"})
    assert len(left.content) <= 600


@pytest.mark.parametrize("arguments", [{}, {"next": " "}, {"accomplished": 3}])
async def test_nothing_is_left_by_who_says_nothing(stage: Stage, ground: Ground, arguments: dict[str, Any]) -> None:
    assert "needs a text as" in await result_of(stage, ground, "leave", **arguments)
    assert not await ground.said("session")


async def test_what_cannot_be_looked_into_is_said(stage: Stage, ground: Ground) -> None:
    assert "no index of the memory" in await result_of(stage, ground, "recall", query="zebra")


async def test_without_an_index_a_turn_goes_on(stage: Stage, ground: Ground) -> None:
    model = Model(says("Yes."))
    stage.live(model)
    assert (await ground.ask("oracle-1", "What does the gateway need?")).content == "Yes."
    assert "Remembered" not in model.prompts[0].fresh
