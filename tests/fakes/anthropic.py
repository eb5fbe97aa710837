"""A fake of Anthropic's Messages: server-sent events, tool calls in pieces, cache figures, refusals; not its words.

``python -m fakes.anthropic --port 0 --script FILE`` prints its URL; ``fakes.scripted`` says what a script holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from fakes.serving import FakeServer, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakes.scripted import Reply
    from fakes.serving import Request

KINDS = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
         413: "request_too_large", 429: "rate_limit_error", 500: "api_error", 529: "overloaded_error"}  # fmt: skip
SIGNATURE = "EqQBCgIYAhIM1gbcDa9GJwZA2b3h"


class FakeAnthropic(FakeServer):
    """Its server."""

    async def respond(self, request: Request) -> str:
        """One request."""
        if (request.method, request.path) != ("POST", "/v1/messages"):
            await request.answer(_error(404, "not found"), 404)
            return "whole"
        if (key := self.script.key) and not {f"Bearer {key}", key} & {*request.headers.values()}:
            await request.answer(_error(401, f"invalid key {request.headers.get('authorization')}"), 401)
            return "fault"
        body = request.json()
        if (wrong := _wrong(body)) is not None:
            await request.answer(_error(400, wrong), 400)
            return "fault"
        system = "\n".join(block["text"] for block in body.get("system", []))
        reply = self.script.reply_to(system, _last(body["messages"]), body["model"])
        if reply.fault == "html":
            await request.answer(b"<html><body>It works!</body></html>", reply.status, "text/html")
            return "fault"
        if reply.status != 200:
            await request.answer(_error(reply.status, reply.error), reply.status, **reply.headers)
            return "fault"
        return await self._stream(request, reply, body)

    async def _stream(self, request: Request, reply: Reply, body: dict[str, Any]) -> str:
        await request.begin("text/event-stream; charset=utf-8")
        await request.wait(reply.first_seconds)
        await _send(request, "message_start", {"message": _message(reply, body["model"])})
        await _send(request, "ping", {})
        pieces = 0
        for event in _events(reply, is_thinking="thinking" in body):
            if event["type"] == "content_block_delta":
                if reply.fault and pieces == reply.after:
                    return await _fail(request, reply)
                if pieces:
                    await request.wait(reply.piece_seconds)
                pieces += 1
            await _send(request, event["type"], event)
        reason = reply.reason or ("tool_use" if reply.calls else "end_turn")
        usage = {"output_tokens": reply.output_tokens or pieces}
        delta = {"stop_reason": reason, "stop_sequence": None}
        await _send(request, "message_delta", {"delta": delta, "usage": usage})
        if reply.fault:
            return await _fail(request, reply)
        await _send(request, "message_stop", {})
        await request.end()
        return "whole"


def _wrong(body: dict[str, Any]) -> str | None:
    """What the provider would refuse."""
    messages: list[dict[str, Any]] = body["messages"]
    if not messages or messages[0]["role"] != "user":
        return "messages: first message must use the user role"
    for number, message in enumerate(messages):
        called = {block["id"] for block in message["content"] if block["type"] == "tool_use"}
        after: list[dict[str, Any]] = messages[number + 1]["content"] if number + 1 < len(messages) else []
        answered = {block["tool_use_id"] for block in after if block["type"] == "tool_result"}
        if called != answered:
            return f"messages.{number}: tool_use ids were found without tool_result blocks immediately after"
        if any(block["type"] == "text" and not block["text"].strip() for block in message["content"]):
            return "messages: text content blocks must be non-empty"
    return None


def _last(messages: list[dict[str, Any]]) -> str:
    return "\n".join(str(block.get("text") or block.get("content") or "") for block in messages[-1]["content"])


def _events(reply: Reply, *, is_thinking: bool) -> Iterator[dict[str, Any]]:
    blocks: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    if reply.thinking and is_thinking:
        deltas = [{"type": "thinking_delta", "thinking": text} for text in reply.pieces(reply.thinking)]
        deltas.append({"type": "signature_delta", "signature": SIGNATURE})
        blocks.append(({"type": "thinking", "thinking": "", "signature": ""}, deltas))
    if reply.text:
        deltas = [{"type": "text_delta", "text": text} for text in reply.pieces(reply.whole)]
        blocks.append(({"type": "text", "text": ""}, deltas))
    for number, call in enumerate(reply.calls):
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in ("", *reply.pieces(call.text))]
        blocks.append(({"type": "tool_use", "id": f"toolu_{number}", "name": call.tool, "input": {}}, deltas))
    for index, (block, deltas) in enumerate(blocks):
        yield {"type": "content_block_start", "index": index, "content_block": block}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}


async def _fail(request: Request, reply: Reply) -> str:
    kind = "overloaded_error" if reply.error == "Overloaded" else "api_error"
    error = _event("error", {"error": {"type": kind, "message": reply.error}})
    malformed = b'event: content_block_delta\ndata: {"type":"content_block_del\n\n'
    return await request.fail(reply.fault, error, malformed)


async def _send(request: Request, kind: str, what: dict[str, Any]) -> None:
    await request.piece(_event(kind, what))


def _event(kind: str, what: dict[str, Any]) -> bytes:
    data = msgspec.json.encode({"type": kind} | what)
    return b"event: %s\ndata: %s\n\n" % (kind.encode(), data)


def _message(reply: Reply, model: str) -> dict[str, Any]:
    usage = {
        "input_tokens": reply.input_tokens, "output_tokens": 1,
        "cache_read_input_tokens": reply.cache_read_tokens, "cache_creation_input_tokens": reply.cache_write_tokens,
    }  # fmt: skip
    return {"id": "msg_01", "type": "message", "role": "assistant", "model": model, "content": [], "stop_reason": None,
            "stop_sequence": None, "usage": usage}  # fmt: skip


def _error(status: int, why: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": KINDS.get(status, "api_error"), "message": why}}


if __name__ == "__main__":
    serve(FakeAnthropic)
