"""A model that tells what texts mean is found to help, and one that tells nothing is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fakes.running import running
from fakes.scripted import Script
from trinity_tui.bench.recall import embeddings
from trinity_tui.bench.recall.made_up import Half, Log, written

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("model", "helps"), [("knowing", True), ("other", False)])
def test_what_a_model_is_worth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, helps: bool) -> None:
    def short(half: Half, number: int) -> Log:
        log = written(half, number)
        log.questions = log.questions[::4]
        return log

    monkeypatch.setattr(embeddings, "written", short)
    with running("fakes.ollama", tmp_path, Script(models=["knowing:latest", "other:latest"])) as server:
        verdict = embeddings.measured(server.url, model, log_count=1)
    assert verdict.helps is helps
    assert verdict.weight in embeddings.WEIGHTS


def test_a_model_that_is_not_there_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with running("fakes.ollama", tmp_path, Script(models=[])) as server:
        assert embeddings.main([server.url, "nothing"]) == 1
    said = capfd.readouterr()
    assert said.out == ""
    assert "model 'nothing:latest' not found" in said.err
