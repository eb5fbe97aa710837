"""What is Claude's alone: the parts its provider keeps, thinking given back word for word, money."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brains.providers import all_of, asking, failing
from fakes.anthropic import SIGNATURE
from fakes.scripted import Fault, Reply, ScriptedCall
from trinity_tui.brains.claude_messages import messages_of, request_of
from trinity_tui.core.conversation import Call, Counted, End, Prompt, Thinking, ToolSpec, Turn, Usage, Waiting

TOOLS = (ToolSpec("read", "", {"type": "object"}), ToolSpec("write", "", {"type": "object"}))
KEPT = {"type": "ephemeral"}


def test_tools_and_the_stable_part_come_first_and_are_kept() -> None:
    request = request_of(Prompt("role", "news", (Turn("user", "hi"),), TOOLS), "claude-sonnet-5-5", think=False)
    assert [tool.get("cache_control") for tool in request["tools"]] == [None, KEPT]
    assert [(block["text"], block.get("cache_control")) for block in request["system"]] == [
        ("role", KEPT),
        ("news", None),
    ]
    assert "thinking" not in request


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("claude-sonnet-4-5", "enabled"),
        ("claude-sonnet-4-5-20250929", "enabled"),
        ("claude-opus-4-20250514", "enabled"),
        ("claude-opus-4-6", "adaptive"),
        ("claude-sonnet-5-5", "adaptive"),
        ("claude-fable-5-1", "adaptive"),
    ],
)
def test_a_model_is_told_to_think_as_it_understands(model: str, kind: str) -> None:
    request = request_of(Prompt("", turns=(Turn("user", "hi"),), output_tokens=100), model, think=True)
    assert request["thinking"]["type"] == kind
    assert request["thinking"].get("budget_tokens", 0) < request["max_tokens"]


async def test_thinking_goes_back_word_for_word_with_the_result() -> None:
    first = Reply(thinking="let me see", text="I look.", calls=(ScriptedCall("read", {"path": "a"}),))
    async with asking("claude", first, Reply(text="done"), think=True) as asked:
        events = await all_of(asked.brain, Prompt("", turns=(Turn("user", "look"),), tools=TOOLS))
        signature = "".join(event.signature for event in events if isinstance(event, Thinking))
        answer = Turn("assistant", "I look.", "let me see", signature, (Call("toolu_0", "read", {"path": "a"}),))
        turns = (Turn("user", "look"), answer, Turn("tool", "text of a", call_id="toolu_0", tool="read"))
        await all_of(asked.brain, Prompt("", turns=turns, tools=TOOLS))
        sent = asked.server.journal[-1].body["messages"]
        assert sent[1]["content"][0] == {"type": "thinking", "thinking": "let me see", "signature": SIGNATURE}
        assert [block["type"] for block in sent[1]["content"]] == ["thinking", "text", "tool_use"]


async def test_an_exchange_costs_what_the_provider_counted() -> None:
    counted = Reply(text="a", input_tokens=1000, output_tokens=200, cache_read_tokens=5000, cache_write_tokens=300)
    async with asking("claude", counted) as asked:
        end = (await all_of(asked.brain))[-1]
        assert isinstance(end, End)
        assert end.usage == Usage(1000, 200, 5000, 300, 1000 * 2 + 200 * 10 + 500 + 750)


@pytest.mark.parametrize(
    ("reason", "ours"),
    [("max_tokens", "length"), ("refusal", "refusal"), ("end_turn", "stop"), ("something_new", "stop")],
)
async def test_why_it_ended(reason: str, ours: str) -> None:
    async with asking("claude", Reply(text="a", reason=reason)) as asked:
        end = (await all_of(asked.brain))[-1]
        assert isinstance(end, End)
        assert end.reason == ours


async def test_a_full_provider_says_so_within_the_stream() -> None:
    broken = Reply(text="a", fault="error", error="Overloaded", after=0)
    async with asking("claude", broken, Reply(text="b")) as asked:
        (waited,) = [event for event in await all_of(asked.brain) if isinstance(event, Waiting)]
        assert "overloaded" in waited.reason


# Money


@pytest.mark.parametrize(("fault", "after"), [("drop", 1), ("end", 2), ("error", 3)])
async def test_what_was_read_is_told_before_the_answer_breaks_off(fault: Fault, after: int) -> None:
    async with asking("claude", Reply(text="a long answer", fault=fault, after=after, input_tokens=1000)) as asked:
        events, _ = await failing(asked.brain)
        counted = [event.usage for event in events if isinstance(event, Counted)]
        assert (counted[-1].input_tokens, counted[-1].microdollars) == (1000, 1000 * 2 + 10)


async def test_an_attempt_that_failed_before_its_first_word_is_paid_too() -> None:
    replies = Reply(fault="drop", text="x", input_tokens=300), Reply(text="a", input_tokens=300, output_tokens=5)
    async with asking("claude", *replies) as asked:
        end = (await all_of(asked.brain))[-1]
        assert isinstance(end, End)
        assert (end.usage.input_tokens, end.usage.output_tokens) == (600, 6)


# Any conversation makes a request the provider takes


def answer(text: str, names: list[str]) -> Turn:
    return Turn("assistant", text, calls=tuple(Call(name, "read") for name in names))


def result(name: str) -> Turn:
    return Turn("tool", "r", call_id=name, tool="read")


names = st.sampled_from("abc")
turns = st.one_of(
    st.builds(Turn, st.just("user"), st.sampled_from(("", " ", "hello"))),
    st.builds(answer, st.sampled_from(("", "well")), st.lists(names, max_size=2, unique=True)),
    st.builds(result, names),
)


@given(st.lists(turns, max_size=8))
def test_every_call_has_a_result_and_sides_alternate(said: list[Turn]) -> None:
    messages = messages_of(said)
    for before, after in zip(messages, messages[1:], strict=False):
        assert before["role"] != after["role"]
    for number, message in enumerate(messages):
        called = [block["id"] for block in message["content"] if block["type"] == "tool_use"]
        following: list[dict[str, Any]] = messages[number + 1]["content"] if called else []
        results = [block["tool_use_id"] for block in following if block["type"] == "tool_result"]
        assert sorted(called) == sorted(results)
        assert all(block["text"].strip() for block in message["content"] if block["type"] == "text")
