"""A conversation in the words of OpenAI's chat protocol, and its events read back. Pure: nothing is sent here."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any, cast

from trinity_tui.brains.called import arguments_of
from trinity_tui.brains.shaping import answered
from trinity_tui.core.brain_price import priced
from trinity_tui.core.conversation import Call, Called, Counted, End, Text, Thinking, Usage

if TYPE_CHECKING:
    from trinity_tui.core.brain_name import BrainName
    from trinity_tui.core.brain_price import Tariff
    from trinity_tui.core.conversation import EndReason, Event, Prompt, ToolSpec, Turn

_REASONS: dict[str, EndReason] = {
    "stop": "stop", "length": "length", "tool_calls": "tools", "function_call": "tools", "content_filter": "refusal",
}  # fmt: skip


class ServerError(Exception):
    """The server says within the stream that it failed."""


class Reading:
    """One answer as it comes.

    Args:
        tariff: By what it is counted; None: it costs nothing.
    """

    def __init__(self, tariff: Tariff | None) -> None:
        self._tariff = tariff
        self._calls: dict[int, dict[str, str]] = {}
        self._reason: EndReason | None = None
        self._usage = Usage()
        self.is_over = False

    def events(self, data: str) -> list[Event]:
        """What one event of the server says."""
        if data == "[DONE]":
            self.is_over = True
            return []
        part: dict[str, Any] = json.loads(data)
        if part.get("error"):
            raise ServerError(message_of(part))
        events: list[Event] = []
        if usage := part.get("usage"):
            self._usage = priced(self._tariff, _usage(usage))
            events.append(Counted(self._usage))
        for choice in (part.get("choices") or ())[:1]:
            events += self._delta(choice.get("delta") or {})
            if reason := choice.get("finish_reason"):
                self._reason = _REASONS.get(reason, "stop")
        return events

    def end(self) -> list[Event]:
        """What is left to say when nothing more comes: the calls, and the end where it was whole."""
        if not self.is_over and self._reason is None:
            return []
        calls = [Called(_call(one)) for _, one in sorted(self._calls.items())]
        return [*calls, End("tools" if calls else self._reason or "stop", self._usage)]

    def _delta(self, delta: dict[str, Any]) -> list[Event]:
        for number, piece in enumerate(delta.get("tool_calls") or ()):
            call = self._calls.setdefault(piece.get("index", number), {"id": "", "name": "", "json": ""})
            function = piece.get("function") or {}
            call["id"] = call["id"] or piece.get("id") or ""
            call["name"] += function.get("name") or ""
            call["json"] += function.get("arguments") or ""
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        return [*([Thinking(thought)] if thought else []), *([Text(delta["content"])] if delta.get("content") else [])]


def _call(call: dict[str, str]) -> Call:
    arguments = arguments_of(call["name"], call["json"])
    return Call(call["id"] or f"call-{secrets.token_hex(6)}", call["name"], arguments)


def _usage(usage: dict[str, Any]) -> Usage:
    details: dict[str, Any] = usage.get("prompt_tokens_details") or {}
    cached, read = int(details.get("cached_tokens") or 0), int(usage.get("prompt_tokens") or 0)
    return Usage(max(0, read - cached), int(usage.get("completion_tokens") or 0), cached)


def message_of(answer: dict[str, Any]) -> str:
    """The sentence of an answer that says what went wrong."""
    error: Any = answer.get("error") or answer
    return str(cast("dict[str, Any]", error).get("message", "") if isinstance(error, dict) else error)


def request_of(prompt: Prompt, name: BrainName) -> dict[str, Any]:
    """What is sent."""
    # The provider itself renamed this; the servers that learned the protocol from it did not.
    limit = "max_completion_tokens" if name.url.startswith("https://api.openai.com/") else "max_tokens"
    system = "\n\n".join(part for part in (prompt.stable, prompt.fresh) if part)
    first = [{"role": "system", "content": system}] if system else []
    request: dict[str, Any] = {
        "model": name.model, "stream": True, "stream_options": {"include_usage": True}, limit: prompt.output_tokens,
        "messages": [*first, *(_message(turn) for turn in answered(prompt.turns))],
    }  # fmt: skip
    if prompt.tools:
        request["tools"] = [{"type": "function", "function": _function(one)} for one in prompt.tools]
    if prompt.schema is not None:
        schema = {"name": "answer", "schema": prompt.schema, "strict": True}
        request["response_format"] = {"type": "json_schema", "json_schema": schema}
    return request


def _function(spec: ToolSpec) -> dict[str, Any]:
    return {"name": spec.name, "description": spec.description, "parameters": spec.parameters}


def _message(turn: Turn) -> dict[str, Any]:
    if turn.speaker == "tool":
        return {"role": "tool", "tool_call_id": turn.call_id, "content": turn.text}
    message: dict[str, Any] = {"role": turn.speaker, "content": turn.text}
    if turn.calls:
        message["tool_calls"] = [
            {"id": one.id, "type": "function", "function": {"name": one.tool, "arguments": json.dumps(one.arguments)}}
            for one in turn.calls
        ]
    return message
