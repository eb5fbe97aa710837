"""What the Memory screen asked for and was told: one question of each sort at a time; the last answer counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trinity_tui.tui.bridge import Answered
from trinity_tui.tui.memory.ask import Ask
from trinity_tui.tui.memory.known import Known, News, Shown, Together, all_taken, by_id, taken
from trinity_tui.tui.memory.lines import group_key, names_of
from trinity_tui.tui.memory.question import Question

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.tui.bridge import Bridge, Refused
    from trinity_tui.tui.clock import Clock

PAGE = 50
"""So many records are asked for at a time."""


class Recollection:
    """The answers that are shown.

    Args:
        bridge: The way out.
        clock: The time.
        changed: Told which part is another one now: ``hits``, ``news``, ``together``, ``record``.
        refused: Told why something could not be asked; an empty sentence where a search was done.
    """

    def __init__(
        self, bridge: Bridge, clock: Clock, changed: Callable[[str], None], refused: Callable[[str], None]
    ) -> None:
        self._clock = clock
        self._changed = changed
        self._refused = refused
        self._search = Question("memory/search", bridge.ask)
        self._news = Question("memory/news", bridge.ask)
        self._themes = Question("memory/themes", bridge.ask)
        self._records = Question("memory/records", bridge.ask)
        self._show = Question("memory/show", bridge.ask)
        self.wanted = Ask()
        self.hits: list[Known] = []
        self.has_more = False
        """Whether the last page was a full one."""
        self.news: News | None = None
        self.together: Together | None = None
        self.opened: dict[str, list[Known]] = {}
        """By key, the records of themes that are unfolded."""
        self.record: Shown | None = None
        self._moment = 0.0
        """When what is looked for was looked for: an age is counted from then, on every page of it."""

    @property
    def is_waiting(self) -> bool:
        """Whether nothing came yet that could be shown."""
        return self._search.is_open or self._themes.is_open

    @property
    def is_near(self) -> bool:
        """Whether what was found has only some of what is looked for, and nothing has all of it."""
        return bool(self.hits) and all(hit.lacks for hit in self.hits)

    @property
    def told(self) -> str:
        """How much was found, in words; empty while nothing is looked for."""
        if self.wanted.is_empty:
            return ""
        near = sum(bool(hit.lacks) for hit in self.hits)
        found, more = len(self.hits) - near, "+" if self.has_more else ""
        if not near:
            return f"{found}{more} found"
        return f"{found} found, {near}{more} near" if found else f"nothing has all of it, {near}{more} near"

    def look_for(self, wanted: Ask) -> None:
        """Search for something."""
        self.wanted = wanted
        self._moment = self._clock.now()
        self._ask_page(0)
        if wanted.is_empty:
            self._news.ask(limit=PAGE)

    def look_again(self) -> None:
        """Ask again for what is shown."""
        self.look_for(self.wanted)

    def look_further(self) -> None:
        """Ask for the next page, if there may be one."""
        if self.has_more and not self._search.is_open:
            self._ask_page(len(self.hits))

    def _ask_page(self, offset: int) -> None:
        more: dict[str, Any] = {"offset": offset} if offset else {}
        if self.wanted.text:
            more["is_begun"] = True
        self._search.ask(**self.wanted.arguments(self._moment), limit=PAGE, **more)

    def look_together(self) -> None:
        """Ask for what the records say together."""
        self._themes.ask()

    def show(self, name: str) -> None:
        """Ask for one record; none where the name is empty."""
        if name:
            self._show.ask(id=name, messages=False)
        else:
            self.record = None
            self._changed("record")

    def unfold(self, key: str) -> None:
        """Show the records of a theme, or fold them again."""
        if key in self.opened:
            del self.opened[key]
            self._changed("together")
        else:
            self._records.ask(ids=",".join(names_of(key)[:PAGE]))

    def takes(self, message: Answered | Refused) -> bool:
        """Take the end of a request that was made here; whether it was one."""
        handlers = {
            "memory/search": (self._search, self._take_hits), "memory/news": (self._news, self._take_news),
            "memory/themes": (self._themes, self._take_together), "memory/records": (self._records, self._take_records),
            "memory/show": (self._show, self._take_record),
        }  # fmt: skip
        if message.do not in handlers:
            return False
        question, take = handlers[message.do]
        if not question.ended(message.args):
            return True
        if isinstance(message, Answered):
            take(message)
        elif question is not self._news:
            self._refused(message.sentence)
        return True

    def _take_hits(self, message: Answered) -> None:
        found = all_taken(message.result)
        before = list(by_id(self.hits)) if message.args.get("offset") else []
        fresh = [hit for hit in found if hit.id not in before]
        self.hits = [*self.hits, *fresh] if before else fresh
        self.has_more = len(found) == PAGE
        self._refused("")
        self._changed("hits")

    def _take_news(self, message: Answered) -> None:
        self.news = taken(message.result, News)
        self._changed("news")

    def _take_together(self, message: Answered) -> None:
        self.together = taken(message.result, Together)
        self._changed("together")

    def _take_records(self, message: Answered) -> None:
        names = str(message.args["ids"])
        parts = (*self.together.themes, *self.together.solutions) if self.together is not None else ()
        keys = [group_key(part.record_ids) for part in parts]
        keys += [
            group_key(name for claim in one.claims for name in claim.record_ids)
            for one in (self.together.questions if self.together is not None else ())
        ]
        for key in keys:
            if ",".join(names_of(key)[:PAGE]) == names:
                self.opened[key] = all_taken(message.result)
        self._changed("together")

    def _take_record(self, message: Answered) -> None:
        self.record = taken(message.result, Shown)
        self._changed("record")
