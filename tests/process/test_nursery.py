"""What the tests' own programs promise: to end one that has just ended by itself is no error."""

from __future__ import annotations

import os
import struct
import subprocess

import pytest

from nursery import Program


def test_a_program_whose_end_is_not_reported_yet_can_be_killed() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    ours, theirs = os.pipe()
    os.write(theirs, struct.pack("=i", gone.pid))
    program = Program(ours)
    program.kill()
    os.write(theirs, struct.pack("=i", 0))
    os.close(theirs)
    assert program.wait(1.0) == 0


@pytest.mark.parametrize("code", [0, 3])
def test_a_program_tells_how_it_ended(code: int) -> None:
    ours, theirs = os.pipe()
    os.write(theirs, struct.pack("=2i", os.getpid(), code))
    os.close(theirs)
    program = Program(ours)
    assert (program.wait(1.0), program.poll()) == (code, code)
