"""Standard input and output as streams of bytes, be they pipes or, as under sshd, one socket for both."""

from __future__ import annotations

import asyncio
import os
import socket
import stat

from trinity_tui.core.errors import ClientError

READ_BYTES = 256 * 1024


async def streams() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Both, for this program alone: what anything else prints goes to stderr from now on.

    Raises:
        ClientError: They are neither pipes nor sockets (2).
    """
    source, sink = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    if not all(_is_stream(descriptor) for descriptor in (source, sink)):
        raise ClientError("the bridge speaks to a program, not to a person", 2, "Use `trinity attach ssh://host/path`.")
    if _is_socket(source) and _same(source, sink):
        # A pipe's transport would take whatever comes in there for the end of it.
        return await asyncio.open_connection(sock=socket.socket(fileno=source), limit=READ_BYTES)
    reader = asyncio.StreamReader(READ_BYTES)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(source, "rb", 0))
    transport, flow = await loop.connect_write_pipe(
        lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), os.fdopen(sink, "wb", 0)
    )
    return reader, asyncio.StreamWriter(transport, flow, None, loop)


def _same(one: int, other: int) -> bool:
    return os.path.sameopenfile(one, other)


def _is_socket(descriptor: int) -> bool:
    return stat.S_ISSOCK(os.fstat(descriptor).st_mode)


def _is_stream(descriptor: int) -> bool:
    return _is_socket(descriptor) or stat.S_ISFIFO(os.fstat(descriptor).st_mode)
