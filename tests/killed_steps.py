"""A program that is killed at one of its steps, to see what is left: each call that touches a file is a step."""

from __future__ import annotations

import sys

from nursery import nursery
from patience import PATIENCE_SECONDS

_PROGRAM = """
import os, signal, sys
{before}
at, count = int(sys.argv[-1]), 0
def counted(function):
    def call(*arguments, **named):
        global count
        count += 1
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **named)
    return call
for name in {calls!r}.split():
    setattr(os, name, counted(getattr(os, name)))
{body}
sys.exit(9 if count < at else 0)
"""


def killed_at_a_step(calls: str, body: str, before: str = "") -> str:
    """The program; its last argument says at which step it dies, and it ends with 9 where it has no such step.

    Args:
        calls: Names in ``os`` that are steps.
        body: What it does; ``counted`` makes a step of another function.
        before: What it imports and prepares.
    """
    return _PROGRAM.format(before=before.strip(), calls=calls, body=body.strip())


def death_at(program: str, place: object, step: int) -> int:
    """Run it until it is killed at that step: its exit code, 9 where it came to its end before.

    Args:
        program: What ``killed_at_a_step`` gave.
        place: Where it works, its first argument.
        step: Which; the first is 1.
    """
    done = nursery().run([sys.executable, "-c", program, str(place), str(step)], PATIENCE_SECONDS)
    assert done.returncode in (9, -9), done.stderr
    return done.returncode
