"""The brains before somebody else's fake of the three protocols, and its ways of failing.

``TRINITY_AIMOCK`` names its program (npm ``@copilotkit/aimock``, ``node_modules/.bin/llmock``); CI installs it.
"""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import pytest

from brains.providers import KEY, NAMES, all_of, calls_of, failing, name_of, text_of
from trinity_tui.brains.choose import open_brain
from trinity_tui.brains.ollama import ModelInfo, OllamaBrain, OllamaServer
from trinity_tui.core.brains_config import BrainsConfig
from trinity_tui.core.conversation import End, Prompt, ToolSpec, Turn

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator
    from pathlib import Path

    from trinity_tui.brains.brain import Brain

PROGRAM = os.environ.get("TRINITY_AIMOCK", "")
SAID = "Hello from outside, in several pieces."
FIXTURES = {
    "fixtures": [
        {"match": {"userMessage": "hello"}, "response": {"content": SAID}},
        {"match": {"userMessage": "look"}, "response": {"toolCalls": [{"name": "read", "arguments": {"path": "a"}}]}},
    ]
}
READ = ToolSpec("read", "Read a file.", {"type": "object", "properties": {"path": {"type": "string"}}})
pytestmark = pytest.mark.skipif(not PROGRAM, reason="TRINITY_AIMOCK names no program (npm install @copilotkit/aimock)")


@contextmanager
def judge(folder: Path, *arguments: str) -> Generator[str]:
    """It runs, and this is its URL."""
    (folder / "fixtures.json").write_text(json.dumps(FIXTURES))
    command = [PROGRAM, "-p", "0", "-c", "5", "-f", str(folder), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        try:
            yield next(line.split()[-1] for line in process.stdout if "listening on" in line)
        finally:
            process.kill()


@asynccontextmanager
async def brain_at(provider: str, url: str) -> AsyncGenerator[Brain]:
    """A brain of a provider that asks it. It lists no models of Ollama's, so nothing is looked for there."""
    name, settings = name_of(provider, url), BrainsConfig(ollama=url, silence_seconds=20.0)
    environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": url, "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": url}
    if provider == "ollama":
        brain = OllamaBrain(name, OllamaServer(url), ModelInfo(abilities=frozenset({"tools"})), settings)
    else:
        chosen = await open_brain(name, settings, environment)
        assert chosen.brain is not None, chosen.why
        brain = chosen.brain
    try:
        yield brain
    finally:
        await brain.aclose()


def prompt(text: str) -> Prompt:
    return Prompt("You are a test.", turns=(Turn("user", text),), tools=(READ,))


@pytest.mark.parametrize("provider", NAMES)
async def test_answers_and_calls_come_whole(provider: str, tmp_path: Path) -> None:
    with judge(tmp_path) as url:
        async with brain_at(provider, url) as brain:
            events = await all_of(brain, prompt("hello"))
            assert text_of(events) == SAID
            assert isinstance(events[-1], End)
            calls = calls_of(await all_of(brain, prompt("look")))
            assert [(call.tool, call.arguments) for call in calls] == [("read", {"path": "a"})]


@pytest.mark.parametrize("provider", NAMES)
@pytest.mark.parametrize("chaos", ["drop", "malformed", "disconnect", "ratelimit"])
async def test_its_chaos_is_never_a_whole_answer(provider: str, chaos: str, tmp_path: Path) -> None:
    with judge(tmp_path, f"--chaos-{chaos}", "1") as url:
        async with brain_at(provider, url) as brain:
            events, error = await failing(brain, prompt("hello"))
            assert not any(isinstance(event, End) for event in events)
            assert error.kind == "rate" if chaos == "ratelimit" else error.kind in ("cut", "overloaded", "malformed")
