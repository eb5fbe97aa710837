"""A fake model server as a process of its own, for tests whose fleets must reach it."""

from __future__ import annotations

import os
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from nursery import nursery
from patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Generator

    from fakes.scripted import Reply, Script
    from nursery import Program

TESTS = Path(__file__).resolve().parents[1]


class Running:
    """One that runs.

    Args:
        url: Where it listens.
        process: Its process, for tests that kill or stop it.
    """

    def __init__(self, url: str, process: Program) -> None:
        self.url = url
        self.process = process

    def journal(self) -> list[dict[str, Any]]:
        """What it was asked so far."""
        with urllib.request.urlopen(f"{self.url}/fake/journal", timeout=PATIENCE_SECONDS) as answer:
            return msgspec.json.decode(answer.read())

    def add(self, *replies: Reply) -> None:
        """More that it is to answer."""
        body = msgspec.json.encode(replies)
        with urllib.request.urlopen(f"{self.url}/fake/replies", data=body, timeout=PATIENCE_SECONDS) as answer:
            answer.read()


@contextmanager
def running(module: str, folder: Path, script: Script | None = None) -> Generator[Running]:
    """Run a fake (``fakes.ollama``) until the block ends.

    Args:
        module: Which.
        folder: Where its script is written.
        script: What it says.
    """
    file = folder / f"{module.replace('.', '-')}.json"
    file.write_bytes(msgspec.json.encode(script) if script is not None else b"{}")
    environment = {"PATH": os.defpath, "PYTHONPATH": str(TESTS)}
    lines, output = os.pipe()
    command = [sys.executable, "-m", module, "--port", "0", "--script", str(file)]
    try:
        process = nursery().start(command, output, 2, environment)
    finally:
        os.close(output)
    with open(lines) as said:
        try:
            yield Running(said.readline().strip(), process)
        finally:
            process.kill()
            process.wait()
