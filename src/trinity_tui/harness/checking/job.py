"""Somebody who waits for checks to be run, by a question or by a task, and what is said to them in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.harness.checking.checks import describe, failing_lines
from trinity_tui.harness.checking.within import NEEDS_MODEL
from trinity_tui.harness.roles.assignment import Assignment
from trinity_tui.harness.thinking.stopping import STOPPED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.bus import Delivery
    from trinity_tui.harness.me import Me
    from trinity_tui.tools.command import Outcome

CODES_MOST = 20


class Job:
    """One who waits.

    Args:
        origin: The person's message, or the assignment of a task.
        awaited: The checks to be run.
        notes: What is to be said of those that are not.
        is_beyond: Whether it is a task that asks for more than checks: it fails, however they go.

    Attributes:
        awaited: Those that are still to be run.
        outcomes: How those went that were.
        brought: The checks that are due only because of it.
    """

    def __init__(
        self,
        origin: Delivery | Assignment,
        awaited: Sequence[str],
        notes: Sequence[str] = (),
        *,
        is_beyond: bool = False,
    ) -> None:
        self.origin = origin
        self.is_beyond = is_beyond
        self.awaited = list(awaited)
        self.notes = list(notes)
        self.outcomes: dict[str, Outcome] = {}
        self.brought: set[str] = set()

    @property
    def is_stopped(self) -> bool:
        """Whether it is a task that is not to be done any more."""
        return isinstance(self.origin, Assignment) and self.origin.stop.is_stopped

    def refused(self, check: str) -> None:
        """The person said no to one of the checks."""
        self.awaited.remove(check)
        self.notes.append(f"`{check}` may not be run.")

    def ran(self, check: str, outcome: Outcome) -> None:
        """One of the checks was run."""
        self.awaited.remove(check)
        self.outcomes[check] = outcome

    async def finish(self, me: Me, nothing: str) -> None:
        """Say how it went; the message it began with is acknowledged by that.

        Args:
            me: Who says it.
            nothing: What to say where there was no check.
        """
        if isinstance(self.origin, Assignment) and self.is_stopped:
            await self.origin.complete("failed", STOPPED)
            return
        lines = [describe(check, outcome) for check, outcome in self.outcomes.items()]
        if isinstance(self.origin, Assignment):
            text = "; ".join(lines + self.notes)
            if self.is_beyond:
                account = f"{NEEDS_MODEL}: {self._how_it_stands()}, nothing was written."
                await self.origin.complete("failed", f"{account} {text}".strip())
                return
            is_ok = bool(lines) and not self.notes and self._all_pass()
            await self.origin.complete("ok" if is_ok else "failed", f"{text or nothing}.")
            return
        for outcome in self.outcomes.values():
            lines += [] if outcome.is_ok else [f"  {line}" for line in failing_lines(outcome.output)]
        codes = {check: outcome.code for check, outcome in list(self.outcomes.items())[:CODES_MOST]}
        metadata = {"exit_codes": codes, "brain": "builtin"}
        await me.voice.answer(self.origin, "\n".join(lines + self.notes) or f"{nothing}.", metadata=metadata)

    def _all_pass(self) -> bool:
        return all(outcome.is_ok for outcome in self.outcomes.values())

    def _how_it_stands(self) -> str:
        if not self.outcomes:
            return "no check was run"
        return "the checks pass" if self._all_pass() else "a check fails"
