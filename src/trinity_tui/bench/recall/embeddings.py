"""Whether a model that makes vectors helps the search: ``python -m trinity_tui.bench.recall.embeddings URL MODEL``.

How much it counts is chosen on the open half of the check set; what that is worth is measured on the frozen half. The
verdict goes to stdout as JSON, how far it is to stderr.
"""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bench.recall.finders import searched
from trinity_tui.bench.recall.judge import judged
from trinity_tui.bench.recall.made_up import Half, written
from trinity_tui.bench.report import narrate
from trinity_tui.core.errors import TrinityError
from trinity_tui.core.words import fingerprint
from trinity_tui.memory.embedding import BATCH, Embedder
from trinity_tui.memory.index import Index
from trinity_tui.memory.second import Found, Questions, Second, Setting, Verdict
from trinity_tui.memory.vectors import Vectors

if TYPE_CHECKING:
    from collections.abc import Generator

    from trinity_tui.bench.recall.judge import Finder
    from trinity_tui.bench.recall.made_up import Log

LOGS = 3
"""Of each half: some three thousand texts, minutes for a small model on a processor."""
QUESTIONS = 10_000
"""More than both halves have: each is asked for once."""
WEIGHTS = (0.25, 0.5, 1.0, 2.0)
BATCH_SECONDS = 120.0
"""A model may have to be loaded first."""


def measured(url: str, model: str, log_count: int = LOGS) -> Verdict:
    """What a model is worth.

    Raises:
        BrainError: It gives no vectors.
    """
    with TemporaryDirectory(prefix="trinity-bench-") as folder:
        bench = _Bench(Path(folder), Embedder(url, model), log_count)
        weight = max(WEIGHTS, key=lambda one: bench.found("open", one).mean_reciprocal_rank)
        return Verdict(model, weight, alone=bench.found("frozen", 0.0), mixed=bench.found("frozen", weight))


class _Bench:
    """The logs of both halves, with the vectors of all they say and are asked."""

    def __init__(self, folder: Path, embedder: Embedder, log_count: int) -> None:
        self._folder = folder
        self._embedder = embedder
        self._vectors = Vectors(folder / "vectors.db", embedder.model)
        self._questions = Questions(BATCH_SECONDS, QUESTIONS)
        self._logs: dict[Half, list[Log]] = {
            half: [written(half, number) for number in range(log_count)] for half in ("open", "frozen")
        }
        self._embed()

    def _embed(self) -> None:
        logs = [log for half in self._logs.values() for log in half]
        texts = {fingerprint(line.text): line.text for log in logs for line in log.lines}
        names = list(texts)
        for start in range(0, len(names), BATCH):
            chosen = names[start : start + BATCH]
            vectors = self._embedder.embed([texts[name] for name in chosen], BATCH_SECONDS)
            self._vectors.keep(dict(zip(chosen, vectors, strict=True)))
            narrate(f"{min(start + BATCH, len(names))} of {len(names)} texts")

    def found(self, half: Half, weight: float) -> Found:
        """What is found of a half where meaning counts so much."""
        narrate(f"the {half} half with weight {weight} …")
        setting = Setting(self._embedder.url, self._embedder.model, weight)
        # What is measured is the model, not how fast it is on this machine.
        ranker = Second(setting, self._vectors, self._questions)

        @contextmanager
        def opened(name: str, log: Log) -> Generator[Finder]:
            with closing(Index.open(self._folder / f"{half}-{name}-{id(log)}.db")) as index:
                index.apply(log.lines)
                yield searched(index, log, ranker)

        verdict = judged(str(weight), self._logs[half], opened)["all"]
        return Found(verdict.recall, verdict.mean_reciprocal_rank)


def main(arguments: list[str]) -> int:
    """Measure one and say what it is worth."""
    url, model = arguments
    try:
        verdict = measured(url, model)
    except TrinityError as error:
        narrate(f"trinity: {error}")
        return 1
    sys.stdout.write(msgspec.json.encode(verdict).decode() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
