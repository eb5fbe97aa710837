"""Files of the workspace for a person who writes from another computer: found and read here, where they are."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from trinity_tui.client.files import Files
from trinity_tui.daemon.arguments import Args

if TYPE_CHECKING:
    from trinity_tui.daemon.requests import Requests


class Begun(Args, frozen=True):
    """A path that was begun."""

    begun: str


class Written(Args, frozen=True):
    """A message that may name files."""

    content: str


async def complete(requests: Requests, args: Begun) -> list[str]:
    """The names that a path may go on to."""
    return await asyncio.to_thread(Files(requests.house.workspace.root).complete, args.begun)


async def attach(requests: Requests, args: Written) -> dict[str, Any]:
    """The message with the files it names."""
    files = Files(requests.house.workspace.root)
    return {"content": await asyncio.to_thread(files.attach, args.content)}


FILE_REQUESTS: dict[str, tuple[type[Args], Any, str]] = {
    "files/complete": (Begun, complete, "send files along"),
    "files/attach": (Written, attach, "send files along"),
}
"""As ``requests.REQUESTS``; who only looks sends nothing, and reads no file through this."""
