"""A second ranker brings nearer what means the same, and is never waited for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from fakes.running import running
from fakes.scripted import Script
from memory_lines import DAY, START, line
from patience import PATIENCE_SECONDS
from trinity_tui.core.errors import BrainError
from trinity_tui.core.words import fingerprint
from trinity_tui.memory import second
from trinity_tui.memory.embedding import Embedder, nearness
from trinity_tui.memory.index import Index
from trinity_tui.memory.search import Query, search
from trinity_tui.memory.second import Found, Questions, Second, Setting, Verdict
from trinity_tui.memory.vectors import Vectors
from trinity_tui.store import document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes.running import Running

TEXTS = ("The audit log authenticates callers with cookies.", "Audit log callers: port, port.")
ASKED = "port where callers of the audit log are authenticated"


@pytest.fixture(scope="module")
def ollama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with a model whose vectors tell what is meant, and one whose vectors tell nothing."""
    script = Script(models=["knowing:latest", "other:latest"])
    with running("fakes.ollama", tmp_path_factory.mktemp("ollama"), script) as made:
        yield made


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """With two records, of which the words alone find the wrong one first."""
    index = Index.open(tmp_path / "memory.db")
    index.apply([
        line("old", 0, text=TEXTS[0], session="1"), line("new", DAY, text=TEXTS[1], session="2"),
        *(line(f"m{number}", number, "lead", text=f"Something else, {number}.") for number in range(20)),
    ])  # fmt: skip
    yield index
    index.close()


def found(index: Index, ranker: Second | None = None, text: str = ASKED) -> list[str]:
    """The ids found, the best first."""
    return [hit.record.id for hit in search(index, Query(text=text, now=START + 2 * DAY), ranker)]


def test_what_means_the_same_is_near_and_vectors_of_two_models_are_not_compared(ollama: Running) -> None:
    knowing = Embedder(ollama.url, "knowing")
    asked, *told = knowing.embed([ASKED, *TEXTS], PATIENCE_SECONDS)
    assert nearness(asked, asked) == pytest.approx(1, abs=1e-5)
    assert nearness(asked, told[0]) > nearness(asked, told[1])
    (foreign,) = Embedder(ollama.url, "other").embed([ASKED], PATIENCE_SECONDS)
    assert nearness(asked, foreign) == 0


def test_a_model_that_is_not_there_is_said(ollama: Running) -> None:
    with pytest.raises(BrainError, match="nothing at .* gives no vectors: it answers 404"):
        Embedder(ollama.url, "nothing").embed(["x"], PATIENCE_SECONDS)
    with pytest.raises(BrainError, match="gives no vectors"):
        Embedder("http://127.0.0.1:1", "knowing").embed(["x"], PATIENCE_SECONDS)


def test_vectors_are_kept_by_model_and_text_and_a_damaged_file_is_made_anew(tmp_path: Path, ollama: Running) -> None:
    path = tmp_path / "vectors.db"
    vectors, names = Vectors(path, "knowing"), [fingerprint(text) for text in TEXTS]
    assert vectors.of(names) == {}
    made = dict(zip(names, Embedder(ollama.url, "knowing").embed(list(TEXTS), PATIENCE_SECONDS), strict=True))
    vectors.keep(made)
    assert vectors.of([*names, "none"]) == made
    assert Vectors(path, "other").of(names) == {}
    path.write_bytes(b"no database" * 1_000)
    assert vectors.of(names) == {}
    vectors.keep(made)
    assert vectors.of(names) == made


def test_what_is_used_beside_the_index_ranks_anew_what_the_words_find(
    index: Index, ollama: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second, "_QUESTIONS", Questions(PATIENCE_SECONDS))
    assert found(index) == ["new", "old"]
    vectors = Vectors(second.vectors_path(index.path), "knowing")
    made = Embedder(ollama.url, "knowing").embed(list(TEXTS), PATIENCE_SECONDS)
    vectors.keep({fingerprint(text): vector for text, vector in zip(TEXTS, made, strict=True)})
    document.write(second.setting_path(index.path), Setting(ollama.url, "knowing", 2.0))
    hits = search(index, Query(text=ASKED, now=START + 2 * DAY))
    assert hits[0].record.id == "old"
    assert hits[0].parts["meaning"] == pytest.approx(3)
    second.setting_path(index.path).unlink()
    assert "meaning" not in search(index, Query(text=ASKED, now=START + 2 * DAY))[0].parts


def test_records_without_a_vector_yet_are_neither_lifted_nor_lost(index: Index, ollama: Running) -> None:
    ranker = Second(
        Setting(ollama.url, "knowing", 2.0),
        Vectors(second.vectors_path(index.path), "knowing"),
        Questions(PATIENCE_SECONDS),
    )
    assert found(index, ranker) == found(index)


def test_a_server_that_is_gone_or_silent_is_asked_once_and_the_words_decide(index: Index, tmp_path: Path) -> None:
    script = Script(models=["knowing:latest"])
    with running("fakes.ollama", tmp_path, script) as server:
        setting = Setting(server.url, "knowing", 2.0)
        questions = Questions(PATIENCE_SECONDS)
        ranker = Second(setting, Vectors(second.vectors_path(index.path), "knowing"), questions)
        assert ranker.question("x") is not None
        server.process.kill()
        server.process.wait()
    assert ranker.question("x") is not None, "what was asked before is known"
    assert ranker.question("y") is None
    assert found(index, ranker) == found(index)


def test_a_model_helps_that_brings_the_evidence_up_and_loses_none() -> None:
    alone = Found(0.9, 0.8)
    assert Verdict("m", 1.0, alone, Found(0.9, 0.82)).helps
    assert not Verdict("m", 1.0, alone, Found(0.9, 0.805)).helps
    assert not Verdict("m", 1.0, alone, Found(0.89, 0.85)).helps


def test_the_silent_are_not_asked_again_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def silent(self: Embedder, texts: list[str], seconds: float) -> list[object]:
        asked.extend(texts)
        raise BrainError("late", "nothing came")

    now = time.monotonic()
    monkeypatch.setattr(Embedder, "embed", silent)
    monkeypatch.setattr(time, "monotonic", lambda: now)
    questions, setting = Questions(), Setting("http://127.0.0.1:1", "m", 1.0)
    assert [questions.vector(setting, text) for text in "abc"] == [None] * 3
    assert asked == ["a"]
    monkeypatch.setattr(time, "monotonic", lambda: now + second.PAUSE_SECONDS)
    assert questions.vector(setting, "d") is None
    assert asked == ["a", "d"]
