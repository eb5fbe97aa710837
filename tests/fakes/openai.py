"""A fake of a server with OpenAI's chat protocol: server-sent events, tool calls in pieces, usage; not its words.

``python -m fakes.openai --port 0 --script FILE`` prints its URL; ``fakes.scripted`` says what a script holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from fakes.serving import FakeServer, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakes.scripted import Reply
    from fakes.serving import Request


class FakeOpenAI(FakeServer):
    """Its server."""

    async def respond(self, request: Request) -> str:
        """One request."""
        if (request.method, request.path) == ("GET", "/v1/models"):
            await request.answer(
                {"object": "list", "data": [{"id": one, "object": "model"} for one in self.script.models]}
            )
            return "whole"
        if (request.method, request.path) != ("POST", "/v1/chat/completions"):
            await request.answer(_error("not found"), 404)
            return "whole"
        if self.script.key and request.headers.get("authorization") != f"Bearer {self.script.key}":
            await request.answer(_error(f"Incorrect API key: {request.headers.get('authorization')}"), 401)
            return "fault"
        messages = request.json()["messages"]
        system = "\n".join(one["content"] for one in messages if one["role"] == "system")
        reply = self.script.reply_to(system, messages[-1]["content"] or "", request.json()["model"])
        if reply.fault == "html":
            await request.answer(b"<html><body>It works!</body></html>", reply.status, "text/html")
            return "fault"
        if reply.status != 200:
            await request.answer(_error(reply.error), reply.status, **reply.headers)
            return "fault"
        return await self._stream(request, reply)

    async def _stream(self, request: Request, reply: Reply) -> str:
        await request.begin("text/event-stream")
        await request.wait(reply.first_seconds)
        for number, delta in enumerate(_deltas(reply)):
            if reply.fault and number == reply.after:
                return await _fail(request, reply)
            if number:
                await request.wait(reply.piece_seconds)
            await _send(request, _chunk([{"index": 0, "delta": delta, "finish_reason": None}]))
        if reply.fault:
            return await _fail(request, reply)
        reason = reply.reason or ("tool_calls" if reply.calls else "stop")
        await _send(request, _chunk([{"index": 0, "delta": {}, "finish_reason": reason}]))
        usage = {
            "prompt_tokens": reply.input_tokens + reply.cache_read_tokens,
            "completion_tokens": reply.output_tokens or len(reply.pieces(reply.whole)),
            "prompt_tokens_details": {"cached_tokens": reply.cache_read_tokens},
        }  # fmt: skip
        await _send(request, _chunk([]) | {"usage": usage})
        await request.piece(b"data: [DONE]\n\n")
        await request.end()
        return "whole"


def _deltas(reply: Reply) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": ""}
    for text in reply.pieces(reply.thinking):
        yield {"reasoning_content": text}
    for text in reply.pieces(reply.whole):
        yield {"content": text}
    for index, call in enumerate(reply.calls):
        first = {"index": index, "id": f"call_{index}", "type": "function"}
        yield {"tool_calls": [first | {"function": {"name": call.tool, "arguments": ""}}]}
        for text in reply.pieces(call.text):
            yield {"tool_calls": [{"index": index, "function": {"arguments": text}}]}


async def _fail(request: Request, reply: Reply) -> str:
    return await request.fail(reply.fault, _event(_error(reply.error)), b'data: {"choices":[{"del\n\n')


async def _send(request: Request, what: dict[str, Any]) -> None:
    await request.piece(_event(what))


def _event(what: dict[str, Any]) -> bytes:
    return b"data: %s\n\n" % msgspec.json.encode(what)


def _chunk(choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}


def _error(why: str) -> dict[str, Any]:
    return {"error": {"message": why, "type": "server_error", "code": None}}


if __name__ == "__main__":
    serve(FakeOpenAI)
