"""What a brain is shown: never more than its window takes, the stable part the same, what is asked kept last of all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import context
from trinity_tui.core.context import Group, Part, Sources
from trinity_tui.core.conversation import Call, ToolSpec, Turn
from trinity_tui.core.errors import BrainError

TEXT = st.text(max_size=3000)
SMALLEST = 1024
PARTS = st.lists(st.builds(Part, st.just("part"), TEXT, st.integers(0, 3)), max_size=5).map(tuple)
TURNS = st.builds(Turn, st.sampled_from(["user", "assistant", "tool"]), TEXT)


def called(text: str, result: str) -> Group:
    """A call and what came of it."""
    return Group((Turn("assistant", calls=(Call("1", "shell", {"command": text}),)), Turn("tool", result, call_id="1")))


CALLS = st.builds(called, TEXT, TEXT)
GROUPS = st.lists(TURNS.map(lambda turn: Group((turn,))), max_size=5).map(tuple)
TOOLS = st.lists(st.builds(ToolSpec, st.just("read"), TEXT, st.just({"type": "object"})), max_size=4).map(tuple)
SOURCES = st.builds(Sources, PARTS, PARTS, GROUPS, TURNS, st.lists(CALLS, max_size=4).map(tuple), TOOLS)


@given(SOURCES, st.integers(SMALLEST, 20_000))
def test_a_prompt_and_its_answer_never_go_over_the_window(sources: Sources, window: int) -> None:
    prompt = context.compose(sources, window).prompt
    assert context.cost(prompt) + prompt.output_tokens <= window


@given(SOURCES, SOURCES, st.integers(SMALLEST, 20_000))
def test_the_stable_part_does_not_depend_on_what_is_said(one: Sources, other: Sources, window: int) -> None:
    same = Sources(one.stable, other.fresh, other.history, other.asked, other.steps, one.tools)
    assert context.compose(same, window).prompt.stable == context.compose(one, window).prompt.stable


@given(SOURCES, st.integers(SMALLEST, 20_000))
def test_every_result_has_its_call_before_it(sources: Sources, window: int) -> None:
    sources = Sources((), (), (), Turn("user", "?"), sources.steps)
    known: set[str] = set()
    for turn in context.compose(sources, window).prompt.turns:
        known.update(call.id for call in turn.calls)
        assert turn.speaker != "tool" or turn.call_id in known


@given(SOURCES)
def test_where_there_is_room_nothing_is_left_out(sources: Sources) -> None:
    composed = context.compose(sources, 10_000_000)
    assert not composed.left_out
    assert len(composed.prompt.turns) == sum(len(g.turns) for g in (*sources.history, *sources.steps)) + 1
    assert composed.prompt.tools == sources.tools


RULES = st.builds(Part, st.just("rules"), st.text(min_size=1, max_size=600), st.integers(0, 3), st.just(True))


@given(SOURCES, st.lists(RULES, max_size=3), st.text(max_size=20_000), st.integers(SMALLEST, 20_000))
def test_what_is_needed_is_never_cut_and_of_what_is_asked_both_ends_stay(
    sources: Sources, rules: list[Part], asked: str, window: int
) -> None:
    marked = Turn("user", f"DO THIS: {asked} {'check it. ' * 20}DONE")
    parts = (*sources.stable[:2], *rules, *sources.stable[2:])
    whole = Sources(parts, sources.fresh, sources.history, marked, sources.steps, sources.tools)
    try:
        prompt = context.compose(whole, window).prompt
    except BrainError as error:
        assert error.kind == "refused" and sum(len(rule.text.encode()) for rule in rules) > SMALLEST
        return
    assert context.cost(prompt) + prompt.output_tokens <= window
    assert all(rule.text in prompt.stable for rule in rules)
    (shown,) = [turn for turn in prompt.turns if turn.text.startswith("DO THIS: ")]
    assert shown.text.endswith(f"{'check it. ' * 20}DONE")


def test_a_window_too_small_for_the_rules_is_refused_with_its_size() -> None:
    rules = Part("rules", "r" * 4000, is_needed=True)
    with pytest.raises(BrainError, match="a window of 1024 tokens is too small"):
        context.compose(Sources((rules,), (), (), Turn("user", "?")), 1024)


def test_what_is_asked_goes_before_what_is_known() -> None:
    findings = (Part("findings", "f" * 40_000),)
    composed = context.compose(Sources((), findings, (), Turn("user", "x" * 12_000)), 8192)
    assert composed.prompt.turns[0].text == "x" * 12_000
    assert len(composed.left_out) == 1


def test_what_weighs_least_goes_first_and_is_said() -> None:
    parts = (Part("persona", "p" * 4000, 1), Part("rules", "Never push.", 9), Part("notes", "n" * 4000, 0))
    composed = context.compose(Sources(parts, (), (), Turn("user", "?")), 2048)
    assert "Never push." in composed.prompt.stable
    assert "n" * 40 not in composed.prompt.stable
    assert [line.partition(":")[0] for line in composed.left_out] == ["persona", "notes"]


def test_old_exchanges_go_before_new_ones_and_what_is_asked_stays() -> None:
    history = tuple(Group((Turn("user", f"{n}" * 1000), Turn("assistant", "yes"))) for n in range(9))
    composed = context.compose(Sources((), (), history, Turn("user", "and now?")), 2048)
    turns = composed.prompt.turns
    assert turns[-1].text == "and now?"
    assert turns[-3].text.startswith("8")
    assert composed.left_out == (f"exchanges of before: {9 - (len(turns) - 1) // 2} of 9",)


def test_a_result_too_long_for_the_window_is_cut_not_dropped() -> None:
    step = Group((Turn("assistant", calls=(Call("1", "read"),)), Turn("tool", "x" * 90_000, call_id="1")))
    turns = context.compose(Sources((), (), (), Turn("user", "read it"), (step,)), 4096).prompt.turns
    assert [turn.speaker for turn in turns] == ["user", "assistant", "tool"]
    assert "bytes left out" in turns[-1].text
