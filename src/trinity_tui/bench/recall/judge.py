"""How well something finds the evidence of questions: recall@5 and the mean reciprocal rank, by sort of question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from trinity_tui.bench.recall.made_up import SORTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager

    from trinity_tui.bench.recall.made_up import Log, Question

FIRST = 5


class Finder(Protocol):
    """A search over one log."""

    def __call__(self, question: Question) -> list[set[str]]:
        """The ids each result stands for, the best first."""
        ...


if TYPE_CHECKING:
    Opener = Callable[[str, Log], AbstractContextManager[Finder]]


class Verdict(Struct):
    """What was found of one sort of question."""

    asked: int = 0
    found: int = 0
    reciprocal: float = 0.0
    silent: int = 0
    """How often there was no result at all: right for what is absent, wrong for everything else."""

    def note(self, rank: int, is_silent: bool) -> None:
        """Count one question."""
        self.asked += 1
        self.found += bool(rank)
        self.reciprocal += 1 / rank if rank else 0.0
        self.silent += is_silent

    @property
    def recall(self) -> float:
        """How often the evidence was among the first."""
        return self.found / self.asked if self.asked else 0.0

    @property
    def mean_reciprocal_rank(self) -> float:
        """Of the evidence; 0 where it was not among the first."""
        return self.reciprocal / self.asked if self.asked else 0.0


def judged(name: str, logs: Iterable[Log], opened: Opener) -> dict[str, Verdict]:
    """By sort of question, and ``all`` that have an answer."""
    verdicts = {sort: Verdict() for sort in (*SORTS, "all")}
    for log in logs:
        with opened(name, log) as find:
            for question in log.questions:
                results = find(question)[:FIRST]
                rank = next((rank for rank, ids in enumerate(results, 1) if question.evidence in ids), 0)
                verdicts[question.sort].note(rank, not results)
                if question.sort != "absent":
                    verdicts["all"].note(rank, not results)
    return verdicts
