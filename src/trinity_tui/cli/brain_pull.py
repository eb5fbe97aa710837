"""``trinity brain --pull``: has Ollama download a model, and says how far it is."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import aclosing
from typing import TYPE_CHECKING

from trinity_tui.cli.shared import put, put_json, read_config
from trinity_tui.client import api
from trinity_tui.core import brains_config
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from trinity_tui.brains.ollama import Pulled
    from trinity_tui.core.paths import Workspace

WIDTH = 78
"""Of a line that is written over again."""


def pull(workspace: Workspace, model: str, *, as_json: bool) -> None:
    """Download a model to the end.

    Args:
        workspace: Whose Ollama.
        model: As Ollama names it, or as a brain is named.
        as_json: Whether each step is a JSON object.

    Raises:
        ClientError: It is no model of Ollama's.
        BrainError: It could not be had, or the download broke off.
    """
    asyncio.run(_pull(_server(workspace), model_of(model), as_json))


def _server(workspace: Workspace) -> str:
    """Where the instances look for it; without a coordinator, where they would."""
    try:
        return str(api.call(workspace, "GET", "/status")["coordinator"]["ollama"])
    except ClientError:
        return brains_config.settled(read_config(workspace).brains, os.environ).ollama


async def _pull(url: str, model: str, as_json: bool) -> None:
    from trinity_tui.brains.ollama import OllamaServer

    server, progress = OllamaServer(url), Progress(sys.stderr.isatty())
    try:
        async with aclosing(server.pull(model)) as steps:
            async for step in steps:
                put_json(step) if as_json else progress.show(step)
    finally:
        progress.close()
        await server.aclose()
    if not as_json:
        put(f"Ollama at {url} has {model}. Have it used: trinity brain WHO ollama:{model}")


class Progress:
    """One line that is written over on a terminal; elsewhere a line for each new step.

    Args:
        is_terminal: Which of the two.
    """

    def __init__(self, is_terminal: bool) -> None:
        self._is_terminal = is_terminal
        self._status = ""

    def show(self, step: Pulled) -> None:
        """Say how far it is."""
        if self._is_terminal:
            sys.stderr.write(f"\r{line(step)[:WIDTH]:<{WIDTH}}")
            sys.stderr.flush()
        elif step.status != self._status:
            sys.stderr.write(f"{step.status}\n")
        self._status = step.status

    def close(self) -> None:
        """Leave the line."""
        if self._is_terminal and self._status:
            sys.stderr.write("\n")


def line(step: Pulled) -> str:
    """A step for a person, with how much of it is there."""
    if not step.total_bytes:
        return step.status
    done, total = step.done_bytes / 1e9, step.total_bytes / 1e9
    return f"{step.status}  {min(1.0, done / total):4.0%}  {done:.2f} of {total:.2f} GB"


def model_of(name: str) -> str:
    """A model as Ollama names it, of a brain's name or its own.

    Raises:
        ClientError: Of no provider else is anything downloaded.
    """
    provider, colon, model = name.partition(":")
    if not name or (colon and provider in ("claude", "openai", "auto", "builtin")):
        raise ClientError(f"only Ollama downloads models: --pull takes a name such as qwen2.5:7b, not {name!r}", 2)
    return model if provider == "ollama" and colon else name
