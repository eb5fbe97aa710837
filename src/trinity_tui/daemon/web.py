"""The HTTP face: routes over the requests, the event stream as a WebSocket, the token on everything but health.

Routes are generated from the table of requests, each with the schema of its own arguments; nothing is decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from fastapi import FastAPI
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from trinity_tui import __version__
from trinity_tui.core.errors import ClientError, TrinityError
from trinity_tui.core.wire import face
from trinity_tui.daemon import faces
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


def app_of(house: House) -> FastAPI:
    """The application over one house."""
    app = FastAPI(title="Trinity", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)

    async def health(request: Request) -> Response:
        """Whether the coordinator answers; the one route that is open."""
        return _json({"ok": True, "pid": house.pid, "version": __version__})

    async def schema(request: Request) -> Response:
        """What can be asked for, for programs."""
        return await _answered(house, request, _schema_of(app))

    async def events(socket: WebSocket) -> None:
        """The event stream of a face."""
        if not _is_local(socket.headers):
            await socket.close(face.REFUSED)
            return
        await faces.serve(house, socket)

    app.router.routes.append(Route("/health", health, methods=["GET"]))
    app.router.routes.append(Route("/openapi.json", schema, methods=["GET"]))
    app.router.routes.append(WebSocketRoute("/events", events))
    for name, (shape, handler, changes) in REQUESTS.items():
        app.add_api_route(
            f"/{name}", _endpoint(house, name), methods=["POST" if changes else "GET"], summary=handler.__doc__,
            response_class=Response, openapi_extra=_schema(shape, has_body=bool(changes)),
        )  # fmt: skip
    return app


def _schema_of(app: FastAPI) -> Callable[[Rights], Awaitable[Any]]:
    async def schema(rights: Rights) -> Any:
        return app.openapi()

    return schema


def _endpoint(house: House, name: str) -> Callable[[Any], Awaitable[Response]]:
    # FastAPI reads the annotation of ``request`` when the route is added, hence the import here and not above.
    from starlette.requests import Request as HttpRequest

    async def endpoint(request: HttpRequest) -> Response:
        async def do(rights: Rights) -> Any:
            return await house.requests.do(name, await _arguments(request), rights)

        return await _answered(house, request, do)

    endpoint.__annotations__["request"] = HttpRequest
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


def _schema(shape: type[msgspec.Struct], *, has_body: bool) -> dict[str, Any]:
    schemas, components = msgspec.json.schema_components([shape], ref_template="#/components/schemas/{name}")
    definition = next(iter(components.values())) if components else schemas[0]
    if has_body:
        return {"requestBody": {"required": True, "content": {"application/json": {"schema": definition}}}}
    required = set(definition.get("required", []))
    return {
        "parameters": [
            {"name": key, "in": "query", "required": key in required, "schema": value}
            for key, value in definition.get("properties", {}).items()
        ]
    }
