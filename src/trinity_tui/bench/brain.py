"""What we add to each piece of an answer: from the instant a server writes it to the brain's event, and to the screen.

The server and both readers are the same run's. Trust the differences and the ratios: on a shared machine the absolute
figures move.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import tempfile
import time
from contextlib import aclosing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from trinity_tui.bench import brain_screen
from trinity_tui.bench.report import Report, narrate, quantile
from trinity_tui.core.brain_name import BrainName
from trinity_tui.core.brains_config import BrainsConfig
from trinity_tui.core.conversation import Prompt, Text, Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from trinity_tui.bench.options import Options
    from trinity_tui.brains.brain import Brain

PROVIDERS = {"ollama": "/api/chat", "claude": "/v1/messages", "openai": "/v1/chat/completions"}
P95_BAR_MS = 5.0
_STAMP = re.compile(rb"\b(\d{12,}) ")


class Size(msgspec.Struct, frozen=True):
    """How long a run is."""

    pieces: int
    pause_seconds: float
    burst: int


FULL = Size(pieces=400, pause_seconds=0.005, burst=20_000)
QUICK = Size(pieces=100, pause_seconds=0.002, burst=2_000)


def measure(options: Options) -> Report:
    """Run the benchmark; its peer is the bare socket."""
    report = Report(benchmark="brain", quick=options.quick)
    measure_brains(report, options)
    narrate("to the screen …")
    serving_bare = brain_screen.Serving(serving, partial(run_bare, brain_screen.PROVIDER))
    brain_screen.measure(report, serving_bare, brain_screen.QUICK if options.quick else brain_screen.FULL)
    return report


def measure_brains(report: Report, options: Options) -> None:
    """What each provider's brain adds, by itself."""
    size = QUICK if options.quick else FULL
    for provider in PROVIDERS:
        narrate(f"{provider} …")
        _paced(report, provider, size, options.round_count)
        _burst(report, provider, size)


def _paced(report: Report, provider: str, size: Size, rounds: int) -> None:
    bare: list[float] = []
    ours: list[float] = []
    with serving(size.pieces, size.pause_seconds) as url:
        asyncio.run(_delays(provider, url))  # What is loaded with the first exchange is not the answer's.
        for _ in range(rounds):
            bare += asyncio.run(_bare(provider, url))
            ours += asyncio.run(_delays(provider, url))
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        socket_ms, brain_ms = 1000 * quantile(bare, share), 1000 * quantile(ours, share)
        report.figure(f"{provider}: a piece over a bare socket, {name}", socket_ms, "ms")
        report.figure(f"{provider}: through the brain, {name}", brain_ms, "ms")
        if name == "p95":
            report.rail(f"{provider}: added, {name} (ms)", max(0.0, brain_ms - socket_ms), P95_BAR_MS)


def _burst(report: Report, provider: str, size: Size) -> None:
    with serving(size.burst, 0.0) as url:
        asyncio.run(_delays(provider, url))
        bare = _seconds(lambda: asyncio.run(_bare(provider, url)))
        ours = _seconds(lambda: asyncio.run(_delays(provider, url)))
    report.figure(f"{provider}: pieces at once through the brain", size.burst / ours, "/s")
    report.figure(f"{provider}: to the bare socket", ours / bare, "× the time")


def _seconds(run: Callable[[], object]) -> float:
    began = time.monotonic()
    run()
    return time.monotonic() - began


def run_bare(provider: str, url: str) -> list[float]:
    """The delay of each piece where nobody of ours stands between."""
    return asyncio.run(_bare(provider, url))


async def _bare(provider: str, url: str) -> list[float]:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(f"POST {PROVIDERS[provider]} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode())
    delays: list[float] = []
    while data := await reader.read(1 << 16):
        now = time.monotonic_ns()
        delays += [(now - int(stamp)) / 1e9 for stamp in _STAMP.findall(data)]
    writer.close()
    return delays


async def _delays(provider: str, url: str) -> list[float]:
    with tempfile.TemporaryDirectory(prefix="trinity-bench-") as folder:
        brain = opened(provider, url, Path(folder))
        async with aclosing(brain.stream(Prompt("", turns=(Turn("user", "x"),)))) as events:
            delays = [(time.monotonic_ns() - int(one.text)) / 1e9 async for one in events if isinstance(one, Text)]
        await brain.aclose()
    return delays


def opened(provider: str, url: str, folder: Path) -> Brain:
    """A brain of a provider that asks this server."""
    # Loaded by who measures it, as an instance does.
    if provider == "ollama":
        from trinity_tui.brains.ollama import ModelInfo, OllamaBrain, OllamaServer
        from trinity_tui.brains.slots import Queue

        settings = BrainsConfig(ollama=url)
        queue = Queue(url, "m", 1, folder)
        return OllamaBrain(BrainName("ollama", "m"), OllamaServer(url), ModelInfo(), settings, queue)
    if provider == "claude":
        from trinity_tui.brains.claude import ClaudeBrain
        from trinity_tui.brains.keys import Key

        return ClaudeBrain(BrainName("claude", "m"), Key("none"), url, False, 60.0)
    from trinity_tui.brains.openai import OpenAIBrain

    return OpenAIBrain(BrainName("openai", "m", f"{url}/v1"), None, 60.0)


@contextmanager
def serving(pieces: int, pause_seconds: float) -> Generator[str]:
    """The server, in a process of its own; its URL."""
    command = [sys.executable, "-P", "-m", "trinity_tui.bench.brain_server", str(pieces), str(pause_seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()
