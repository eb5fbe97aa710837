"""Starts the coordinator of a workspace in the background, and waits until it answers or says why it does not."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from trinity_tui.client import api, found
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trinity_tui.core.paths import Workspace

START_SECONDS = 30.0
POLL_SECONDS = 0.02


def answers(workspace: Workspace) -> bool:
    """Whether a coordinator listens for this workspace now."""
    place = found.find(workspace)
    if place is None:
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(place.api)
        except OSError:
            return False
    return True


def start(workspace: Workspace, words: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Start one, detached from this terminal; what it prints goes to its log.

    Args:
        workspace: Whose.
        words: More of its command line, such as ``--port 0``.
    """
    workspace.runtime.mkdir(mode=0o700, exist_ok=True)
    with open(workspace.coordinator_log, "ab", opener=_private) as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "trinity_tui", "-C", str(workspace.root), "serve", "--quiet", *words],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=workspace.root,
        )  # fmt: skip


def silence(log: Path) -> str:
    """Why a log has no last words: what keeps anything from being written to it, as the end of a sentence."""
    try:
        with open(log, "ab", buffering=0, opener=_private) as file:
            file.write(b"\n")
    except OSError as error:
        return f", and its log cannot be written: {error.strerror}"
    return ""


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


async def ensure(workspace: Workspace, words: Sequence[str] = ()) -> None:
    """Have a coordinator that answers.

    Args:
        workspace: Whose.
        words: More of the command line of one that has to be started.

    Raises:
        ClientError: It could not be started; the sentence is the one it died with.
    """
    # Here and not above: one-shot commands ask whether a coordinator answers, and need no loop.
    import asyncio

    if answers(workspace):
        return
    try:
        child = start(workspace, words)
    except OSError as error:
        raise ClientError(f"the coordinator cannot be started: {error.strerror}: {error.filename}") from error
    # Collected when it ends, so that a coordinator that died under a screen is no zombie of the screen's.
    threading.Thread(target=child.wait, name="coordinator", daemon=True).start()
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if answers(workspace):
            return
        if child.returncode is not None and not answers(workspace):
            raise ClientError(
                api.last_words(workspace).removeprefix(api.SAID)
                or f"the coordinator ended with code {child.returncode}{silence(workspace.coordinator_log)}"
            )
        await asyncio.sleep(POLL_SECONDS)
    raise ClientError(
        f"the coordinator did not answer within {START_SECONDS:g} s", 5, f"See {workspace.coordinator_log}."
    )
