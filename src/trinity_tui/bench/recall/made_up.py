"""Writes made-up project logs: sessions of several authors over months, and questions whose evidence is known.

====== =================================================================================================
plain   the line that answers names the component it is about
context only a line said before it in the same session names it
update  it was said before with another value: the newest must come before the older ones
as of   what held at an earlier moment
absent  nothing in the log answers it, though its words occur
====== =================================================================================================

A log is a function of its half and number: the same lines and questions on every machine.
"""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Literal

from msgspec import Struct, field, structs

from trinity_tui.bench.recall import phrases
from trinity_tui.bench.recall.phrases import Property
from trinity_tui.core.memory import Operation

Half = Literal["open", "frozen"]
Sort = Literal["plain", "context", "update", "as of", "absent"]
SORTS: tuple[Sort, ...] = ("plain", "context", "update", "as of", "absent")
AUTHORS = ("explorer-1", "builder-1", "builder-2", "lead-1", "reflector-1")
PROPERTIES_EACH = 6
_START = 1_767_225_600
_DAYS = 180
_DAY = 86_400


class Question(Struct, frozen=True):
    """Something asked, and the line that answers it; empty where none does."""

    text: str
    sort: Sort
    evidence: str
    as_of: float | None = None
    older: tuple[str, ...] = ()
    """Lines that answered it once."""


class Log(Struct):
    """A made-up log."""

    lines: list[Operation] = field(default_factory=list[Operation])
    questions: list[Question] = field(default_factory=list[Question])

    @property
    def end(self) -> float:
        """When it is asked: a day after the last line."""
        return max(line.time.timestamp() for line in self.lines) + _DAY


class _Saying(Struct):
    """A value that is to be said, and how."""

    day: int
    author: str
    component: str
    what: Property
    value: str
    manner: str
    """Whether its line says what it replaces: ``supersedes``, ``slot`` (the same author states it), or ``text``."""
    is_named: bool
    id: str = ""


def written(half: Half, number: int, filler_count: int = 250) -> Log:
    """One log of a half."""
    return _Writer(half, number).write(filler_count)


class _Writer:
    def __init__(self, half: Half, number: int) -> None:
        self._chance = Random(f"{half} {number}")
        self._name = f"{half}{number}"
        self._properties = phrases.OPEN if half == "open" else phrases.FROZEN
        self._components = phrases.OPEN_COMPONENTS if half == "open" else phrases.FROZEN_COMPONENTS
        self._log = Log()
        self._last_time = 0

    def write(self, filler_count: int) -> Log:
        histories = [self._history(one, what) for one in self._components for what in self._chosen()]
        sessions: dict[tuple[int, str, str], list[_Saying]] = {}
        for saying in (one for history in histories for one in history):
            sessions.setdefault((saying.day, saying.author, saying.component), []).append(saying)
        while len(sessions) < filler_count:
            key = (self._chance.randrange(_DAYS), self._one(AUTHORS), self._one(self._components))
            sessions.setdefault(key, [])
        before: dict[tuple[str, str], _Saying] = {}
        for (day, author, component), sayings in sorted(sessions.items(), key=lambda item: item[0]):
            self._session(day, author, component, sayings, before)
        for history in histories:
            self._ask(history)
        self._ask_for_nothing(histories)
        return self._log

    def _one(self, among: tuple[str, ...]) -> str:
        return self._chance.choice(among)

    def _chosen(self) -> list[Property]:
        return self._chance.sample(self._properties, PROPERTIES_EACH)

    def _history(self, component: str, what: Property) -> list[_Saying]:
        """One value of something, or several one after the other."""
        count = self._chance.choice((1, 1, 1, 2, 2, 3))
        days = sorted(self._chance.sample(range(_DAYS), count))
        values = self._chance.sample(what.values, count)
        manner, author = self._one(("supersedes", "slot", "text")), self._one(AUTHORS)
        return [
            _Saying(
                day, author if manner == "slot" else self._one(AUTHORS), component, what, value, manner,
                self._chance.random() < 0.6,
            )
            for day, value in zip(days, values, strict=True)
        ]  # fmt: skip

    def _session(
        self, day: int, author: str, component: str, sayings: list[_Saying], before: dict[tuple[str, str], _Saying]
    ) -> None:
        session = f"{self._name}-{day}-{author}-{component}"
        time = max(_START + day * _DAY + self._chance.randrange(30_000), self._last_time + 60)
        said = [self._filled(self._one(phrases.OPENERS), component)]
        said += [self._filler(component) for _ in range(self._chance.randrange(3))]
        for text in said:
            time = self._say(Operation(id="", time=_at(time), author=author, session=session, text=text))
        for saying in sayings:
            time = self._state(saying, session, time, before)
            if self._chance.random() < 0.5:
                text = self._filler(component)
                time = self._say(Operation(id="", time=_at(time), author=author, session=session, text=text))
        self._last_time = time

    def _filler(self, component: str) -> str:
        return self._filled(
            self._one(phrases.FILLERS if self._chance.random() < 0.4 else phrases.IDLE_FILLERS), component
        )

    def _filled(self, text: str, component: str) -> str:
        return text.format(c=component, n=self._chance.randrange(20, 900), k=self._chance.randrange(2, 12))

    def _state(self, saying: _Saying, session: str, time: int, before: dict[tuple[str, str], _Saying]) -> int:
        what, place = saying.what, (saying.component, saying.what.name)
        text = (what.named if saying.is_named else what.following).format(c=saying.component, v=saying.value)
        line = Operation(id="", time=_at(time), author=saying.author, session=session, text=text)
        if saying.manner == "slot":
            line = structs.replace(line, subject=saying.component, predicate=what.name, value=saying.value)
        if saying.manner == "supersedes" and place in before:
            line = structs.replace(line, supersedes=(before[place].id,))
        time = self._say(line)
        saying.id = self._log.lines[-1].id
        before[place] = saying
        return time

    def _say(self, line: Operation) -> int:
        self._log.lines.append(structs.replace(line, id=f"{self._name}-{len(self._log.lines):05}", computer="C1"))
        return int(line.time.timestamp()) + self._chance.randrange(30, 600)

    def _ask(self, history: list[_Saying]) -> None:
        newest, older = history[-1], tuple(one.id for one in history[:-1])
        sort: Sort = "update" if older else "plain" if newest.is_named else "context"
        text = newest.what.question.format(c=newest.component)
        self._log.questions.append(Question(text, sort, newest.id, None, older))
        if older and newest.manner != "text":
            earlier = history[-2]
            as_of = float(_START + newest.day * _DAY - 1)
            if earlier.day < newest.day:
                self._log.questions.append(Question(text, "as of", earlier.id, as_of, older[:-1]))

    def _ask_for_nothing(self, histories: list[list[_Saying]]) -> None:
        known = {(history[0].component, history[0].what.name) for history in histories}
        for component in self._components:
            what = self._chance.choice([one for one in self._properties if (component, one.name) not in known])
            self._log.questions.append(Question(what.question.format(c=component), "absent", ""))


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
