"""The builder: runs the workspace's own checks, each only after the person allowed it, and reports how they went.

Asked, or when files changed; one at a time in this folder, niced, with a limit, and never inside of another builder's
check. What is to be run is run by its own work, so that messages are answered meanwhile; who asked for a run, or gave a
task, waits as a job until the runs it is about have come to their end.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from trinity_tui.core import typed
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.harness.checking.changed import Changed
from trinity_tui.harness.checking.checks import asked_for, describe, proposed
from trinity_tui.harness.checking.job import Job
from trinity_tui.harness.checking.permits import Permits, State
from trinity_tui.harness.checking.results import Results
from trinity_tui.harness.checking.running import Runner
from trinity_tui.harness.checking.within import to_check, to_look
from trinity_tui.harness.one_line import one_line
from trinity_tui.harness.outbox import Outbox
from trinity_tui.harness.roles.assignment import Assignment
from trinity_tui.harness.roles.companion import Companion
from trinity_tui.tools import command
from trinity_tui.tools.uncut import to_the_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.bus import Delivery
    from trinity_tui.core.message import Message
    from trinity_tui.harness.me import Me

PRINTED_LINES = 200
NESTED = "I run inside of another instance's check, so I run none myself"
log = logging.getLogger("builder")


class Builder(Companion):
    """Finds out whether the folder still works."""

    async def begin(self, me: Me) -> None:
        """Ask for what it may run; an answer given for good comes at once."""
        await super().begin(me)
        self._outbox = Outbox(me, State)
        self._state = await self._outbox.open()
        self._permits = Permits(me, self._outbox, self._state)
        self._jobs: list[Job] = []
        self._changed = Changed(me, self._outbox, self._state)
        self._results = Results(me, self._outbox, self._state)
        self._runner = Runner(me)
        self._is_nested = command.depth(os.environ) > 0
        wanted = list(dict.fromkeys(me.brief.checks if me.brief.checks is not None else proposed(me.root)))
        self._checks = await self._usable(wanted)
        await self._results.keep_only(wanted)
        # A life that ended before it knew which files its checks were about would leave the next one blind to changes.
        is_blind = not self._state.checked
        self._due = {check for check in self._checks if is_blind or check not in self._state.results}
        if self._is_nested:
            log.info("%s", NESTED)
            return
        await self._permits.ask_again(self._checks)
        await self._permits.ask([check for check in self._checks if check in self._due])

    async def _usable(self, checks: Sequence[str]) -> list[str]:
        """Those that can be run as they are shown; of the others it is said why not."""
        usable: list[str] = []
        for check in checks:
            try:
                command.parse(check)
                usable.append(check)
            except command.CommandError as error:
                await self._results.report(check, command.Outcome([], None, "", 0.0, str(error)))
        return usable

    # What it is told

    async def receive(self, delivery: Delivery) -> None:
        """Take the person's decisions; everything else as every role does."""
        message = delivery.message
        if message.type == "approval" and message.from_ == COORDINATOR:
            self._decided(message)
            self.me.consumer.ack(delivery)
        else:
            await super().receive(delivery)

    def _decided(self, message: Message) -> None:
        verdict = typed.text(message.metadata, "verdict")
        check = self._permits.decided(message.reply_to or "", verdict)
        if check:
            log.info("the person said %s to %s", verdict, check)
            self.me.due.hurry(0.0)

    async def reply(self, delivery: Delivery) -> None:
        """Run checks where the person asks for it; answer every other question, with a model also what else to run."""
        message = delivery.message
        wanted = asked_for(message.content, self._checks) if message.from_ == HUMAN else None
        if wanted is None or (not wanted and self.thinker is not None and await self.thinker.has_model()):
            await super().reply(delivery)
            return
        if self._is_nested or not wanted:
            known = ", ".join(f"`{check}`" for check in self._checks) or "none"
            text = NESTED if self._is_nested else f"I only run the checks of this workspace: {known}"
            await self.me.voice.answer(delivery, f"{text}.")
            return
        for check in wanted:
            self._permits.reconsider(check)
        await self._permits.ask(wanted)
        allowed = [check for check in wanted if self._permits.may(check)]
        await self._add(Job(delivery, allowed, [self._ask_note(check) for check in wanted if check not in allowed]))

    def _ask_note(self, check: str) -> str:
        how = f"`trinity approve {self._permits.request(check)}` or in the control room"
        return f"I may not run `{check}` yet. Allow it with {how}."

    async def take(self, assignment: Assignment) -> None:
        """Have the model do a task; without one look up or run what it asks for, and say where it asks for more."""
        if self.thinker is not None and await self.thinker.has_model():
            await super().take(assignment)
            return
        self._jobs = [job for job in self._jobs if not self._is_replaced(job, assignment)]
        wanted = to_check(assignment.text, self._checks)
        if wanted is None and to_look(assignment.text):
            await super().take(assignment)
            return
        checks = [] if self._is_nested else wanted or []
        await self._permits.ask(checks)
        is_waiting = any(map(self._permits.request, checks))
        await assignment.begin("waits for you to allow its checks" if is_waiting else "")
        # For what it can not do the person is asked nothing: what is allowed is run, to say how things stand.
        if wanted is None and not self._is_nested:
            checks = [check for check in self._checks if self._permits.may(check)]
        await self._add(Job(assignment, checks, is_beyond=wanted is None))

    def _is_replaced(self, job: Job, assignment: Assignment) -> bool:
        if not isinstance(job.origin, Assignment) or job.origin.task != assignment.task:
            return False
        job.origin.leave()
        return True

    async def _add(self, job: Job) -> None:
        if not job.awaited:
            await self._finish(job)
            return
        job.brought = {check for check in job.awaited if check not in self._due}
        if isinstance(job.origin, Assignment):
            job.origin.stop.on_stop = lambda: self._leave(job)
        self._jobs.append(job)
        self._due.update(job.awaited)
        self.me.due.hurry(0.0)

    def _leave(self, job: Job) -> None:
        """A task is not to be done any more: what would be run for it alone is not."""
        others = {check for other in self._jobs if other is not job for check in other.awaited}
        unwanted = {check for check in job.awaited if check in job.brought and check not in others}
        self._due -= unwanted
        job.awaited.clear()
        self._runner.stop(unwanted)
        self.me.due.hurry(0.0)

    # What it does

    async def work(self) -> float:
        """Check what is due, then what changed, once it is quiet."""
        await self._outbox.publish()
        if self._is_nested:
            return self.me.brief.survey_seconds
        is_changed, seconds = await self._changed.look()
        if is_changed:
            self._due.update(self._checks)
            self._changed.taken()
        await self._permits.ask([check for check in self._checks if check in self._due])
        await self._settle()
        now = [check for check in self._checks if check in self._due and self._permits.may(check)]
        if now:
            before = await self._changed.files()
            for check in now:
                if check not in self._due:
                    continue  # The task it was for is taken back.
                await self._run(check)
                await self._settle()
            await self._changed.compare(before)
        return seconds

    async def _run(self, check: str) -> None:
        with await self._runner.its_turn():
            jobs = [job for job in self._jobs if check in job.awaited]
            self._permits.began(check)
            outcome = await self._runner.outcome(check)
        if outcome is None:
            return
        # Only now: what a pause cut is still due, and needs the person's word again where it was allowed once.
        self._due.discard(check)
        for line in [describe(check, outcome), *outcome.output.splitlines()[-PRINTED_LINES:]]:
            log.info("%s", one_line(line))
        for job in jobs:
            if check in job.awaited:
                job.ran(check, outcome)
        if any(check in job.awaited for job in self._jobs):
            self._due.add(check)  # Asked for while it ran.
            self.me.due.hurry(0.0)
        await self._results.report(check, outcome)

    # Who waits for it

    async def _settle(self) -> None:
        """Answer those for whom everything was run that will be."""
        for job in list(self._jobs):
            for check in [check for check in job.awaited if self._permits.is_refused(check)]:
                job.refused(check)
            if not job.awaited:
                await to_the_end(self._finish(job))

    async def _finish(self, job: Job) -> None:
        nothing = NESTED if self._is_nested else "This workspace has no checks"
        await job.finish(self.me, nothing)
        if job in self._jobs:
            self._jobs.remove(job)

    def facts(self) -> str:
        """What it may run and how that went."""
        results = "; ".join(self._state.results[check].line for check in self._checks if check in self._state.results)
        requests = {check: self._permits.request(check) for check in self._checks}
        waiting = ", ".join(f"`{check}` (trinity approve {request})" for check, request in requests.items() if request)
        return f"{results or 'No check ran yet'}." + (f" Waiting for you to allow: {waiting}." if waiting else "")
