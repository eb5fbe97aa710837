"""One run: start a workspace, strike it until the time is over, let it come to rest, judge, and end it twice.

At the end everything is stopped in order and looked for; then it is started again and its runtime folder is deleted.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from chaos.evidence import read_log, standing_of, states_of, take_log, tracebacks_in
from chaos.people import Helper, Person, accepted_of
from chaos.strikes import Strikes
from chaos.verdict import Evidence, counts, unhandled_count, untrue, violations
from chaos.watch import Watch
from fleet import Fleet, plant

if TYPE_CHECKING:
    from collections.abc import Callable

CONFIG = """\
[workspace]
survey_seconds = 2.0
orphan_ttl_seconds = 60.0
checks = []

[serve]
port = 0

[restart]
longest_delay_seconds = 1.0
park_failures = 1000000
window_restarts = 1000000

[storm]
per_minute = 1000000
"""
"""Bounds that hold elsewhere do not here: on dying a hundred times, on answering at once what waited meanwhile."""
INSTANCES = {"explorer-1": "explorer", "lead-1": "lead", "guide-1": "guide", "guide-2": "guide"}
RECEIVERS = ["explorer-1", "guide-1", "lead-1", "role:guide", "all"]
STRIKE_SECONDS = 0.25
"""Between two strikes, on average."""
KILLS_A_SECOND = 1.0
"""A run that falls behind this, as on a slow machine, strikes at once."""
SAY_SECONDS = 0.15
BIG_EVERY = 60
REST_SECONDS = 150.0
"""Without any progress; longer than an instance waits for the work of its brain."""
END_SECONDS = 90.0
AGREE_SECONDS = 90.0
"""Until all that was seen of a fleet at rest is of one moment."""
SHOWN_LINES = 120


def until(is_so: Callable[[], bool], seconds: float) -> bool:
    """Ask until it is so; False when it is not in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


