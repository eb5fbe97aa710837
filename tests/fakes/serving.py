"""A small HTTP/1.1 server for fakes of model servers, which can also break off, fall silent and answer nonsense.

As a program (``python -m fakes.ollama --port 0 --script FILE``) a fake prints its URL and serves until it is stopped.
``GET /fake/journal`` says what it was asked; ``POST /fake/replies`` adds replies to its script.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import msgspec

from fakes.scripted import Asked, Reply, Script

if TYPE_CHECKING:
    from collections.abc import Callable

    from fakes.scripted import Fault

    Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

HEAD_BYTES = 1 << 20


class ClientLeft(Exception):
    """Whoever asked is gone."""


class Request:
    """One request and its answer."""

    def __init__(self, method: str, path: str, headers: dict[str, str], body: bytes, streams: Streams) -> None:
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self._reader, self._writer = streams
        self.keeps = True

    def json(self) -> Any:
        """What was sent; an empty object where nothing was."""
        return msgspec.json.decode(self.body or b"{}")

    async def answer(
        self, what: Any, status: int = 200, content_type: str = "application/json", **headers: str
    ) -> None:
        """Answer with a whole body: bytes as they are, anything else as JSON."""
        body = what if isinstance(what, bytes) else msgspec.json.encode(what)
        self._head(status, content_type, {"Content-Length": str(len(body))} | headers)
        await self._write(body)

    async def begin(self, content_type: str) -> None:
        """Begin a stream."""
        self._head(200, content_type, {"Transfer-Encoding": "chunked"})
        await self._write(b"")

    async def piece(self, data: bytes) -> None:
        """More of the stream."""
        await self._write(b"%x\r\n%s\r\n" % (len(data), data))

    async def end(self) -> None:
        """End the stream properly."""
        await self._write(b"0\r\n\r\n")

    def drop(self) -> None:
        """Break off."""
        self.keeps = False
        self._writer.transport.abort()

    async def wait(self, seconds: float) -> None:
        """Let time pass, as long as whoever asked is there."""
        if seconds:
            await asyncio.sleep(seconds)
        self._check()

    async def hang(self) -> None:
        """Say nothing until whoever asked goes away."""
        await self._reader.read()
        self._check()

    async def fail(self, fault: Fault, error: bytes, malformed: bytes) -> str:
        """Have a stream go wrong.

        Args:
            fault: How.
            error: The provider's own piece for an error within it.
            malformed: A piece that is none of the provider's.
        """
        match fault:
            case "drop":
                self.drop()
            case "silent":
                await self.hang()
            case _:
                if broken := {"error": error, "malformed": malformed}.get(fault):
                    await self.piece(broken)
                await self.end()
        return "fault"

    def _check(self) -> None:
        if self._reader.at_eof() or self._writer.is_closing():
            raise ClientLeft

    def _head(self, status: int, content_type: str, headers: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} X", f"Content-Type: {content_type}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self._writer.write("\r\n".join((*lines, "", "")).encode())

    async def _write(self, data: bytes) -> None:
        self._check()
        self._writer.write(data)
        try:
            await self._writer.drain()
        except ConnectionError:
            raise ClientLeft from None


class FakeServer:
    """A server of one protocol; ``async with`` it.

    Args:
        script: What it is to say; may be added to while it runs.
    """

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()
        self.journal: list[Asked] = []
        self.connections = 0
        self._port = 0
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    async def start(self, port: int = 0) -> None:
        """Listen; 0: on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, limit=HEAD_BYTES)
        self._port = self._server.sockets[0].getsockname()[1]

    async def aclose(self) -> None:
        """Stop at once, whatever is being said."""
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await self._server.wait_closed()
        while self._open:
            await asyncio.sleep(0)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def respond(self, request: Request) -> str:
        """Answer one request of the protocol; say how it ended."""
        raise NotImplementedError

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        self.connections += 1
        try:
            while (request := await _read(reader, writer)) is not None:
                await self._respond(request)
                if not request.keeps:
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()
            self._open.discard(writer)

    async def _respond(self, request: Request) -> None:
        if request.path == "/fake/journal":
            await request.answer(msgspec.to_builtins(self.journal))
            return
        if request.path == "/fake/replies":
            self.script.replies += msgspec.json.decode(request.body, type=list[Reply])
            await request.answer({"replies": len(self.script.replies)})
            return
        asked = Asked(request.path, request.json(), request.headers)
        self.journal.append(asked)
        try:
            asked.ended = await self.respond(request)
        except (ClientLeft, ConnectionError):
            asked.ended, request.keeps = "left", False


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, path.partition("?")[0], headers, body, (reader, writer))


def serve(kind: Callable[[Script], FakeServer]) -> None:
    """Run a fake as a program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--script", default="")
    chosen = parser.parse_args()
    text = Path(chosen.script).read_bytes() if chosen.script else b"{}"
    server = kind(msgspec.json.decode(text, type=Script))

    async def run() -> None:
        await server.start(chosen.port)
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()

    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        return
