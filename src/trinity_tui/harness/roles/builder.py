"""The builder: runs the workspace's own checks, each only after the person allowed it, and reports how they went.

Asked, or when files changed; one at a time in this folder, niced, with a limit, and never inside of another builder's
check. What is to be run is run by its own work, so that messages are answered meanwhile; who asked for a run, or gave a
task, waits as a job until the runs it is about have come to their end.
"""

from __future__ import annotations

import asyncio
import logging
import os
from typing import TYPE_CHECKING

from trinity_tui.brains.builtin.work import ChangesOrder, ChangesReport
from trinity_tui.bus import new_message
from trinity_tui.core import typed
from trinity_tui.core.address import BROADCAST, COORDINATOR, HUMAN
from trinity_tui.harness.child import ask
from trinity_tui.harness.one_line import one_line
from trinity_tui.harness.outbox import Outbox
from trinity_tui.harness.roles.assignment import Assignment
from trinity_tui.harness.roles.checks import asked_for, describe, failing_lines, proposed, timeless
from trinity_tui.harness.roles.companion import Companion
from trinity_tui.harness.roles.job import Job
from trinity_tui.harness.roles.permits import Permits, Result, State
from trinity_tui.store.lock import Lock
from trinity_tui.tools import command
from trinity_tui.tools.uncut import to_the_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.bus import Delivery
    from trinity_tui.core.message import Message
    from trinity_tui.harness.me import Me

DEBOUNCE_SECONDS = 2.0
"""How long files must be unchanged before they are checked."""
PRINTED_LINES = 200
LOCK_LOOK_SECONDS = 0.5
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
        self._seen = ""
        self._seen_at = 0.0
        self._is_changing = False
        self._written: list[str] = []
        self._is_nested = command.depth(os.environ) > 0
        wanted = list(dict.fromkeys(me.brief.checks if me.brief.checks is not None else proposed(me.root)))
        self._checks = await self._usable(wanted)
        await self._take_back([check for check in self._state.results if check not in wanted])
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
                await self._report(check, command.Outcome([], None, "", 0.0, str(error)))
        return usable

    async def _take_back(self, checks: Sequence[str]) -> None:
        """What was said of checks that are none any more no longer holds."""
        for check in checks:
            result = self._state.results.pop(check)
            metadata = {"op": "retract", "key": _key(check)}
            retraction = new_message(
                self.me.id, BROADCAST, "memory", f"no check any more: {one_line(check, 80)}", origin="peer",
                metadata=metadata, reply_to=result.message_id,
            )  # fmt: skip
            await self._outbox.publish(retraction)

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
        """Have the model do a task; without one run the checks for it, once the person's word on them is given."""
        if self.thinker is not None and await self.thinker.has_model():
            await super().take(assignment)
            return
        self._jobs = [job for job in self._jobs if not self._is_replaced(job, assignment)]
        checks = [] if self._is_nested else self._checks
        await self._permits.ask(checks)
        requests = filter(None, map(self._permits.request, checks))
        approve = ", ".join(f"`trinity approve {request}`" for request in requests)
        await assignment.begin(f"waits for you to allow its checks: {approve}" if approve else "")
        await self._add(Job(assignment, checks))

    def _is_replaced(self, job: Job, assignment: Assignment) -> bool:
        if not isinstance(job.origin, Assignment) or job.origin.task != assignment.task:
            return False
        self.me.consumer.ack(job.origin.delivery)
        return True

    async def _add(self, job: Job) -> None:
        if not job.awaited:
            await self._finish(job)
            return
        self._jobs.append(job)
        self._due.update(job.awaited)
        self.me.due.hurry(0.0)

    # What it does

    async def work(self) -> float:
        """Check what is due, then what changed, once it is quiet."""
        await self._outbox.publish()
        if self._is_nested:
            return self.me.brief.survey_seconds
        seconds = await self._look()
        await self._permits.ask([check for check in self._checks if check in self._due])
        await self._settle()
        now = [check for check in self._checks if check in self._due and self._permits.may(check)]
        if now:
            before = await self._files()
            for check in now:
                await self._run(check)
                await self._settle()
            await self._compare(before)
        return seconds

    async def _look(self) -> float:
        """Have everything checked again if files changed and are quiet now; seconds until the next look."""
        self._is_changing = False
        if not self._state.checked:
            return self.me.brief.survey_seconds
        now, time = (await self._files()).fingerprint, asyncio.get_running_loop().time()
        if now != self._seen:
            self._seen, self._seen_at = now, time
        if now == self._state.checked:
            return self.me.brief.survey_seconds
        if time < self._seen_at + DEBOUNCE_SECONDS:
            self._is_changing = True
            return self._seen_at + DEBOUNCE_SECONDS - time
        self._due.update(self._checks)
        self._remember_checked(now)
        return self.me.brief.survey_seconds

    async def _compare(self, before: ChangesReport) -> None:
        """What changed while checks ran is checked again, unless it is what they write themselves each time."""
        after = await self._files()
        is_own = after.changed == self._written
        self._written = after.changed
        if not self._is_changing:
            self._remember_checked(after.fingerprint if is_own else before.fingerprint)

    def _remember_checked(self, fingerprint: str) -> None:
        self._state.checked = self._seen = fingerprint
        self._outbox.save()

    async def _files(self) -> ChangesReport:
        order = ChangesOrder(str(self.me.root), str(self.me.places.folder / "files.json"))
        return await ask(order, ChangesReport, self.me.root, nice=10)

    async def _run(self, check: str) -> None:
        with await self._its_turn():
            jobs = [job for job in self._jobs if check in job.awaited]
            self._permits.began(check)
            async with self.me.turn("tool", check):
                outcome = await command.run(command.parse(check), self.me.root, self.me.brief.check_seconds)
        # Only now: what a pause cut is still due, and needs the person's word again where it was allowed once.
        self._due.discard(check)
        for line in [describe(check, outcome), *outcome.output.splitlines()[-PRINTED_LINES:]]:
            log.info("%s", one_line(line))
        for job in jobs:
            job.ran(check, outcome)
        if any(check in job.awaited for job in self._jobs):
            self._due.add(check)  # Asked for while it ran.
            self.me.due.hurry(0.0)
        await self._report(check, outcome)

    async def _its_turn(self) -> Lock:
        """Wait until no other builder of this folder checks."""
        path = self.me.workspace.runtime / "check.lock"
        lock = Lock.acquire(path)
        if isinstance(lock, int):
            async with self.me.turn("waiting", "for another builder's check"):
                while isinstance(lock, int):
                    await asyncio.sleep(LOCK_LOOK_SECONDS)
                    lock = Lock.acquire(path)
        return lock

    async def _report(self, check: str, outcome: command.Outcome) -> None:
        line = describe(check, outcome)
        text = line if outcome.is_ok else "\n".join([line, *failing_lines(outcome.output)])
        same_as = timeless(text)
        before = self._state.results.get(check)
        if before is not None and (before.code, before.same_as) == (outcome.code, same_as):
            return
        metadata = {
            "key": _key(check), "kind": "check", "rule": "check", "command": check[:300],
            "exit_code": outcome.code,
            "severity": "low" if outcome.is_ok else "high", "seconds": round(outcome.seconds, 1),
        }  # fmt: skip
        finding = new_message(self.me.id, BROADCAST, "finding", text, origin="peer", metadata=metadata)
        self._state.results[check] = Result(outcome.code, line, same_as, finding.id)
        await self._outbox.publish(finding)

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


def _key(check: str) -> str:
    return f"check:{check}"[:300]
