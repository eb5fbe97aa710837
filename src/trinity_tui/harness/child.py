"""Has the builtin brain's heavy work done in a child process, so that this one stays small and answers at once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

import msgspec

from trinity_tui.core.errors import TrinityError
from trinity_tui.tools.command import give_way

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LIMIT_SECONDS = 120.0
PROGRAM = (sys.executable, "-P", "-m", "trinity_tui.brains.builtin")
"""``-P``: a module that lies in the person's folder is nothing we load."""
T = TypeVar("T")


class ChildError(TrinityError):
    """The child ended without a report."""


async def ask(
    order: msgspec.Struct,
    report: type[T],
    folder: Path,
    *,
    nice: int = 5,
    program: Sequence[str] = PROGRAM,
    limit_seconds: float = LIMIT_SECONDS,
) -> T:
    """One order to a fresh child, and its report. Cancelling this ends the child.

    Raises:
        ChildError: It failed, or was not done within ``limit_seconds``.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *program, cwd=folder, process_group=0,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
    except OSError as error:
        raise ChildError(f"looking at the workspace could not begin: {error.strerror}") from error
    give_way(process.pid, nice)
    try:
        async with asyncio.timeout(limit_seconds):
            out, err = await process.communicate(msgspec.json.encode(order))
    except TimeoutError as error:
        raise ChildError(f"looking at the workspace was not done in {limit_seconds:g} s") from error
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode != 0:
        words = err.decode(errors="replace").strip().splitlines()
        raise ChildError(f"looking at the workspace failed: {words[-1] if words else process.returncode}")
    try:
        return msgspec.json.decode(out, type=report)
    except msgspec.DecodeError as error:
        raise ChildError(f"looking at the workspace gave no report: {error}") from error
