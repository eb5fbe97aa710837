"""Processes a test starts, and that are gone when it ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

FAKES = Path(__file__).parents[1] / "fakes"
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a program in a session of its own; it is killed in the end."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(*argv: str, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen(argv, env=env, start_new_session=True))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def fake() -> Callable[..., list[str]]:
    """The argv of one of the misbehaving programs."""

    def argv(program: str, *arguments: object) -> list[str]:
        return [sys.executable, "-S", "-E", str(FAKES / program), *map(str, arguments)]

    return argv