class Run:
    """A workspace under fire.

    Args:
        disk: Where it may lie and be filled.
        seed: Of all chance.
        seconds: How long to strike.
        has_own_disk: Whether the disk is only ours.
    """

    def __init__(self, disk: Path, seed: int, seconds: float, *, has_own_disk: bool) -> None:
        self._seed = seed
        self._seconds = seconds
        self._has_own_disk = has_own_disk
        self._chance = random.Random(seed)
        self._records = disk.parent / "records"
        self._records.mkdir()
        root = disk / "workspace"
        root.mkdir()
        plant(root)
        self._fleet = Fleet(root, is_forked=False)
        self._fleet.write_config(CONFIG, INSTANCES)
        self._senders = [self._sender(f"sender-{letter}") for letter in "ab"]
        self._faces = [self._face(f"face-{number}") for number in (1, 2)]
        self._helpers = [*self._senders, *self._faces]
        self._watch = Watch(self._fleet.workspace, self._is_waited_for)
        self._person = Person(self._fleet.workspace, RECEIVERS, seed, SAY_SECONDS * 4)
        self._evidence = Evidence(receivers=dict(INSTANCES))
        self._rest_seconds = 0.0

    def _sender(self, name: str) -> Helper:
        ledger = str(self._ledger(name))
        arguments = [str(self._fleet.root), ledger, name, ",".join(RECEIVERS), str(BIG_EVERY), str(SAY_SECONDS)]
        return Helper(name, "sender.py", arguments, self._records / "helpers.log")

    def _face(self, name: str) -> Helper:
        return Helper(name, "face.py", [str(self._fleet.root), str(self._record(name))], self._records / "helpers.log")

    def _ledger(self, name: str) -> Path:
        return self._records / f"{name}.jsonl"

    def _record(self, name: str) -> Path:
        return self._records / f"{name}.json"

    def _is_waited_for(self, pid: int) -> bool:
        return pid in {helper.pid for helper in self._helpers} or self._fleet.has_served(pid)

    def main(self) -> int:
        """Run and tell; 0 when nothing is wrong."""
        self._tell(f"seed {self._seed}, {self._seconds:g} s")
        strikes = Strikes(
            self._fleet, self._watch, self._helpers, list(INSTANCES), self._chance, has_own_disk=self._has_own_disk
        )
        try:
            self._watch.start()
            self._person.start()
            self._strike(strikes)
            self._settle(strikes)
            self._judge_at_rest()
            self._end()
            found = violations(self._evidence) + self._delete()
        finally:
            self._fleet.close()
        self._report(strikes, found)
        return 1 if found else 0

    def _strike(self, strikes: Strikes) -> None:
        began = time.monotonic()
        strike_at = 0.0
        while (now := time.monotonic()) < began + self._seconds:
            strikes.tend()
            if now >= strike_at or strikes.kills < (now - began) * KILLS_A_SECOND:
                strikes.strike()
                strike_at = now + self._chance.expovariate(1.0 / STRIKE_SECONDS)
            time.sleep(0.02)

    def _settle(self, strikes: Strikes) -> None:
        began = time.monotonic()
        strikes.relent()
        self._person.stop()
        for sender in self._senders:
            if not sender.end(REST_SECONDS):
                self._evidence.leaked.append(f"{sender.name} could not settle what it had begun")
        self._evidence.accepted = [
            *self._person.accepted, *(one for sender in self._senders for one in accepted_of(self._ledger(sender.name)))
        ]  # fmt: skip
        self._rest(strikes)
        self._rest_seconds = time.monotonic() - began

    def _rest(self, strikes: Strikes) -> None:
        """Wait until everything is handled, for as long as there is progress: a slow machine is no violation."""
        fewest, since = sys.maxsize, time.monotonic()
        while not self._is_at_rest(strikes) and time.monotonic() - since < REST_SECONDS:
            left = unhandled_count(self._evidence)
            if left < fewest:
                fewest, since = left, time.monotonic()
            time.sleep(0.2)

    def _is_at_rest(self, strikes: Strikes) -> bool:
        strikes.tend_coordinator()
        take_log(self._evidence, self._fleet.workspace, asyncio.run(read_log(self._fleet.workspace)))
        shown = self._fleet.instances()
        if not shown or any(one["state"] != "ONLINE" for one in shown.values()):
            return False
        return not violations(self._evidence)

    def _judge_at_rest(self) -> None:
        until(self._is_told_truly, AGREE_SECONDS)
        until(self._compare, AGREE_SECONDS)
        if violations(self._evidence):
            kept = Path(tempfile.mkdtemp(prefix=f"trinity-chaos-evidence-{self._seed}-"))
            ignored = shutil.ignore_patterns("blobs", "run", "*.sock")
            shutil.copytree(self._fleet.workspace.runtime, kept / "runtime", ignore=ignored, symlinks=True)
            shutil.copytree(self._records, kept / "records")
            self._tell(f"not well: the runtime folder is kept in {kept}")

    def _is_told_truly(self) -> bool:
        """All at one look: one that is being called silent, or is heard again, is shown so a moment later."""
        self._evidence.states = states_of(self._fleet, self._watch)
        return bool(self._evidence.states) and not untrue(self._evidence)

    def _compare(self) -> bool:
        """All with one reading of the log: late receipts may still be written between two."""
        read = asyncio.run(read_log(self._fleet.workspace))
        self._evidence.room = read.parts
        for face in self._faces:
            standing = standing_of(self._record(face.name))
            is_there = standing is not None and standing.pid == face.pid and standing.position == read.position
            self._evidence.faces[face.name] = standing.parts if standing is not None and is_there else {}
        return all(self._evidence.faces.values())

    def _end(self) -> None:
        for face in self._faces:
            face.end(END_SECONDS)
        done = self._fleet.trinity("down", "--yes")
        until(lambda: not self._watch.all_of_ours(), END_SECONDS)
        if done.returncode != 0:
            self._evidence.leaked.append(f"`trinity down` ended with {done.returncode}: {done.stderr.strip()}")
        self._evidence.leaked += [f"{pid} {command}" for pid, command in self._watch.all_of_ours().items()]
        self._watch.stop()
        self._evidence.twice = self._watch.twice
        runtime = self._fleet.workspace
        self._evidence.tracebacks = tracebacks_in(
            self._fleet.root / "serve.log", runtime.coordinator_log, self._records / "helpers.log"
        )

    def _delete(self) -> list[str]:
        """The last act: the runtime folder goes under a running fleet."""
        coordinator = self._fleet.serve()
        shutil.rmtree(self._fleet.workspace.runtime, ignore_errors=True)
        found: list[str] = []
        if not until(lambda: coordinator.poll() is not None, END_SECONDS):
            found.append("the coordinator outlives its deleted folder")
        elif coordinator.returncode != 1:
            found.append(f"the coordinator of a deleted folder ended with {coordinator.returncode}")
        until(lambda: not self._watch.all_of_ours(), END_SECONDS)
        found += [f"left of a deleted folder: {command}" for command in self._watch.all_of_ours().values()]
        if "was deleted while running" not in (self._fleet.root / "serve.log").read_text():
            found.append("that the folder was deleted is not said")
        return found

    def _report(self, strikes: Strikes, found: list[str]) -> None:
        evidence = self._evidence
        rows = {
            **dict(sorted(strikes.counts.items())),
            "seconds under fire": round(self._seconds),
            "kills in all": strikes.kills,
            "accepted": len(evidence.accepted),
            "refused to the person": self._person.refused,
            "in the log": len(evidence.logged),
            "answers": len(evidence.answers),
            "given up, with a reason": len(evidence.dead),
            "looks at all processes": self._watch.looks,
            "seconds until all was at rest": round(self._rest_seconds, 1),
            **counts(evidence),
            "violations": len(found),
        }
        if not self._has_own_disk:
            self._tell("skipped: the full disk (no mount namespace to be had here)")
        for what, count in rows.items():
            self._tell(f"  {what:<32} {count:>8}")
        for sentence in found:
            self._tell(f"✗ {sentence}")
        if found:
            self._tell("the end of what the coordinators said:")
            self._tell("\n".join((self._fleet.root / "serve.log").read_text().splitlines()[-SHOWN_LINES:]))
        self._tell(f"seed {self._seed}: " + ("not well" if found else "well"))

    def _tell(self, text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
