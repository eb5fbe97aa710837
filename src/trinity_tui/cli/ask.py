"""The command that says something: ``send``."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from trinity_tui.cli.duration import duration
from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import one_of, put, put_json, state_of
from trinity_tui.client import api
from trinity_tui.core import address
from trinity_tui.core.errors import ClientError
from trinity_tui.core.message import PRIORITIES

_MARGIN_SECONDS = 5.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(send)


def send(
    context: typer.Context,
    to: Annotated[str, typer.Argument(metavar="TO", help="An id, role:NAME, broadcast (or all), coordinator.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to say; - reads it from stdin.")],
    kind: Annotated[str, typer.Option("--type", help="chat, question, task, message …")] = "",
    priority: Annotated[str, typer.Option(help="low, normal, high or urgent.")] = "normal",
    wait: Annotated[str, typer.Option(help="read or answer: wait until it has come that far.")] = "",
    timeout: Annotated[float, typer.Option(min=0, help="How many seconds to wait at most.")] = 60.0,
    ack_by: Annotated[str, typer.Option(metavar="TIME", help="30s, 10m: else it counts as failed; you are told.")] = "",
    expires: Annotated[str, typer.Option(metavar="TIME", help="After this it is not delivered any more.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say something to an instance, a role or all, as the person.

    Exit codes: 4 nobody of that name, 5 not read or answered in time.
    """
    if wait:
        one_of("--wait", wait, ("read", "answer"))
    one_of("--priority", priority, PRIORITIES)
    workspace = state_of(context).workspace
    raw = sys.stdin.buffer.read() if text == "-" else os.fsencode(text)
    content = raw.decode("utf-8", "replace")
    default = "question" if wait == "answer" else "message" if address.is_many(address.canonical(to)) else "chat"
    body = {"to": to, "content": content, "type": kind or default, "priority": priority, "wait": bool(wait)}
    body |= {"ack_seconds": duration("--ack-by", ack_by), "expires_seconds": duration("--expires", expires)}
    sent = api.call(workspace, "POST", "/send", body)
    if not wait:
        chain = {**sent, "stage": "written"}
    else:
        route = f"/delivery?id={sent['id']}&wait={wait}&timeout={timeout}"
        chain = api.call(workspace, "GET", route, timeout_seconds=timeout + _MARGIN_SECONDS)
    put_json(chain) if as_json else _show(chain)
    if wait and chain.get("reason"):
        raise ClientError(f"{chain['stage']}: {chain['reason']}", 5, f"`trinity resend {chain['id']}` sends it again.")
    if wait and not chain["reached"]:
        raise ClientError(f"not {'answered' if wait == 'answer' else 'read'} within {timeout:g} s", 5)


def _show(chain: dict[str, Any]) -> None:
    times = [f"{step} {_clock(chain[key])}" for step, key in _STEPS if chain.get(key)]
    put(f"{chain['id']} → {chain['to']}  {'  '.join(times) or chain['stage']}")
    if "readers" in chain:
        put(f"  {chain['read']} of {chain['expected']} read it")
        for name, time in sorted(chain["readers"].items(), key=lambda read: read[1]):
            put(f"  {name} read {_clock(time)}")
    if chain.get("text"):
        for line in str(chain["text"]).splitlines():
            put(line)


_STEPS = (("written", "written_at"), ("received", "received_at"), ("read", "read_at"), ("answered", "answered_at"))


def _clock(time: str) -> str:
    return time[11:23]
