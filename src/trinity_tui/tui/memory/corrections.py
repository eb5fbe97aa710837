"""What a person says about what is remembered: something is to be, is not true any more, or holds against another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tui.bridge import Answered
from trinity_tui.tui.memory.known import Kept, taken
from trinity_tui.tui.memory.lines import record_key
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.widgets.holds import HoldsDialog
from trinity_tui.tui.widgets.remember import RememberDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.tui.bridge import Refused
    from trinity_tui.tui.memory.known import Shown
    from trinity_tui.tui.screens.stage import Stage

DONE = {"memory/add": "remembered", "memory/retract": "taken back", "memory/resolve": "settled"}


class Corrections:
    """Asks the person, then the coordinator, and says how it ended.

    Args:
        screen: On which the person is.
        done: Told the key of the record that is new, or an empty one, once something was done.
    """

    def __init__(self, screen: Stage, done: Callable[[str], None]) -> None:
        self._screen = screen
        self._done = done

    def add(self, text: str) -> None:
        """Have something remembered, at first these words."""
        self._screen.program.push_screen(RememberDialog(text))

    def retract(self, record: Shown) -> None:
        """Take a record back, once the person has agreed."""
        if record.is_retracted:
            self._screen.notify("This is taken back already.", markup=False, timeout=3)
            return
        often = f"It was said {record.said} times; all of them are taken back. " if record.said > 1 else ""
        again = "What it took the place of holds again. " if record.supersedes else ""
        self._screen.errands.confirmed(
            f"Take this back? {clean(record.text)[:200]}",
            f"{often}{again}It stays in the history, and no instance finds it any more.",
            "memory/retract", id=record.id,
        )  # fmt: skip

    def settle(self, record: Shown) -> None:
        """Let the person say which of the values holds."""
        if record.contradictions:
            self._ask_which(record, 0)
        else:
            self._screen.notify("Nothing contradicts this record.", markup=False, timeout=3)

    def _ask_which(self, record: Shown, at: int) -> None:
        """Ask what holds of this contradiction of the record's, then of the next one."""

        def settle(holds: str | None) -> None:
            if holds is not None:
                self._screen.bridge.ask("memory/resolve", id=holds)
            if at + 1 < len(record.contradictions):
                self._ask_which(record, at + 1)

        self._screen.program.push_screen(HoldsDialog(record, at, self._screen.glyphs), settle)

    def takes(self, message: Answered | Refused) -> bool:
        """Take the end of a request that was made here; whether it was one."""
        if message.do not in DONE:
            return False
        dialog = self._screen.program.screen
        if isinstance(message, Answered):
            self._tell(message)
        elif message.do == "memory/add" and isinstance(dialog, RememberDialog):
            dialog.refused(message.sentence)
        else:
            self._screen.notify(clean(message.sentence), severity="error", markup=False)
        return True

    def _tell(self, message: Answered) -> None:
        dialog = self._screen.program.screen
        if isinstance(dialog, RememberDialog):
            dialog.dismiss(None)
        kept = taken(message.result, Kept) or Kept()
        later = "" if kept.kept else "; it is in the log, and cannot be searched yet"
        self._screen.notify(f"{DONE[message.do]}{later}", markup=False, timeout=4)
        self._done(record_key(kept.id) if message.do == "memory/add" else "")
