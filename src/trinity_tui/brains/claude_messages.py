"""A conversation in the words of Anthropic's Messages, and their events read back. Pure: nothing is sent here."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, cast

from trinity_tui.brains.called import arguments_of
from trinity_tui.brains.shaping import answered
from trinity_tui.core.brain_price import priced
from trinity_tui.core.conversation import Call, Called, Counted, End, Text, Thinking, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trinity_tui.core.brain_price import Tariff
    from trinity_tui.core.conversation import EndReason, Event, Prompt, Turn

THINKING_TOKENS = 4096
"""What thinking may take besides the answer."""
_BUDGETED = re.compile(r"claude-(3|(opus|sonnet|haiku)-4-[0-5]($|-)|(opus|sonnet)-4-\d{8})")
"""Models that are told how much to think; later ones decide it themselves."""
_KEPT = {"cache_control": {"type": "ephemeral"}}
_REASONS: dict[str, EndReason] = {
    "end_turn": "stop", "stop_sequence": "stop", "pause_turn": "stop", "tool_use": "tools", "max_tokens": "length",
    "model_context_window_exceeded": "length", "refusal": "refusal",
}  # fmt: skip


def request_of(prompt: Prompt, model: str, *, think: bool) -> dict[str, Any]:
    """What is sent: tools and the stable part first, each with the mark up to which the provider keeps them."""
    tools = [{"name": one.name, "description": one.description, "input_schema": one.parameters} for one in prompt.tools]
    if tools:
        tools[-1] |= _KEPT
    system: list[dict[str, Any]] = [{"type": "text", "text": prompt.stable} | _KEPT] if prompt.stable else []
    system += [{"type": "text", "text": prompt.fresh}] if prompt.fresh else []
    request: dict[str, Any] = {
        "model": model, "messages": messages_of(prompt.turns), "max_tokens": prompt.output_tokens,
    }  # fmt: skip
    if think:
        request["max_tokens"] += THINKING_TOKENS
        request["thinking"] = (
            {"type": "enabled", "budget_tokens": THINKING_TOKENS}
            if _BUDGETED.match(model)
            else {"type": "adaptive", "display": "summarized"}
        )
    if prompt.schema is not None:
        request["output_config"] = {"format": {"type": "json_schema", "schema": prompt.schema}}
    return request | ({"system": system} if system else {}) | ({"tools": tools} if tools else {})


def messages_of(turns: Iterable[Turn]) -> list[dict[str, Any]]:
    """The turns; those of one side that follow one another are one message, as results of several calls must be."""
    messages: list[dict[str, Any]] = []
    for turn in answered(turns):
        role, blocks = "assistant" if turn.speaker == "assistant" else "user", _blocks(turn)
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] += blocks
        elif blocks:
            messages.append({"role": role, "content": blocks})
    return messages


def _blocks(turn: Turn) -> list[dict[str, Any]]:
    if turn.speaker == "tool":
        result = {"type": "tool_result", "tool_use_id": turn.call_id, "content": turn.text or "(nothing)"}
        return [result | ({"is_error": True} if turn.is_error else {})]
    text = [{"type": "text", "text": turn.text}] if turn.text.strip() else []
    calls = [{"type": "tool_use", "id": call.id, "name": call.tool, "input": call.arguments} for call in turn.calls]
    return [*_thoughts(turn.signature), *text, *calls]


def _thoughts(signature: str) -> list[dict[str, Any]]:
    # Its own blocks as they came; what another provider signed means nothing here.
    try:
        blocks: object = json.loads(signature) if signature else []
    except ValueError:
        return []
    return cast("list[dict[str, Any]]", blocks) if isinstance(blocks, list) else []


class Reading:
    """One answer as it comes.

    Args:
        tariff: By what it is counted; None: it costs nothing.
    """

    def __init__(self, tariff: Tariff | None) -> None:
        self._tariff = tariff
        self._usage = Usage()
        self._reason: EndReason = "stop"
        self._blocks: dict[int, dict[str, Any]] = {}
        self.is_over = False

    def events(self, part: Any) -> list[Event]:
        """What one event of the protocol says; those we do not know say nothing."""
        match part.type:
            case "message_start":
                return self._count(part.message.usage)
            case "content_block_start":
                self._blocks[part.index] = _begun(part.content_block)
            case "content_block_delta":
                return self._more(self._blocks[part.index], part.delta)
            case "content_block_stop":
                return self._whole(self._blocks[part.index])
            case "message_delta":
                self._reason = _REASONS.get(part.delta.stop_reason or "", "stop")
                return self._count(part.usage)
            case "message_stop":
                return self._end()
            case _:
                pass
        return []

    def _more(self, block: dict[str, Any], delta: Any) -> list[Event]:
        match delta.type:
            case "text_delta":
                return [Text(delta.text)]
            case "thinking_delta":
                block["thinking"] += delta.thinking
                return [Thinking(delta.thinking)]
            case "signature_delta":
                block["signature"] += delta.signature
            case "input_json_delta":
                block["json"] += delta.partial_json
            case _:
                pass
        return []

    def _whole(self, block: dict[str, Any]) -> list[Event]:
        if block["type"] != "tool_use":
            return []
        return [Called(Call(block["id"], block["name"], arguments_of(block["name"], block["json"])))]

    def _end(self) -> list[Event]:
        self.is_over = True
        thoughts = [block for block in self._blocks.values() if block["type"] in ("thinking", "redacted_thinking")]
        # Given back word for word with the next turn, all of them, or the provider refuses them.
        signed: list[Event] = [Thinking("", json.dumps(thoughts))] if thoughts else []
        return [*signed, End(self._reason, priced(self._tariff, self._usage))]

    def _count(self, usage: Any) -> list[Event]:
        now = self._usage
        # Each count is a total so far; one that is not given stays.
        self._usage = Usage(
            _given(usage.input_tokens, now.input_tokens),
            _given(usage.output_tokens, now.output_tokens),
            _given(usage.cache_read_input_tokens, now.cache_read_tokens),
            _given(usage.cache_creation_input_tokens, now.cache_write_tokens),
        )
        return [Counted(priced(self._tariff, self._usage))]


def _begun(block: Any) -> dict[str, Any]:
    match block.type:
        case "tool_use":
            return {"type": "tool_use", "id": block.id, "name": block.name, "json": ""}
        case "thinking":
            return {"type": "thinking", "thinking": block.thinking or "", "signature": block.signature or ""}
        case "redacted_thinking":
            return {"type": "redacted_thinking", "data": block.data}
        case _:
            return {"type": block.type}


def _given(count: int | None, before: int) -> int:
    return before if count is None else count
