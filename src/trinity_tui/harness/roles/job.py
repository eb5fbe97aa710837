"""Somebody who waits for checks to be run, by a question or by a task, and what is said to them in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.harness.roles.assignment import Assignment
from trinity_tui.harness.roles.checks import describe, failing_lines

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

    Attributes:
        awaited: Those that are still to be run.
        outcomes: How those went that were.
    """

    def __init__(self, origin: Delivery | Assignment, awaited: Sequence[str], notes: Sequence[str] = ()) -> None:
        self.origin = origin
        self.awaited = list(awaited)
        self.notes = list(notes)
        self.outcomes: dict[str, Outcome] = {}

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
        lines = [describe(check, outcome) for check, outcome in self.outcomes.items()]
        if isinstance(self.origin, Assignment):
            text = "; ".join(lines + self.notes) or nothing
            note = f"{text}. I am no language model: I ran the checks, what the task asks beyond them is yours."
            is_ok = bool(lines) and not self.notes and all(outcome.is_ok for outcome in self.outcomes.values())
            await self.origin.complete("ok" if is_ok else "failed", note)
            return
        for outcome in self.outcomes.values():
            lines += [] if outcome.is_ok else [f"  {line}" for line in failing_lines(outcome.output)]
        codes = {check: outcome.code for check, outcome in list(self.outcomes.items())[:CODES_MOST]}
        metadata = {"exit_codes": codes, "brain": "builtin"}
        await me.voice.answer(self.origin, "\n".join(lines + self.notes) or f"{nothing}.", metadata=metadata)
