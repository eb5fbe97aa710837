"""Whether files changed since all was checked, and are quiet now: what the checks write themselves is no change."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from trinity_tui.brains.builtin.work import ChangesOrder, ChangesReport
from trinity_tui.harness.child import ask

if TYPE_CHECKING:
    from trinity_tui.harness.checking.permits import State
    from trinity_tui.harness.me import Me
    from trinity_tui.harness.outbox import Outbox

DEBOUNCE_SECONDS = 2.0
"""How long files must be unchanged before they are checked."""


class Changed:
    """Compares the folder with what was checked.

    Args:
        me: Whose folder it is.
        outbox: Keeps the state.
        state: What was checked.
    """

    def __init__(self, me: Me, outbox: Outbox[State], state: State) -> None:
        self._me = me
        self._outbox = outbox
        self._state = state
        self._seen = ""
        self._seen_at = 0.0
        self._is_changing = False
        self._written: list[str] = []

    async def look(self) -> tuple[bool, float]:
        """Whether everything is to be checked again; and the seconds until the next look."""
        self._is_changing = False
        if not self._state.checked:
            return False, self._me.brief.survey_seconds
        now, time = (await self.files()).fingerprint, asyncio.get_running_loop().time()
        if now != self._seen:
            self._seen, self._seen_at = now, time
        if now == self._state.checked:
            return False, self._me.brief.survey_seconds
        if time < self._seen_at + DEBOUNCE_SECONDS:
            self._is_changing = True
            return False, self._seen_at + DEBOUNCE_SECONDS - time
        return True, self._me.brief.survey_seconds

    def taken(self) -> None:
        """What changed is due now: it is no news any more."""
        self._remember(self._seen)

    async def files(self) -> ChangesReport:
        """The files as they are now."""
        order = ChangesOrder(str(self._me.root), str(self._me.places.folder / "files.json"))
        return await ask(order, ChangesReport, self._me.root, nice=10)

    async def compare(self, before: ChangesReport) -> None:
        """What changed while checks ran is checked again, unless it is what they write themselves each time."""
        after = await self.files()
        is_own = after.changed == self._written
        self._written = after.changed
        if not self._is_changing:
            self._remember(after.fingerprint if is_own else before.fingerprint)

    def _remember(self, fingerprint: str) -> None:
        self._state.checked = self._seen = fingerprint
        self._outbox.save()
