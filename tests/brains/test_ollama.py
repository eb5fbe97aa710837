"""What is Ollama's alone: what its server has, pulls, embeddings, thinking, and the words of its failures."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import ollama
import pytest

from brains.providers import all_of, asking, failing, text_of
from fakes.ollama import FakeOllama
from fakes.scripted import Reply, Script, ScriptedCall
from trinity_tui.brains.ollama import OllamaServer
from trinity_tui.core.conversation import Prompt, Turn
from trinity_tui.core.errors import BrainError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@asynccontextmanager
async def served(script: Script | None = None) -> AsyncGenerator[tuple[OllamaServer, FakeOllama]]:
    async with FakeOllama(script) as fake:
        server = OllamaServer(fake.url)
        try:
            yield server, fake
        finally:
            await server.aclose()


async def test_the_fake_speaks_as_the_official_client_expects() -> None:
    reply = Reply(text="Hello there", thinking="hm", calls=(ScriptedCall("read", {"path": "a"}),), output_tokens=9)
    async with FakeOllama(Script(replies=[reply], loaded=["qwen2.5:7b"])) as fake:
        client: Any = ollama.AsyncClient(fake.url)
        parts = await client.chat("qwen2.5:7b", [{"role": "user", "content": "hi"}], stream=True, think=True)
        found = [part async for part in parts]
        assert "".join(part.message.content or "" for part in found) == "Hello there"
        assert "".join(part.message.thinking or "" for part in found) == "hm"
        assert [call.function.name for part in found for call in part.message.tool_calls or ()] == ["read"]
        assert (found[-1].done, found[-1].eval_count) == (True, 9)
        assert [model.model for model in (await client.list()).models] == ["qwen2.5:7b"]
        assert [model.model for model in (await client.ps()).models] == ["qwen2.5:7b"]
        assert "tools" in ((await client.show("qwen2.5:7b")).capabilities or [])
        assert [part.status async for part in await client.pull("mistral", stream=True)][-1] == "success"
        assert len((await client.embed("mistral", ["a", "b"])).embeddings) == 2
        with pytest.raises(ollama.ResponseError, match="not found"):
            await client.show("nothing")
        await client.close()


async def test_what_a_server_has() -> None:
    async with served(Script(models=["a:1", "b:2"], loaded=["b:2"], context_length=4096)) as (server, _):
        assert await server.models() == ["a:1", "b:2"]
        assert await server.loaded() == ["b:2"]
        info = await server.show("a:1")
        assert (info.window_tokens, "thinking" in info.abilities) == (4096, True)
        assert len(await server.embed("a:1", ["x", "y"])) == 2


async def test_a_pull_says_how_far_it_is() -> None:
    async with served() as (server, fake):
        progress = [(part.status, part.done_bytes, part.total_bytes) async for part in server.pull("mistral")]
        assert progress[0] == ("pulling manifest", 0, 0)
        assert progress[-2:] == [("pulling 2bada8a74506", 1000, 1000), ("success", 0, 0)]
        assert "mistral:latest" in fake.script.models


@pytest.mark.parametrize(("fault", "why"), [("error", "file does not exist"), ("drop", "broke off")])
async def test_a_pull_that_fails_is_none(fault: str, why: str) -> None:
    reply = Reply(when="^pull", fault="error" if fault == "error" else "drop")
    async with served(Script(replies=[reply])) as (server, _):
        with pytest.raises(BrainError, match=why):
            _ = [part async for part in server.pull("mistral")]


async def test_a_model_that_went_away_says_how_to_get_it_back() -> None:
    async with asking("ollama", Reply(text="x")) as asked:
        asked.server.script.models.clear()
        _, error = await failing(asked.brain)
        assert error.kind == "missing"
        assert error.hint == "Get it with `ollama pull qwen2.5:7b`."


async def test_a_server_that_went_away_says_how_to_start_it() -> None:
    async with asking("ollama") as asked:
        await asked.server.aclose()
        _, error = await failing(asked.brain)
        assert (error.kind, error.hint) == ("missing", "Start it with `ollama serve`.")


async def test_a_schema_a_window_and_a_length_are_asked_for() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    async with asking("ollama", Reply(text='{"n": 3}')) as asked:
        events = await all_of(asked.brain, Prompt("", turns=(Turn("user", "n?"),), schema=schema, output_tokens=77))
        assert json.loads(text_of(events)) == {"n": 3}
        body = asked.server.journal[-1].body
        assert body["format"] == schema
        assert body["options"] == {"num_ctx": 8192, "num_predict": 77}
        assert (body["keep_alive"], body["think"]) == ("5m", False)


async def test_a_model_that_knows_no_tools_is_told_of_none() -> None:
    async with asking("ollama", Reply(text="x")) as asked:
        assert asked.brain.has_tools
    async with asking("ollama", Reply(text="x"), script=Script(abilities=["completion"])) as asked:
        assert not asked.brain.has_tools
        await all_of(asked.brain)
        assert "think" not in asked.server.journal[-1].body
