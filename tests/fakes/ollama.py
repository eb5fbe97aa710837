"""A fake of Ollama's server: chat, tags, ps, show, pull, embed, version; its protocol, not its words.

``python -m fakes.ollama --port 0 --script FILE`` prints its URL; ``fakes.scripted`` says what a script holds.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import msgspec

from fakes.meaning import meaning
from fakes.scripted import recited
from fakes.serving import FakeServer, serve

if TYPE_CHECKING:
    from fakes.scripted import Reply, Script
    from fakes.serving import Request

NDJSON = "application/x-ndjson"
KNOWING = "knowing"
"""A model of this name makes vectors that tell what the texts of the check set are about; any other's tell nothing."""
AT = "2026-01-05T10:00:00.000000Z"
FAMILY = {"format": "gguf", "family": "qwen2", "families": ["qwen2"], "parameter_size": "7.6B",
          "quantization_level": "Q4_K_M"}  # fmt: skip


class FakeOllama(FakeServer):
    """Its server."""

    def __init__(self, script: Script | None = None) -> None:
        super().__init__(script)
        self._slots: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(self.script.parallel))
        self._waiting = 0
        self.most_at_once = 0
        self._at_once = 0

    async def respond(self, request: Request) -> str:
        """One request."""
        match request.method, request.path:
            case "GET", "/":
                await request.answer(b"Ollama is running", content_type="text/plain; charset=utf-8")
            case "GET", "/api/version":
                await request.answer({"version": "0.12.0"})
            case "GET", "/api/tags":
                await request.answer({"models": [_listed(name) for name in self.script.models]})
            case "GET", "/api/ps":
                await request.answer({"models": [_loaded(name) for name in self.script.loaded]})
            case "POST", "/api/show":
                await self._show(request)
            case "POST", "/api/embed":
                await self._embed(request)
            case "POST", "/api/pull":
                return await self._pull(request)
            case "POST", "/api/chat":
                return await self._chat(request)
            case _:
                await request.answer(b"404 page not found", 404, "text/plain")
        return "whole"

    async def _show(self, request: Request) -> None:
        if await self._has(request):
            info = {"general.architecture": "qwen2", "qwen2.context_length": self.script.context_length}
            about = {"details": FAMILY, "model_info": info, "modified_at": AT}
            await request.answer(about | {"capabilities": self.script.abilities})

    async def _has(self, request: Request) -> bool:
        name = _model(request)
        if name in self.script.models:
            return True
        await request.answer({"error": f"model '{name}' not found"}, 404)
        return False

    async def _embed(self, request: Request) -> None:
        if await self._has(request):
            given = request.json()["input"]
            texts = [given] if isinstance(given, str) else given
            vectors = [meaning(text) if _model(request).startswith(KNOWING) else _vector(text) for text in texts]
            await request.answer({"model": _model(request), "embeddings": vectors, "prompt_eval_count": len(texts)})

    async def _pull(self, request: Request) -> str:
        name = _model(request)
        reply = self.script.reply_to("", f"pull {name}", name)
        await request.begin(NDJSON)
        await _line(request, {"status": "pulling manifest"})
        if reply.fault == "error":
            await _line(request, {"error": "pull model manifest: file does not exist"})
            await request.end()
            return "fault"
        for done in (0, 400, 1000):
            await request.wait(reply.piece_seconds)
            await _line(
                request,
                {"status": "pulling 2bada8a74506", "digest": "sha256:2bada8a74506", "total": 1000, "completed": done},
            )
        if reply.fault == "drop":
            request.drop()
            return "fault"
        self.script.models.append(name)
        await _line(request, {"status": "success"})
        await request.end()
        return "whole"

    async def _chat(self, request: Request) -> str:
        if not await self._has(request):
            return "whole"
        model, slots = _model(request), self._slots[_model(request)]
        if slots.locked() and self._waiting >= self.script.queue:
            await request.answer({"error": "server busy, please try again.  maximum pending requests exceeded"}, 503)
            return "fault"
        self._waiting += 1
        await slots.acquire()
        self._waiting -= 1
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            return await self._say(request, model)
        finally:
            self._at_once -= 1
            slots.release()

    async def _say(self, request: Request, model: str) -> str:
        body = request.json()
        messages = body.get("messages", [])
        system = "\n".join(one["content"] for one in messages if one["role"] == "system")
        last = messages[-1].get("content", "") if messages else ""
        reply = self.script.reply_to(system, last, model)
        reply = recited(reply, (one.get("content", "") for one in messages[:-1]), last)
        if reply.fault == "html":
            await request.answer(b"<html><body>It works!</body></html>", reply.status, "text/html")
            return "fault"
        if reply.status != 200:
            await request.answer({"error": reply.error}, reply.status, **reply.headers)
            return "fault"
        if not body.get("stream", True):
            await request.answer(_last(reply, model) | {"message": _message(reply)})
            return "whole"
        return await self._stream(request, reply, model, is_thinking=bool(body.get("think")))

    async def _stream(self, request: Request, reply: Reply, model: str, *, is_thinking: bool) -> str:
        await request.begin(NDJSON)
        await request.wait(reply.first_seconds)
        thoughts = [{"content": "", "thinking": text} for text in reply.pieces(reply.thinking) if is_thinking]
        said = [{"content": text} for text in reply.pieces(reply.whole)]
        called = [{"content": "", "tool_calls": [_called(call)]} for call in msgspec.to_builtins(reply.calls)]
        for number, message in enumerate([*thoughts, *said, *called]):
            if reply.fault and number == reply.after:
                return await _fail(request, reply)
            if number:
                await request.wait(reply.piece_seconds)
            await _line(
                request, {"model": model, "created_at": AT, "message": {"role": "assistant"} | message, "done": False}
            )
        if reply.fault:
            return await _fail(request, reply)
        await _line(request, _last(reply, model))
        await request.end()
        return "whole"


