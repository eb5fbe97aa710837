"""The bytes of a stream of JSON lines, so that only a newline ends a line of it.

Ollama's client takes every line end of Unicode for one, also within a text: a model that writes U+0085 would seem to
have broken off. In JSON such a character may as well be written as an escape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

LINE_BYTES = 4 * 1024 * 1024
_ESCAPES = {char.encode(): f"\\u{ord(char):04x}".encode() for char in "\x85\u2028\u2029"}
_LONGEST = max(map(len, _ESCAPES))


class PageError(Exception):
    """A web page came; its kind is the argument."""


class LineTransport(httpx.AsyncHTTPTransport):
    """HTTP whose answers hold no line end but the newline."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; see ``httpx.AsyncBaseTransport``.

        Raises:
            PageError: Another server answers there.
        """
        response = await super().handle_async_request(request)
        kind = response.headers.get("content-type", "")
        if response.status_code == 200 and "html" in kind:
            await response.aclose()
            raise PageError(kind)
        if isinstance(response.stream, httpx.AsyncByteStream) and "content-length" not in response.headers:
            response.stream = _Escaped(response.stream)
        return response


class _Escaped(httpx.AsyncByteStream):
    """The stream of an answer, rewritten as it comes."""

    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in escaped(self._stream):
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


async def escaped(chunks: AsyncIterator[bytes] | httpx.AsyncByteStream) -> AsyncGenerator[bytes]:
    """The chunks, with the line ends that are none written as JSON's escapes, however they are cut.

    Raises:
        httpx.DecodingError: A line is longer than any of a model's.
    """
    rest, line_bytes = b"", 0
    async for chunk in chunks:
        data = rest + chunk
        held = _held(data)
        data, rest = data[: len(data) - held], data[len(data) - held :]
        line_bytes = len(data) - data.rfind(b"\n") - 1 if b"\n" in data else line_bytes + len(data)
        if line_bytes > LINE_BYTES:
            raise httpx.DecodingError("a line does not end")
        for found, escape in _ESCAPES.items():
            data = data.replace(found, escape)
        yield data
    yield rest


def _held(data: bytes) -> int:
    """How many bytes at the end could begin what is to be replaced."""
    for size in range(min(_LONGEST - 1, len(data)), 0, -1):
        if any(one.startswith(data[-size:]) and len(one) > size for one in _ESCAPES):
            return size
    return 0
