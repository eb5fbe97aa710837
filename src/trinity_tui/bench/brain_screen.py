"""A token's whole way: from the byte on a model server's socket to its cell on a terminal, through several processes.

Server, instance, coordinator and screen are real. A token that comes alone is joined with nothing: what it takes longer
than over a bare socket is the time we work on it. At the speed of a model, tokens are joined on the way; what they wait
for that is said apart from it, and is no work.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bench.bound import cpu_seconds
from trinity_tui.bench.coordinator_load import coordinator
from trinity_tui.bench.report import quantile
from trinity_tui.bench.screen_terminal import Terminal
from trinity_tui.client import api, found

if TYPE_CHECKING:
    from trinity_tui.bench.report import Report
    from trinity_tui.core.paths import Workspace

PROVIDER = "openai"
CONFIG = """\
[workspace]
checks = []

[instances.speaker]
role = "explorer"
brain = "openai:{url}/v1#m"
"""
SHOW = "trinity_tui.bench.screen_show"
CHAT = "\x1bOR"
"""F3."""
STAMP = re.compile(rb"(?<!\d)(\d{12,})(?!\d)")
P95_BAR_MS = 5.0
ANSWER_SECONDS = 60.0
"""How long the first token may be on its way."""


class Size(msgspec.Struct, frozen=True):
    """How long a run is."""

    alone: int
    """Tokens with a pause between them in which nothing else comes."""
    stream: int
    """Tokens as a model writes them."""
    rounds: int


FULL = Size(alone=80, stream=1_000, rounds=3)
QUICK = Size(alone=20, stream=200, rounds=1)
ALONE_SECONDS, STREAM_SECONDS = 0.25, 0.01


class Serving(msgspec.Struct, frozen=True):
    """How the server of a scene is started, and read without us between.

    Attributes:
        start: A server that writes so many pieces with so many seconds between them; gives its URL.
        bare: The delay of each piece over a bare socket.
    """

    start: Callable[[int, float], AbstractContextManager[str]]
    bare: Callable[[str], list[float]]


def measure(report: Report, serving: Serving, size: Size) -> None:
    """Add the figures to a report."""
    alone, bare, _ = _scene(serving, size.alone, ALONE_SECONDS, size.rounds)
    stream, _, work = _scene(serving, size.stream, STREAM_SECONDS, size.rounds)
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        socket_ms, alone_ms, stream_ms = (1000 * quantile(values, share) for values in (bare, alone, stream))
        report.figure(f"to the screen: over a bare socket, {name}", socket_ms, "ms")
        report.figure(f"to the screen: a token alone, {name}", alone_ms, "ms")
        report.figure(f"to the screen: 100 tokens/s, joined, {name}", stream_ms, "ms")
        report.figure(f"to the screen: of that waited to be joined, {name}", max(0.0, stream_ms - alone_ms), "ms")
        if name == "p95":
            report.rail("to the screen: added to a token, p95 (ms)", max(0.0, alone_ms - socket_ms), P95_BAR_MS)
    for who, seconds in work.items():
        report.figure(f"to the screen: processor for each token at 100/s, {who}", 1000 * seconds, "ms")
    report.rail("to the screen: processor for each token at 100/s, all (ms)", 1000 * sum(work.values()), P95_BAR_MS)


def _scene(
    serving: Serving, pieces: int, pause_seconds: float, rounds: int
) -> tuple[list[float], list[float], dict[str, float]]:
    """Delays on the screen, over the bare socket, and the seconds of processor a token took in each process."""
    seen: list[float] = []
    bare: list[float] = []
    with serving.start(pieces, pause_seconds) as url, coordinator(CONFIG.format(url=url)) as workspace:
        with Terminal(SHOW, str(workspace.root)) as terminal:
            terminal.wait_for("speaker")
            terminal.send(CHAT)
            terminal.wait_for("[speaker]")
            _answer(workspace, terminal, pieces, pause_seconds)  # What is loaded with the first answer is not its own.
            pids = _pids(workspace) | {"screen": terminal.pid}
            work = dict.fromkeys(pids, 0.0)
            for _ in range(rounds):
                bare += serving.bare(url)
                before = {who: cpu_seconds(pid) for who, pid in pids.items()}
                seen += _answer(workspace, terminal, pieces, pause_seconds)
                for who, pid in pids.items():
                    work[who] += (cpu_seconds(pid) - before[who]) / (rounds * pieces)
    return seen, bare, work


def _answer(workspace: Workspace, terminal: Terminal, pieces: int, pause_seconds: float) -> list[float]:
    api.call(workspace, "POST", "/send", {"to": "speaker", "content": "go on"})
    delays = terminal.delays(STAMP, pieces * pause_seconds + ANSWER_SECONDS, pieces)
    terminal.read(1.0)
    return delays


def _pids(workspace: Workspace) -> dict[str, int]:
    place = found.find(workspace)
    assert place is not None
    until = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < until:
        for one in api.call(workspace, "GET", "/status")["instances"]:
            if one["pid"]:
                return {"instance": one["pid"], "coordinator": place.pid}
        time.sleep(0.1)
    raise TimeoutError("the instance did not start")
