"""What a brain is shown of everything an instance knows: sized to its window, the least important left out first.

::

    stable   role, rules, persona, tools as text, …       the same from turn to turn, so that a provider can keep it
    fresh    what holds now: colleagues, findings, news
    turns    exchanges of before, newest kept  ·  what is asked now  ·  its calls and results, newest kept

What is needed, such as the rules, is never left out or cut: a window too small for it is refused. Of what is asked now
the beginning and the end always stay. What was left out is said in words, for the trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import fence
from trinity_tui.core.conversation import Prompt, ToolSpec, Turn
from trinity_tui.core.errors import BrainError

if TYPE_CHECKING:
    from collections.abc import Sequence

UNKNOWN_WINDOW_TOKENS = 8192
"""Taken where a provider does not say how much its model can take in."""
BYTES_A_TOKEN = 4
"""Rough, for any text; what is not English takes more tokens, so an eighth of the window stays free."""
TURN_TOKENS = 8
"""What a turn costs beside its text."""
OUTPUT_TOKENS = 4096
LEAST_ASKED_TOKENS = 256
"""So much of what is asked fits into every window that is not refused."""
LEAST_TOKENS = 16
"""Less than this of a part is not worth showing."""


class Part(msgspec.Struct, frozen=True):
    """One thing that could be said to a brain."""

    name: str
    text: str
    weight: int = 0
    """What has less goes first where there is no room."""
    is_needed: bool = False
    """Whether nothing is asked without it."""


class Group(msgspec.Struct, frozen=True):
    """Turns that only make sense together: an exchange, or a call with its results."""

    turns: tuple[Turn, ...]


class Sources(msgspec.Struct, frozen=True):
    """All there is to be said."""

    stable: tuple[Part, ...]
    """In the order in which they are said."""
    fresh: tuple[Part, ...]
    history: tuple[Group, ...]
    """Exchanges of before, oldest first."""
    asked: Turn
    """What is to be answered now."""
    steps: tuple[Group, ...] = ()
    """Calls made for it and what came of them, oldest first."""
    tools: tuple[ToolSpec, ...] = ()
    left_out: tuple[str, ...] = ()
    """What there was no room for already when the parts were made."""


class Composed(msgspec.Struct, frozen=True):
    """A prompt that fits, and what was left out of it."""

    prompt: Prompt
    left_out: tuple[str, ...]


def tokens(text: str) -> int:
    """How many tokens a text will be, roughly."""
    return -(-len(text.encode(errors="replace")) // BYTES_A_TOKEN)


def cost(prompt: Prompt) -> int:
    """How many tokens a prompt will be, roughly, without its answer."""
    specs = sum(_spec_cost(spec) for spec in prompt.tools)
    return tokens(prompt.stable) + tokens(prompt.fresh) + specs + sum(map(_turn_cost, prompt.turns))


def _turn_cost(turn: Turn) -> int:
    calls = sum(tokens(call.tool) + tokens(str(call.arguments)) + TURN_TOKENS for call in turn.calls)
    return tokens(turn.text) + tokens(turn.thinking) + tokens(turn.signature) + calls + TURN_TOKENS


def _spec_cost(spec: ToolSpec) -> int:
    return tokens(spec.name) + tokens(spec.description) + tokens(str(spec.parameters)) + TURN_TOKENS


def compose(sources: Sources, window_tokens: int, *, think: bool = False) -> Composed:
    """The prompt for a window.

    Args:
        sources: All there is.
        window_tokens: The model's window, its answer included; 0 where it is not known.
        think: Whether the model is to think first.

    Raises:
        BrainError: The window is too small for what is needed.
    """
    window = window_tokens or UNKNOWN_WINDOW_TOKENS
    output = min(OUTPUT_TOKENS, window // 4)
    room = window - window // 8 - output
    left_out = list(sources.left_out)
    needed = sum(_part_cost(part) for part in sources.stable if part.is_needed)
    free = room - needed - LEAST_ASKED_TOKENS
    if free < 0:
        raise BrainError("refused", f"a window of {window} tokens is too small for the rules and what is asked")
    tools, free = _fit_tools(sources.tools, free, left_out)
    stable = _fit_parts(sources.stable, needed + free // 3, left_out)
    # What is stable does not depend on what is asked, so that a provider can keep it.
    free += needed - tokens(stable) + LEAST_ASKED_TOKENS
    asked = _fit_asked(sources.asked, free - free // 4, left_out)
    free -= _turn_cost(asked)
    fresh = _fit_parts(sources.fresh, free // 3, left_out)
    steps, free = _newest(sources.steps, free - tokens(fresh), "calls and their results", left_out)
    history, _ = _newest(sources.history, free, "exchanges of before", left_out)
    turns = (*history, asked, *steps)
    prompt = Prompt(stable, fresh, turns, tools, output_tokens=max(1, output), think=think)
    return Composed(prompt, tuple(left_out))


def _fit_tools(specs: Sequence[ToolSpec], room: int, left_out: list[str]) -> tuple[tuple[ToolSpec, ...], int]:
    """Tools take half of the room at most; those named last go first."""
    kept: list[ToolSpec] = []
    left = room // 2
    for spec in specs:
        if (needs := _spec_cost(spec)) > left:
            left_out.append(f"tool {spec.name}")
        else:
            kept.append(spec)
            left -= needs
    return tuple(kept), room - (room // 2 - left)


def _fit_parts(parts: Sequence[Part], room: int, left_out: list[str]) -> str:
    """Parts in their order; by weight it is decided which are shown, and the one that no longer fits is cut."""
    shown: dict[int, str] = {}
    for index in sorted(range(len(parts)), key=lambda index: _order(parts[index], index)):
        part = parts[index]
        if not part.text:
            continue
        needs = _part_cost(part)
        if needs <= room:
            shown[index] = part.text
        elif room > LEAST_TOKENS:
            shown[index] = fence.cut(part.text, (room - 1) * BYTES_A_TOKEN)
            left_out.append(f"{part.name}: shown {room - 1} of about {needs} tokens")
            needs = room
        else:
            left_out.append(f"{part.name}: all of it")
            needs = 0
        room -= needs
    # A blank line costs less than the token that each part has paid for it.
    return "\n\n".join(shown[index] for index in sorted(shown))


def _order(part: Part, index: int) -> tuple[bool, int, int]:
    return (not part.is_needed, -part.weight, index)


def _part_cost(part: Part) -> int:
    """With the blank line after it."""
    return tokens(part.text) + 1 if part.text else 0


def _fit_asked(asked: Turn, room: int, left_out: list[str]) -> Turn:
    if _turn_cost(asked) <= room:
        return asked
    left_out.append("what is asked: its middle")
    return msgspec.structs.replace(asked, text=fence.cut(asked.text, (room - TURN_TOKENS) * BYTES_A_TOKEN))


def _newest(groups: Sequence[Group], room: int, name: str, left_out: list[str]) -> tuple[tuple[Turn, ...], int]:
    kept: list[Group] = []
    for group in reversed(groups):
        needs = sum(map(_turn_cost, group.turns))
        if needs > room:
            # The newest is shown as far as it goes: without it the model would do the same again.
            group = group if kept else _shortened(group, room)
            needs = sum(map(_turn_cost, group.turns))
            if kept or needs > room:
                break
        kept.append(group)
        room -= needs
    if len(kept) < len(groups):
        left_out.append(f"{name}: {len(groups) - len(kept)} of {len(groups)}")
    return tuple(turn for group in reversed(kept) for turn in group.turns), room


def _shortened(group: Group, room: int) -> Group:
    """Its texts cut to equal shares of what the calls leave over."""
    fixed = sum(_turn_cost(msgspec.structs.replace(turn, text="")) for turn in group.turns)
    share = max(0, room - fixed) // max(1, len(group.turns))
    return Group(
        tuple(msgspec.structs.replace(turn, text=fence.cut(turn.text, share * BYTES_A_TOKEN)) for turn in group.turns)
    )
