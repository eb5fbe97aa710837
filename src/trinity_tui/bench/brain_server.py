"""A server that streams in the words of Ollama, Anthropic and OpenAI what is no answer but the time of each piece.

Usage: ``python -m trinity_tui.bench.brain_server PIECES PAUSE_SECONDS``; prints its URL. A piece is the instant it was
written, in nanoseconds of the machine's monotonic clock: whoever reads it knows how long it took.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = {"/api/chat": "application/x-ndjson"}
USAGE = {"input_tokens": 1, "output_tokens": 1}
PARAGRAPH_PIECES = 20


def _ollama(text: str) -> bytes:
    part = {"model": "m", "created_at": "2026-01-05T10:00:00Z", "message": {"role": "assistant", "content": text}}
    return _line(part | {"done": False})


def _claude(text: str) -> bytes:
    return _event({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}})


def _openai(text: str) -> bytes:
    return b"data: " + _line({"id": "c", "choices": [{"index": 0, "delta": {"content": text}}]}) + b"\n"


def _line(what: dict[str, Any]) -> bytes:
    return json.dumps(what).encode() + b"\n"


def _event(what: dict[str, Any]) -> bytes:
    return f"event: {what['type']}\ndata: {json.dumps(what)}\n\n".encode()


_MESSAGE: dict[str, Any] = {
    "id": "m",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [],
    "usage": USAGE,
}
_BEGIN = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
_OVER = {"model": "m", "created_at": "2026-01-05T10:00:00Z", "message": {"role": "assistant", "content": ""}}
FORMS: dict[str, tuple[Callable[[str], bytes], bytes, bytes]] = {
    "/api/chat": (_ollama, b"", _line(_OVER | {"done": True, "done_reason": "stop"})),
    "/v1/messages": (
        _claude,
        _event({"type": "message_start", "message": _MESSAGE}) + _event(_BEGIN),
        _event({"type": "content_block_stop", "index": 0})
        + _event({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": USAGE})
        + _event({"type": "message_stop"}),
    ),
    "/v1/chat/completions": (_openai, b"", b"data: [DONE]\n\n"),
}
"""By path: a piece of it, how it begins, how it ends."""


async def serve(pieces: int, pause_seconds: float) -> None:
    """Stream to whoever asks, until stopped."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.IncompleteReadError:
            writer.close()  # Somebody looked whether a server is here.
            return
        path = head.split(" ", 2)[1].partition("?")[0]
        length = next((int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:")), 0)
        await reader.readexactly(length)
        if path in FORMS:
            await _stream(writer, path, pieces, pause_seconds)
        else:
            writer.write(b"HTTP/1.1 404 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


async def _stream(writer: asyncio.StreamWriter, path: str, pieces: int, pause_seconds: float) -> None:
    piece, begin, end = FORMS[path]
    kind = KINDS.get(path, "text/event-stream")
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    if begin:
        writer.write(_chunk(begin))
    for number in range(1, pieces + 1):
        if pause_seconds:
            await asyncio.sleep(pause_seconds)
        end_of_paragraph = "\n\n" if number % PARAGRAPH_PIECES == 0 else ""
        writer.write(_chunk(piece(f"{time.monotonic_ns()} {end_of_paragraph}")))
        await writer.drain()
    writer.write(_chunk(end) + b"0\r\n\r\n")


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


if __name__ == "__main__":
    try:
        asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
    except KeyboardInterrupt:
        sys.exit(0)
