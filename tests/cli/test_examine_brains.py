"""What the doctor says of models, and what it never says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakes.running import running
from fakes.scripted import Script
from trinity_tui.cli.examine_brains import brain_checks
from trinity_tui.core.config_text import parse

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.cli.examine import Check

KEY = "sk-ant-secret-0123456789"


def told(brains: list[str], tables: str = "", **environment: str) -> dict[str, Check]:
    """The checks for instances with these brains."""
    instances = [f'[instances.i{number}]\nrole = "lead"\nbrain = "{brain}"\n' for number, brain in enumerate(brains)]
    return {check.what: check for check in brain_checks(parse(tables + "".join(instances)), environment)}


def test_who_asks_for_no_model_is_told_of_none() -> None:
    assert told(["builtin"]) == {}


def test_an_ollama_that_is_not_there_is_no_fault_and_says_how_to_start_it() -> None:
    check = told(["auto", "auto"], OLLAMA_HOST="127.0.0.1:1")["ollama:qwen2.5:7b"]
    assert (check.is_ok, check.is_needed, check.mend) == (False, False, "ollama serve")
    assert check.says == "Ollama does not answer at http://127.0.0.1:1: nothing listens there"


def test_a_model_that_is_missing_says_how_to_get_it(tmp_path: Path) -> None:
    with running("fakes.ollama", tmp_path, Script(models=["mistral:latest"])) as server:
        checks = told(["auto", "ollama:mistral"], f'[brains]\nollama = "{server.url}"\n')
    assert checks["ollama:qwen2.5:7b"].mend == "ollama pull qwen2.5:7b"
    assert checks["ollama:mistral"].says.startswith(f"is there, at {server.url}, 1 at a time")


def test_a_key_is_found_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(KEY)
    file.chmod(0o644)
    name = "claude:claude-sonnet-5-5"
    without, with_one = told(["claude"])[name], told(["claude"], ANTHROPIC_API_KEY=KEY)[name]
    assert "ANTHROPIC_API_KEY" in without.mend
    assert (with_one.is_ok, with_one.says) == (True, "a key is in ANTHROPIC_API_KEY")
    open_to_all = told(["claude"], f'[brains]\nclaude_key = "{file}"\n')[name]
    assert open_to_all.mend == f"Make it yours alone: chmod 600 {file}"
    assert KEY not in f"{without}{with_one}{open_to_all}"


def test_a_model_without_a_price_says_by_which_it_is_counted() -> None:
    name = "claude:claude-of-tomorrow"
    assert "no price of it is known: it is counted at " in told([name], ANTHROPIC_API_KEY=KEY)[name].says
    own = '[brains.prices]\n"claude-of-tomorrow" = {input = 1, output = 2}\n'
    assert told([name], own, ANTHROPIC_API_KEY=KEY)[name].says == "a key is in ANTHROPIC_API_KEY"
