"""Asking a server, once and from outside, whether it holds the log: for ``trinity doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.bus.nats import stream
from trinity_tui.bus.nats.link import Link

if TYPE_CHECKING:
    from trinity_tui.bus.nats.place import Place


async def probe(place: Place) -> str:
    """What there is, as a sentence.

    Raises:
        BusError: The server does not answer, has no JetStream, or the stream is somebody else's.
    """
    link = Link(place, "doctor")
    await link.open()
    try:
        info = await stream.info_of(link)
        if info is None:
            return f"{place.shown} answers; the stream {place.stream} is made at the first start"
        stream.id_of(link, info)
        size = f"{info.state.messages} messages, {info.state.bytes / 1e6:.1f} MB"
        return f"{place.shown} answers; stream {place.stream}: {size}"
    finally:
        await link.aclose()
