"""Which brain a name means here and now, and what is said where it is not there."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from brains.providers import KEY
from fakes.ollama import FakeOllama
from fakes.openai import FakeOpenAI
from fakes.scripted import Script
from trinity_tui.brains import http_probe, keys
from trinity_tui.brains.choose import look, models_at, open_brain
from trinity_tui.brains.http_probe import ask
from trinity_tui.core.brain_name import parse
from trinity_tui.core.brains_config import BrainsConfig
from trinity_tui.core.errors import BrainError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def nobody() -> Iterator[str]:
    """Where nothing listens: the port is taken, and refuses."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


async def test_auto_is_the_model_where_there_is_one() -> None:
    async with FakeOllama() as server:
        chosen = await open_brain(parse("auto"), BrainsConfig(ollama=server.url), {})
        assert chosen.brain is not None
        assert str(chosen.brain.name) == "ollama:qwen2.5:7b"
        assert chosen.why == "Ollama has qwen2.5:7b"
        assert (chosen.brain.has_tools, chosen.brain.window_tokens) == (True, 8192)
        await chosen.brain.aclose()


async def test_auto_takes_a_model_that_is_in_memory_rather_than_throw_it_out() -> None:
    async with FakeOllama(Script(models=["qwen2.5:7b", "mistral:latest"], loaded=["mistral:latest"])) as server:
        found = await look(parse("auto"), BrainsConfig(ollama=server.url), {})
        assert (str(found.name), found.why) == ("ollama:mistral:latest", "mistral:latest is loaded already")
        server.script.loaded.append("qwen2.5:7b")
        assert str((await look(parse("auto"), BrainsConfig(ollama=server.url), {})).name) == "ollama:qwen2.5:7b"


async def test_auto_is_builtin_where_nothing_answers_and_says_so(nobody: str) -> None:
    chosen = await open_brain(parse("auto"), BrainsConfig(ollama=nobody), {})
    assert chosen.brain is None
    assert chosen.why == f"Ollama does not answer at {nobody}: nothing listens there. Start it with `ollama serve`."


async def test_auto_asks_where_the_environment_says() -> None:
    async with FakeOllama() as server:
        found = await look(parse("auto"), BrainsConfig(), {"OLLAMA_HOST": server.url.removeprefix("http://")})
        assert found.name is not None


async def test_a_named_model_that_is_missing_says_how_to_get_it_and_is_found_later() -> None:
    async with FakeOllama() as server:
        settings = BrainsConfig(ollama=server.url)
        chosen = await open_brain(parse("ollama:mistral"), settings, {})
        assert chosen.brain is None
        assert chosen.why == f"Ollama at {server.url} has no mistral. Get it with `ollama pull mistral`."
        server.script.models.append("mistral:latest")
        assert (await look(parse("ollama:mistral"), settings, {})).name == parse("ollama:mistral")


async def test_what_answers_and_is_no_ollama_is_none() -> None:
    async with FakeOpenAI() as server:
        chosen = await open_brain(parse("auto"), BrainsConfig(ollama=server.url), {})
        assert chosen.brain is None
        assert "404" in chosen.why


async def test_a_server_with_openais_protocol_must_listen(nobody: str) -> None:
    found = await look(parse(f"openai:{nobody}/v1#m"), BrainsConfig(), {})
    assert (found.name, found.why) == (None, f"no server at {nobody}/v1: nothing listens there")


async def test_claude_without_a_key_says_what_to_do() -> None:
    chosen = await open_brain(parse("claude"), BrainsConfig(), {})
    assert chosen.brain is None
    assert "ANTHROPIC_API_KEY" in chosen.why


async def test_a_server_that_hangs_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with pytest.raises(OSError, match="no answer in time"):
            await ask(f"http://127.0.0.1:{silent.getsockname()[1]}", "/api/tags", seconds=0.05)


async def test_a_server_of_this_machine_has_longer_than_one_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_probe, "PROBE_SECONDS", 0.0)
    async with FakeOllama() as server:
        assert await models_at(server.url) == [("qwen2.5:7b", False)]
        assert await http_probe.connects(server.url) == ""


def test_where_no_server_answers_no_client_is_loaded(nobody: str) -> None:
    code = (
        "import asyncio, sys\nfrom trinity_tui.brains.choose import open_brain\n"
        "from trinity_tui.core.brain_name import parse\nfrom trinity_tui.core.brains_config import BrainsConfig\n"
        f"asyncio.run(open_brain(parse('auto'), BrainsConfig(ollama={nobody!r}), {{}}))\n"
        "print(sorted({'ollama', 'httpx', 'httpx2', 'anthropic', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Keys


def test_a_key_comes_from_a_file_that_is_ours_alone(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    file.chmod(0o600)
    assert keys.claude_key(str(file), {}).reveal() == KEY
    assert KEY not in repr(keys.claude_key(str(file), {}))
    file.chmod(0o640)
    with pytest.raises(BrainError, match="can be read by others") as caught:
        keys.claude_key(str(file), {"ANTHROPIC_API_KEY": KEY})
    assert caught.value.hint == f"Make it yours alone: chmod 600 {file}"


@pytest.mark.parametrize("text", ["", "two words", "a\x07b", "schlüssel"])
def test_a_file_that_holds_no_key_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    file = tmp_path / "key"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(BrainError, match="holds no key") as caught:
        keys.claude_key(str(file), {})
    assert not text or text not in str(caught.value)


def test_a_key_is_not_followed_out_of_its_place(tmp_path: Path) -> None:
    (tmp_path / "real").write_text(KEY)
    (tmp_path / "real").chmod(0o600)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(BrainError, match="cannot be read"):
        keys.claude_key(str(tmp_path / "link"), {})


@pytest.mark.parametrize(
    ("url", "named", "is_sent"),
    [
        ("https://api.openai.com/v1", "", True),
        ("http://127.0.0.1:8080/v1", "", False),
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080", True),
        ("http://evil.example/v1", "http://127.0.0.1:8080", False),
        ("http://api.openai.com/v1", "", False),
    ],
)
def test_a_key_goes_to_the_server_the_environment_names_alone(url: str, named: str, is_sent: bool) -> None:
    environment = {"OPENAI_API_KEY": KEY} | ({"OPENAI_BASE_URL": named} if named else {})
    assert (keys.openai_key(url, environment) is not None) == is_sent
