"""The Docs: the four tiers as they are now, what changed since the person looked, what is wrong, who is told what."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from textual import on

from trinity_tui.core.handoff.views import Checks, Overview, Page, Place, Told
from trinity_tui.tui import actions
from trinity_tui.tui.bridge import Answered, Refused
from trinity_tui.tui.documents import paper
from trinity_tui.tui.documents.editing import Editing
from trinity_tui.tui.documents.items import MISSING_KEY, TOLD_KEY
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.screens.frame import LEAVING_SECONDS
from trinity_tui.tui.screens.stage import Stage
from trinity_tui.tui.widgets.body import Body
from trinity_tui.tui.widgets.listing import Listing
from trinity_tui.tui.widgets.page import PagePane
from trinity_tui.tui.widgets.problems import Problems
from trinity_tui.tui.widgets.tail import Tail
from trinity_tui.tui.widgets.tiers import Tiers

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from trinity_tui.core.handoff.views import Passage
    from trinity_tui.tui.bridge import AreaChanged
    from trinity_tui.tui.documents.items import Item
    from trinity_tui.tui.screens.shared import Shared

OVERVIEW, READ, CHECKS, BRIEF, LOOKED = (
    "handoff/overview", "handoff/read", "handoff/checks", "handoff/brief", "handoff/looked",
)  # fmt: skip
CHOOSE_SECONDS = 0.1
"""A row is read once it has stayed chosen for so long: arrows pass over many."""
SEEN_SECONDS = 1.0
"""Who looks at something for less has not seen it."""


class DocsScreen(Stage):
    """Read the four tiers."""

    AUTO_FOCUS = "#tiers"
    TAB = "screen.docs"
    PANES: ClassVar = ("tiers", "page", "checks")
    COLUMN: ClassVar = ("page", "checks")
    BINDINGS: ClassVar = actions.bindings(["docs"])

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        clock, glyphs = shared.clock, shared.glyphs
        self.tiers = Tiers(clock, glyphs)
        self.page = PagePane(clock, glyphs)
        self.checks = Problems(clock, glyphs)
        self._asked: dict[str, bool] = {}
        """What is being asked for, and whether it is to be asked once more: something changed meanwhile."""
        self._overview = Overview()
        self._wanted: tuple[str, dict[str, Any]] = ("", {})
        """What is to be shown on the page."""
        self._shown: tuple[str, dict[str, Any]] = ("", {})
        self._passages: tuple[Passage, ...] = ()
        self._line: tuple[str, int] | None = None
        """Where on the page to go, once it is there."""
        self._visit: tuple[str, int] | None = None
        """The file and line somebody came for, before it was known what there is."""
        self._editing = Editing(lambda: self.program, self._say)

    def panes(self) -> ComposeResult:
        """The list, beside it what is read, and what is wrong."""
        yield Body(self.tiers, self.page, self.checks)

    # Who -----------------------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> str:
        """The instance whose briefing is shown."""
        item = self.tiers.chosen
        return item.who if item is not None else ""

    def choose(self, name: str) -> None:
        """Show what this one would be told."""
        self.tiers.choose(f"{TOLD_KEY}{name}")

    # What changed --------------------------------------------------------------------------------------------------

    def renew(self, message: AreaChanged) -> None:
        """The documents changed, or who there is."""
        if message.area == "documents":
            self._ask_for_all()
        elif message.area == "instance":
            self._renew_seats()

    def renew_all(self) -> None:
        """Anything may have changed."""
        self._renew_seats()
        self._asked.clear()
        self._ask_for_all()

    def _renew_seats(self) -> None:
        if self.mirror is not None:
            self.seats.take(self.mirror.room.instances.values())
            self.tiers.show_seats(self.seats.taken)

    def on_screen_suspend(self) -> None:
        """Another screen is seen: what was read here was seen."""
        if not self.is_seen:
            self._leave()

    def _ask_for_all(self) -> None:
        self._ask_once(OVERVIEW)
        self._ask_once(CHECKS)
        self._ask_for_page()

    def _ask_once(self, do: str) -> None:
        if do in self._asked:
            self._asked[do] = True
        else:
            self._asked[do] = False
            self.bridge.ask(do)

    # What is read --------------------------------------------------------------------------------------------------

    @on(Listing.Moved)
    def _choose_row(self, event: Listing.Moved) -> None:
        if event.pane is self.tiers:
            self._delays.soon("choose", CHOOSE_SECONDS, self._read)

    def _read(self) -> None:
        item = self.tiers.chosen
        if item is None or (wanted := _request(item)) == self._wanted:
            return
        self._leave()
        self._wanted = wanted
        if wanted[0]:
            self._ask_for_page()
        else:
            self._explain(item)

    def _ask_for_page(self) -> None:
        do, args = self._wanted
        if do:
            self.bridge.ask(do, **args)

    def _explain(self, item: Item) -> None:
        """Say what a row is that has nothing to be read."""
        is_alone = bool(self._overview.documents or self._overview.sessions)
        words = paper.missing(item.tier, is_alone=is_alone) if item.tier is not None else paper.TOLD
        self._passages, self._shown = (), self._wanted
        self.page.open(words, item.label, is_same=False)

    def takes(self, message: Answered | Refused) -> bool:
        """Take the end of a request this screen made."""
        if not message.do.startswith("handoff/"):
            return False
        if message.do in self._asked and self._asked.pop(message.do):
            self._ask_once(message.do)
        if isinstance(message, Answered):
            # A coordinator of another version may answer in other shapes; there is nothing to be shown then.
            with suppress(msgspec.ValidationError):
                self._take(message)
        elif message.do == LOOKED:
            self._edit()
        # What was chosen may be gone by now: the list says so.
        return isinstance(message, Answered) or message.do in (READ, LOOKED)

    def _take(self, message: Answered) -> None:
        result = message.result
        match message.do:
            case "handoff/overview":
                self._overview = msgspec.convert(result, Overview)
                self.tiers.show_overview(self._overview)
                self._read()
                if self._visit is not None:
                    file, line = self._visit
                    self._visit = None
                    self._jump(Place(file), line)
            case "handoff/checks":
                found = msgspec.convert(result, Checks)
                self.tiers.show_checks(found)
                self.checks.show_checks(found)
            case "handoff/looked":
                self._edit()
                self._ask_for_all()
            case _ if (message.do, message.args) == self._wanted:
                self._show(msgspec.convert(result, Told if message.do == BRIEF else Page))
            case _:
                pass

    def _show(self, found: Page | Told) -> None:
        is_same, self._shown = self._shown == self._wanted, self._wanted
        self._passages = found.passages if isinstance(found, Page) else ()
        self.page.open(found, paper.about(found, self._overview, self.clock, self.glyphs), is_same=is_same)
        if self._line is not None:
            self._go_to(*self._line)

    @property
    def is_settled(self) -> bool:
        """Whether the page shows what is chosen."""
        item = self.tiers.chosen
        return item is not None and self._shown == self._wanted == _request(item)

    # What was seen -------------------------------------------------------------------------------------------------

    def _leave(self) -> None:
        """What was read is left: what of it was on the screen for a moment was seen."""
        self._tell_seen(SEEN_SECONDS)
        self._line = None

    async def leaving(self) -> None:
        """What is read now was seen, if it was there for a moment."""
        if places := self._seen(SEEN_SECONDS):
            await self.bridge.tell(LOOKED, LEAVING_SECONDS, places=places)

    def _tell_seen(self, seconds: float) -> bool:
        """Say what was seen of what is shown, if it was there for so long; whether there was anything to say."""
        places = self._seen(seconds)
        if places:
            self.bridge.ask(LOOKED, places=places)
        return bool(places)

    def _seen(self, seconds: float) -> list[dict[str, Any]]:
        """What is new of what is shown and was there for so long; nothing where this screen only looks."""
        seen = self.page.seen(seconds) if self._is_person else set[int]()
        return [
            {"digest": one.digest, **msgspec.to_builtins(one.place)}
            for number, one in enumerate(self._passages)
            if one.news and not one.left_out_bytes and number in seen
        ]

    @property
    def _is_person(self) -> bool:
        return self.mirror is not None and self.mirror.greeting is not None and not self.mirror.only_looks

    def action_docs_seen(self) -> None:
        """The person has seen everything."""
        if self._is_person:
            self.bridge.ask(LOOKED, all=True)
        else:
            self._say("This screen only looks: what was seen is marked where everything may be done.")

    # Going to what a check found ------------------------------------------------------------------------------------

    @on(Tail.OpenRequested)
    def _open_row(self, event: Tail.OpenRequested) -> None:
        problem = self.checks.chosen
        if event.pane is self.tiers:
            self.arrangement.focus("page")
        elif event.pane is self.checks and problem is not None:
            self._jump(problem.place, problem.line)

    def visit_thing(self, what: str) -> None:
        """Show a line of a document, named as ``file:line``."""
        file, _, line = what.rpartition(":")
        if not file or not line.isdecimal():
            return
        if self._overview.documents:
            self._jump(Place(file), int(line))
        else:
            self._visit = file, int(line)

    def _jump(self, place: Place, line: int) -> None:
        missing = next((one for one in self._overview.missing if one.file == place.file), None)
        key = f"session:{place.session}" if place.session else f"{MISSING_KEY}{missing.tier}" if missing else place.file
        if self.tiers.choose(key):
            self._read()
            self._line = (place.file, line)
            if self._shown == self._wanted:
                self._go_to(*self._line)
            self.arrangement.focus("page")

    def _go_to(self, file: str, line: int) -> None:
        self._line = None
        shown = next((one for one in self._passages if one.place.file == file), None)
        is_cut = shown is not None and shown.left_out_bytes and line > shown.first_line + shown.text.count("\n")
        document = next((one for one in self._overview.documents if one.file == file), None)
        below = [one for one in document.sections if one.line <= line] if document is not None and is_cut else []
        if below and self.tiers.choose(f"{file}#{below[-1].name}"):
            self._read()
        else:
            self.page.go_to(file, line)

    # Editing -------------------------------------------------------------------------------------------------------

    def action_docs_edit(self) -> None:
        """Open what is chosen in the person's editor."""
        greeting = self.mirror.greeting if self.mirror is not None else None
        if greeting is None or not self._is_person:
            self._say("This screen only looks: files are edited where everything may be done.")
            return
        if self.mirror is not None and self.mirror.elsewhere:
            self._say(f"The documents lie on {self.mirror.elsewhere}: they are edited there.")
            return
        file, line = self._place()
        if not file:
            self._say("Choose a document to edit it; what an instance is told is made of them.")
            return
        # What is edited was read, so that the edit is what is marked; the editor begins once that is kept.
        if self._editing.prepare(greeting.path, file, line) and not self._tell_seen(0.0):
            self._edit()

    def _place(self) -> tuple[str, int]:
        """The file and the line the person is at."""
        problem, item = self.checks.chosen, self.tiers.chosen
        if self.focused is self.checks and problem is not None:
            return problem.place.file, problem.line
        if item is None:
            return "", 1
        return item.file, self.page.line if self.focused is self.page and self._passages else item.line

    def _edit(self) -> None:
        if self._editing.run():
            self._ask_for_all()

    def _say(self, sentence: str) -> None:
        self.notify(clean(sentence), markup=False, timeout=6)

    def arranged(self, *, is_narrow: bool, is_tabbed: bool) -> None:
        """Name in the frames what lies behind them."""
        self.page.stand_beside(after="Checks" if is_tabbed else "")
        self.checks.stand_beside(before="Page" if is_tabbed else "")


def _request(item: Item) -> tuple[str, dict[str, Any]]:
    """What is asked for to show a row; without a name where nothing has to be."""
    if item.who:
        return BRIEF, {"who": item.who}
    if item.place is not None:
        return READ, msgspec.to_builtins(item.place)
    return "", {"key": item.key}
