"""What the dialogs have in common: a frame in the middle, a title, keys at its foot, and ``esc`` that closes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from trinity_tui.tui import moment
from trinity_tui.tui.goto import GoTo
from trinity_tui.tui.moment import Moment
from trinity_tui.tui.widgets.passage import Passage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from trinity_tui.tui.homes import Home

Result = TypeVar("Result")
Keys = tuple[tuple[str, str], ...]
"""Keys and what they do."""
CLOSE: Keys = (("esc", "close"),)


class Dialog(ModalScreen[Result], Generic[Result]):
    """A frame over the screen.

    Args:
        title: In the frame's upper edge.
        keys: In its lower edge.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "close", "Close"), ("q", "close", "Close")]

    HAS_AGES: ClassVar[bool] = False
    """Whether it says how long ago something was, and so says it anew every second."""

    DECIDES: ClassVar[frozenset[str]] = frozenset()
    """Keys that decide something. None of them counts before what it is about could be seen."""

    def __init__(self, title: str, keys: Keys = CLOSE) -> None:
        super().__init__()
        self._moment: Moment | None = None
        self._dialog_title = title
        self._keys = keys
        self._said = Content("")

    def compose(self) -> ComposeResult:
        """A frame that scrolls if it has to."""
        with VerticalScroll(id="dialog") as frame:
            frame.border_title = Content(self._dialog_title)
            frame.border_subtitle = self._foot()
            yield Passage(self.content(), id="dialog-text")

    def on_mount(self) -> None:
        """From now on it can be seen, and ages grow."""
        self.hold()
        if self.HAS_AGES:
            self.set_interval(1.0, self._grow_older, name="ages")

    def _grow_older(self) -> None:
        content = self.content()
        if content != self._said:
            self.say(content)

    def content(self) -> Content:
        """What it says."""
        return Content("")

    def say(self, content: Content) -> None:
        """Say something else."""
        self._said = content
        self.query_one("#dialog-text", Passage).update(content)

    def entitle(self, title: str) -> None:
        """Say something else in the upper edge."""
        if title != self._dialog_title:
            self._dialog_title = title
            self.query_one("#dialog", VerticalScroll).border_title = Content(title)

    def offer(self, keys: Keys) -> None:
        """Offer other keys."""
        self._keys = keys
        self._show_foot()

    def _show_foot(self) -> None:
        self.query_one("#dialog", VerticalScroll).border_subtitle = self._foot()

    def _foot(self) -> Content:
        return foot(self._keys, is_faint=self._is_held)

    # The moment before keys count ----------------------------------------------------------------------------------

    @staticmethod
    def now() -> float:
        """The clock by which keys are pressed."""
        return time.monotonic()

    def hold(self) -> None:
        """Something is asked that was not seen before: no key decides until it could be."""
        if self.DECIDES and moment.SECONDS:
            self._moment = Moment(moment.SECONDS)
            self._show_foot()
            self.call_after_refresh(self._painted)

    @property
    def _is_held(self) -> bool:
        return self._moment is not None and self._moment.left(self.now()) > 0

    def _painted(self) -> None:
        if self._moment is not None:
            self._moment.painted(self.now())
            self._wait()

    def _wait(self) -> None:
        if not self.is_attached or self._moment is None:
            return
        self._show_foot()
        if self._is_held:
            self.set_timer(self._moment.left(self.now()), self._wait, name="moment")

    def on_key(self, event: events.Key) -> None:
        """Pass over what was pressed before it could be meant."""
        if self._moment is not None and not self._moment.takes(event.time) and event.key in self.DECIDES:
            event.stop()
            event.prevent_default()
            self._show_foot()

    def action_close(self) -> None:
        """Close without a result."""
        self.dismiss(None)

    def leave_for(self, homes: Iterable[Home], key: str) -> None:
        """Close, and go to the place this key leads to, if there is one."""
        home = next((home for home in homes if home.key == key), None)
        if home is not None:
            self.dismiss(None)
            self.app.post_message(GoTo(home.place, home.what))  # pyright: ignore[reportUnknownMemberType]  # App has no result type here


def foot(keys: Keys, *, is_faint: bool = False) -> Content:
    """Keys as the lower edge of a frame says them; faint while they do nothing."""
    tone, words = ("$text-faint", "$text-faint") if is_faint else ("bold $primary", "$text-dim")
    return Content("  ").join(Content.assemble((key, tone), (f" {does}", words)) for key, does in keys)