async def _fail(request: Request, reply: Reply) -> str:
    return await request.fail(
        reply.fault, _line_of({"error": reply.error}), b'{"model":"qwen2.5:7b","message":{"role":"assi\n'
    )


async def _line(request: Request, what: dict[str, Any]) -> None:
    await request.piece(_line_of(what))


def _line_of(what: dict[str, Any]) -> bytes:
    return msgspec.json.encode(what) + b"\n"


def _model(request: Request) -> str:
    body = request.json()
    name = str(body.get("model") or body.get("name") or "")
    return name if ":" in name else f"{name}:latest"


def _last(reply: Reply, model: str) -> dict[str, Any]:
    return {
        "model": model, "created_at": AT, "message": {"role": "assistant", "content": ""}, "done": True,
        "done_reason": reply.reason or "stop", "total_duration": 5_191_566_416, "load_duration": 2_154_458,
        "prompt_eval_count": reply.input_tokens, "prompt_eval_duration": 383_809_000,
        "eval_count": reply.output_tokens or len(reply.pieces(reply.whole)), "eval_duration": 4_799_921_000,
    }  # fmt: skip


def _message(reply: Reply) -> dict[str, Any]:
    calls = [_called(call) for call in msgspec.to_builtins(reply.calls)]
    return {"role": "assistant", "content": reply.whole} | ({"tool_calls": calls} if calls else {})


def _called(call: dict[str, Any]) -> dict[str, Any]:
    return {"function": {"name": call["tool"], "arguments": call["raw"] or call["arguments"]}}


def _listed(name: str) -> dict[str, Any]:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return {"name": name, "model": name, "modified_at": AT, "size": 4_683_087_332, "digest": digest, "details": FAMILY}


def _loaded(name: str) -> dict[str, Any]:
    return _listed(name) | {"expires_at": AT, "size_vram": 0, "context_length": 4096}


def _vector(text: str) -> list[float]:
    """What tells one text from another, and nothing of what they mean."""
    return [byte / 255 for byte in hashlib.sha256(text.encode()).digest()[:8]]


if __name__ == "__main__":
    serve(FakeOllama)
