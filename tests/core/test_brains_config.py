"""Where models are: Ollama's variable in every form it is written in, and what goes to another machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import brain_name, brain_needs, brain_retry, brains_config
from trinity_tui.core.brains_config import BrainsConfig


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ("", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        (":8080", "http://127.0.0.1:8080"),
        ("box", "http://box:11434"),
        ("box:80", "http://box:80"),
        ("http://box", "http://box:80"),
        ("https://box/ollama/", "https://box:443/ollama"),
        ("[::1]:5", "http://[::1]:5"),
        ("box:99999", "http://127.0.0.1:11434"),
        ("ftp://box", "http://127.0.0.1:11434"),
    ],
)
def test_ollama_host_is_read_as_ollama_reads_it(said: str, url: str) -> None:
    assert brains_config.ollama_url({"OLLAMA_HOST": said}) == url


@given(st.text(max_size=40))
def test_any_ollama_host_gives_a_server(said: str) -> None:
    url = brains_config.ollama_url({"OLLAMA_HOST": said})
    assert brains_config.problem_of(BrainsConfig(ollama=url)) is None


def test_what_is_written_wins_over_the_environment() -> None:
    environment = {"OLLAMA_HOST": "box"}
    assert brains_config.settled(BrainsConfig(ollama="http://mine:1/"), environment).ollama == "http://mine:1"
    assert brains_config.settled(BrainsConfig(), environment).ollama == "http://box:11434"


@pytest.mark.parametrize(
    ("name", "ollama", "leaves"),
    [
        ("builtin", "http://box:1", False),
        ("auto", "http://127.0.0.1:1", False),
        ("auto", "http://box:1", True),
        ("ollama:m", "http://localhost:1", False),
        ("ollama:m", "http://192.168.1.2:1", True),
        ("claude:m", "", True),
        ("openai:http://[::1]:8080/v1#m", "", False),
        ("openai:https://api.example.com/v1#m", "", True),
        ("openai:http://127.0.0.1.example.com/v1#m", "", True),
    ],
)
def test_what_leaves_the_machine(name: str, ollama: str, leaves: bool) -> None:
    assert brains_config.leaves_machine(brain_name.parse(name), BrainsConfig(ollama=ollama)) == leaves


def test_only_who_needs_a_key_gets_it() -> None:
    def keys(name: str) -> set[str]:
        return {one for one in brain_needs.variables_of(brain_name.parse(name)) if one.endswith("_KEY")}

    assert keys("claude") == {"ANTHROPIC_API_KEY"}
    assert keys("openai:http://127.0.0.1/v1#m") == {"OPENAI_API_KEY"}
    assert keys("ollama") == keys("auto") == keys("builtin") == set()


@given(st.floats(0, 1), st.one_of(st.none(), st.floats(0, 1000)))
def test_waits_are_bounded_and_none_comes_before_its_time(jitter: float, asked: float | None) -> None:
    waits = [brain_retry.wait_seconds("overloaded", attempt, asked, jitter) for attempt in range(1, 10)]
    assert waits[brain_retry.ATTEMPTS - 1 :] == [None] * (10 - brain_retry.ATTEMPTS)
    for wait in waits:
        assert wait is None or (asked or 0.0) <= wait <= brain_retry.LONGEST_SECONDS


@pytest.mark.parametrize("kind", ["missing", "refused", "rate", "malformed", "late"])
def test_what_does_not_pass_by_itself_is_not_tried_again(kind: str) -> None:
    assert brain_retry.wait_seconds(kind, 1, None, 0.0) is None


@pytest.mark.parametrize(
    ("config", "said", "parallel"),
    [
        (BrainsConfig(), "", 1),
        (BrainsConfig(), "4", 4),
        (BrainsConfig(), "0", 1),
        (BrainsConfig(), "many", 1),
        (BrainsConfig(), "9" * 5_000, 1),
        (BrainsConfig(parallel=2), "4", 2),
        (BrainsConfig(ollama="http://gpu.example:11434"), "4", 1),
        (BrainsConfig(ollama="http://gpu.example:11434", parallel=3), "4", 3),
    ],
)
def test_how_many_are_asked_at_a_time(config: BrainsConfig, said: str, parallel: int) -> None:
    assert brains_config.settled(config, {"OLLAMA_NUM_PARALLEL": said}).parallel == parallel
