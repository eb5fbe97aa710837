"""One request to the coordinator, over its unix socket: what a command needs, without a client library to import."""

from __future__ import annotations

import http.client
import socket
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.client import found
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from trinity_tui.core.paths import Workspace

SAID = "trinity: "
"""How the sentence begins that a command ends with."""
START_HINT = "Start it with `trinity` (or `trinity --serve` without a screen)."


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def no_coordinator(workspace: Workspace) -> ClientError:
    """The error of every command that needs one where none runs."""
    words = last_words(workspace)
    said = f"; the last one said: {words.removeprefix(SAID)}" if words.startswith(SAID) else ""
    go_on = "; its instances go on without it" if workspace.keeper.exists() else ""
    return ClientError(f"no coordinator runs for {workspace.root}{go_on}{said}", 3, START_HINT)


def last_words(workspace: Workspace) -> str:
    """The last line a coordinator that was started in the background printed."""
    try:
        lines = workspace.coordinator_log.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return next((line for line in reversed(lines) if line.strip()), "")


def call(
    workspace: Workspace, method: str, route: str, body: object = None, timeout_seconds: float = 30.0,
    *, across_versions: bool = False,
) -> Any:  # fmt: skip
    """Ask, and return what the coordinator answers.

    Args:
        workspace: Whose coordinator.
        method: ``GET`` or ``POST``.
        route: The path, with its query.
        body: Sent as JSON.
        timeout_seconds: How long to wait for the answer.
        across_versions: Whether to ask also one that speaks another protocol: to end it, that is.

    Raises:
        ClientError: None runs (3), it refused or speaks otherwise (1 or 2), there is no such thing (4), or it did not
            answer in time (5).
    """
    place = found.find(workspace)
    if place is None:
        raise no_coordinator(workspace)
    if not across_versions:
        place.check()
    headers = {"Authorization": f"Bearer {found.token(workspace)}", "Content-Type": "application/json"}
    connection = _UnixConnection(place.api, timeout_seconds)
    try:
        connection.request(method, route, b"" if body is None else msgspec.json.encode(body), headers)
        response = connection.getresponse()
        return _answer(response.status, response.read())
    except TimeoutError as error:
        raise ClientError(f"the coordinator (pid {place.pid}) did not answer in {timeout_seconds:g} s", 5) from error
    except (ConnectionError, FileNotFoundError) as error:
        raise no_coordinator(workspace) from error
    except (OSError, http.client.HTTPException) as error:
        raise ClientError(f"the coordinator's socket failed: {error}", 1) from error
    finally:
        connection.close()


class _Problem(msgspec.Struct):
    error: str = ""
    exit_code: int = 1
    hint: str = ""


def _answer(status: int, body: bytes) -> Any:
    if status < 400:
        return msgspec.json.decode(body) if body else None
    try:
        problem = msgspec.json.decode(body, type=_Problem)
    except msgspec.DecodeError:
        problem = _Problem()
    raise ClientError(problem.error or f"the coordinator answered {status}", problem.exit_code, problem.hint)
