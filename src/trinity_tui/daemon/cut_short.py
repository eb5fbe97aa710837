"""What the end of a coordinator cuts short is told so: not an error of ours, and nobody is left without an answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec
from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from trinity_tui.daemon.house import House

SENTENCE = "the coordinator ended before it had answered: whether it was done is not known"
HINT = "Look with `trinity messages` or `trinity status` before you repeat it."


class CutShort:
    """Answers a request that the server cancels while the coordinator goes down; ASGI middleware.

    The server waits a moment for what it began, then cancels it (uvicorn's ``timeout_graceful_shutdown``).
    """

    def __init__(self, app: ASGIApp, house: House) -> None:
        self._app = app
        self._house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, and answer in its place where it is cut."""
        is_begun = False

        async def noted(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except asyncio.CancelledError:
            # The server cancels for no other reason, and the task ends here: nobody waits for the cancellation.
            if not self._house.down.is_set():
                raise
            if scope["type"] == "http" and not is_begun:
                problem = {"error": SENTENCE, "exit_code": 3, "hint": HINT}
                await Response(msgspec.json.encode(problem), 503, media_type="application/json")(scope, receive, send)
