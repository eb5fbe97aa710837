"""Whoever uses the workspace meanwhile: senders and faces that are killed and come back, and a person at the API."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from chaos.sender import checksum, content_of, read_ledger
from chaos.verdict import Accepted
from trinity_tui.client import api
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from trinity_tui.core.paths import Workspace

HERE = Path(__file__).parent
ASK_SECONDS = 5.0
QUESTIONS = 0.2


class Helper:
    """A program beside the workspace, started again whenever it is found dead."""

    def __init__(self, name: str, program: str, arguments: list[str], log: Path) -> None:
        self.name = name
        self.lives = 0
        self._argv = [sys.executable, str(HERE / program), *arguments]
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The pid of the life that runs; 0 while there is none."""
        return self._process.pid if self._process is not None and self._process.poll() is None else 0

    def revive(self) -> None:
        """Start it where it does not run."""
        if self.pid:
            return
        env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env)
        self.lives += 1

    def end(self, seconds: float) -> bool:
        """Have it end by itself; whether it did in time."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return False
        return True


def accepted_of(ledger: Path) -> list[Accepted]:
    """What a sender knows to be accepted."""
    notes = read_ledger(ledger)
    by_id = {note.message.id: note for note in notes if note.message is not None}
    found: list[Accepted] = []
    for accepted in {note.accepted: None for note in notes if note.accepted}:
        note = by_id[accepted]
        assert note.message is not None
        said = checksum(content_of(accepted, note.characters))
        found.append(Accepted(accepted, note.message.from_, note.message.to, note.message.type, said))
    return found


class Person(threading.Thread):
    """Sends through the coordinator, for as long as there is one that answers.

    Attributes:
        accepted: What the coordinator said it took.
        refused: How often it said no, or nothing.
    """

    def __init__(self, workspace: Workspace, receivers: list[str], seed: int, pause_seconds: float) -> None:
        super().__init__(name="person", daemon=True)
        self.accepted: list[Accepted] = []
        self.refused = 0
        self._workspace = workspace
        self._receivers = receivers
        self._chance = random.Random(seed)
        self._pause_seconds = pause_seconds
        self._told = threading.Event()
        self._count = 0

    def run(self) -> None:
        """Send until told to stop."""
        while not self._told.wait(self._chance.expovariate(1.0 / self._pause_seconds)):
            self._send()

    def stop(self) -> None:
        """Send no more."""
        self._told.set()
        self.join()

    def _send(self) -> None:
        self._count += 1
        kind = "question" if self._chance.random() < QUESTIONS else "message"
        to = self._chance.choice(self._receivers)
        content = f"number {self._count} of the person: what do you do?"
        order = {"to": to, "type": kind, "content": content}
        try:
            chain = api.call(self._workspace, "POST", "/send", order, timeout_seconds=ASK_SECONDS)
        except ClientError:
            self.refused += 1
        else:
            self.accepted.append(Accepted(chain["id"], "human", to, kind, checksum(content)))
