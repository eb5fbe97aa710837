"""The HTTP face: routes over the requests, the event stream as a WebSocket, the token on everything but health.

Routes are generated from the table of requests; nothing is decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from trinity_tui import __version__
from trinity_tui.core.errors import ClientError, TrinityError
from trinity_tui.core.wire import face
from trinity_tui.daemon import faces
from trinity_tui.daemon.cut_short import CutShort
from trinity_tui.daemon.openapi import document
from trinity_tui.daemon.peers import peer_of
from trinity_tui.daemon.requests import REQUESTS
from trinity_tui.daemon.rights import TokenError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.websockets import WebSocket

    from trinity_tui.daemon.house import House
    from trinity_tui.daemon.rights import Rights

BODY_BYTES = 4 * 1024 * 1024
STATUS_OF = {0: 200, 1: 409, 2: 400, 3: 503, 4: 404, 5: 504}
"""HTTP status by exit code of a command."""
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]", "::1", ""})


def app_of(house: House) -> Starlette:
    """The application over one house."""

    async def health(request: Request) -> Response:
        """Whether the coordinator answers; the one route that is open."""
        return _json({"ok": True, "pid": house.pid, "version": __version__})

    async def schema(request: Request) -> Response:
        """What can be asked for, for programs."""
        return await _answered(house, request, _described)

    async def events(socket: WebSocket) -> None:
        """The event stream of a face."""
        if not _is_local(socket.headers):
            await socket.close(face.REFUSED)
            return
        await faces.serve(house, socket)

    asked = [
        Route(f"/{name}", _endpoint(house, name), methods=["POST" if changes else "GET"])
        for name, (_, _, changes) in REQUESTS.items()
    ]
    return Starlette(
        routes=[
            Route("/health", health, methods=["GET"]),
            Route("/openapi.json", schema, methods=["GET"]),
            WebSocketRoute("/events", events),
            *asked,
        ],
        middleware=[Middleware(CutShort, house=house)],
    )


async def _described(rights: Rights) -> dict[str, Any]:
    return document(REQUESTS, __version__)


def _endpoint(house: House, name: str) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        async def do(rights: Rights) -> Any:
            return await house.requests.do(name, await _arguments(request), rights)

        return await _answered(house, request, do)

    return endpoint


async def _answered(house: House, request: Request, do: Callable[[Rights], Awaitable[Any]]) -> Response:
    """Let in who may come in, do what was asked, and make a sentence of what goes wrong."""
    try:
        if not _is_local(request.headers):
            raise ClientError("only requests to this machine by its own name are answered", 1)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return _json(await do(house.gate.rights(token, peer_of(request.scope))))
    except ClientError as error:
        status = 401 if isinstance(error, TokenError) else STATUS_OF.get(error.exit_code, 500)
        return _json({"error": str(error), "exit_code": error.exit_code, "hint": error.hint}, status)
    except TrinityError as error:
        return _json({"error": error.sentence(), "exit_code": 1, "hint": ""}, 500)


async def _arguments(request: Request) -> dict[str, Any]:
    if request.method == "GET":
        return dict(request.query_params)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            raise ClientError(f"the request is over {BODY_BYTES} bytes", 2)
    try:
        return msgspec.json.decode(bytes(body), type=dict[str, Any]) if body else {}
    except msgspec.DecodeError as error:
        raise ClientError(f"the request is no JSON object: {error}", 2) from error


def _is_local(headers: Any) -> bool:
    """Whether a browser was sent here by a page of ours: Host and Origin must be this machine."""
    host = _host_of(headers.get("host", ""))
    origin = headers.get("origin", "")
    return host in _LOCAL_HOSTS and (not origin or _host_of(origin.partition("//")[2]) in _LOCAL_HOSTS)


def _host_of(authority: str) -> str:
    if authority.startswith("["):
        return authority.partition("]")[0] + "]"
    return authority.partition(":")[0]


def _json(content: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")
