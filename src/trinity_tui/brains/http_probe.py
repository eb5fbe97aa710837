"""One small question to a server, without a client's weight: is it there, and what does it say?"""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Any
from urllib.parse import urlsplit

import msgspec

from trinity_tui.core.brains_config import is_loopback

PROBE_SECONDS = 2.0
"""For a server elsewhere."""
LOCAL_SECONDS = 15.0
"""For one of this machine, which is as busy as this machine: where there is none, the kernel says so at once."""
HERE_SECONDS = 0.05
"""The kernel answers for this machine's own servers, unless too many wait before one."""
ANSWER_BYTES = 4 * 1024 * 1024
_CHUNKED = b"transfer-encoding: chunked"


async def connects(url: str) -> str:
    """Whether something listens there: empty, or why not."""
    try:
        async with asyncio.timeout(_patience(url)):
            _, writer = await _open(url)
            writer.close()
    except (OSError, TimeoutError, ValueError) as error:
        return _why(error)
    return ""


def listens_here(url: str) -> bool:
    """Whether something listens on this machine's own address, which shows at once; False for other machines."""
    parts = urlsplit(url)
    if not is_loopback(url):
        return False
    try:
        with socket.create_connection((parts.hostname, parts.port or 80), HERE_SECONDS):
            return True
    except OSError:
        return False


async def ask(url: str, path: str, question: object = None, seconds: float | None = None) -> Any:
    """The JSON a server answers.

    Args:
        url: The server.
        path: What is asked for.
        question: Sent as JSON; None: a plain GET.
        seconds: How long the answer may take; else as long as suits where the server is.

    Raises:
        OSError: There is no server, or it answers no JSON, or not in time; the sentence says which.
    """
    try:
        async with asyncio.timeout(_patience(url) if seconds is None else seconds):
            return await _ask(url, path, question)
    except (TimeoutError, ValueError, OSError) as error:
        raise OSError(_why(error)) from error


async def post(url: str, said: object, seconds: float = PROBE_SECONDS) -> int:
    """Send JSON to an address; the status it answers with.

    Args:
        url: The whole address.
        said: What is sent.
        seconds: How long all of it may take.

    Raises:
        OSError: There is no server, or it does not answer HTTP in time; the sentence says which.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _post(url, msgspec.json.encode(said))
    except (TimeoutError, ValueError, OSError) as error:
        raise OSError(_why(error)) from error


def _patience(url: str) -> float:
    return LOCAL_SECONDS if is_loopback(url) else PROBE_SECONDS


async def _post(url: str, body: bytes) -> int:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it is no address of the web")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    reader, writer = await _open(url)
    try:
        lines = [f"POST {path} HTTP/1.0", f"Host: {parts.netloc.rpartition('@')[2]}", "Content-Type: application/json",
                 f"Content-Length: {len(body)}", "", ""]  # fmt: skip
        writer.write("\r\n".join(lines).encode() + body)
        words = (await reader.readline()).split()
    finally:
        writer.close()
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1].isdigit():
        raise ValueError("it answers nothing of HTTP")
    return int(words[1])


async def _ask(url: str, path: str, question: object) -> Any:
    parts = urlsplit(url)
    reader, writer = await _open(url)
    try:
        body = b"" if question is None else msgspec.json.encode(question)
        method = "GET" if question is None else "POST"
        # 1.0: the answer comes in one piece, and the end of the connection is its end.
        lines = [f"{method} {parts.path}{path} HTTP/1.0", f"Host: {parts.netloc}", "Content-Type: application/json",
                 f"Content-Length: {len(body)}", "", ""]  # fmt: skip
        writer.write("\r\n".join(lines).encode() + body)
        return _read(await _all(reader))
    finally:
        writer.close()


def _read(answer: bytes) -> Any:
    head, _, body = answer.partition(b"\r\n\r\n")
    first = head.split(b"\r\n", 1)[0].split(b" ")
    status = first[1].decode("latin-1") if len(first) > 1 else "nothing of HTTP"
    if status != "200":
        raise ValueError(f"it answers {status[:20]}")
    if _CHUNKED in head.lower():
        body = _joined(body)
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise ValueError("it answers no JSON") from error


def _joined(body: bytes) -> bytes:
    # Some servers answer in chunks whatever was asked.
    parts: list[bytes] = []
    while body:
        size, _, rest = body.partition(b"\r\n")
        count = int(size.split(b";")[0] or b"0", 16)
        if not count:
            break
        parts.append(rest[:count])
        body = rest[count + 2 :]
    return b"".join(parts)


async def _all(reader: asyncio.StreamReader) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := await reader.read(1 << 16):
        chunks.append(chunk)
        size += len(chunk)
        if size > ANSWER_BYTES:
            raise ValueError("it answers too much")
        if _is_complete(b"".join(chunks)):
            break
    return b"".join(chunks)


def _is_complete(answer: bytes) -> bool:
    # A server that keeps the connection open says how much comes.
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    if _CHUNKED in head.lower():
        return body.endswith(b"0\r\n\r\n")
    _, _, length = head.lower().partition(b"content-length:")
    said = length.split(b"\r\n", 1)[0].strip()
    return said.isdigit() and len(body) >= int(said)


async def _open(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    is_safe = parts.scheme == "https"
    context = ssl.create_default_context() if is_safe else None
    return await asyncio.open_connection(parts.hostname, parts.port or (443 if is_safe else 80), ssl=context)


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError) or "Connect call failed" in str(error):
        return "nothing listens there"
    return str(error) or type(error).__name__
