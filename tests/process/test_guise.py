"""What others see of a process that took on a guise."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from trinity_tui.process import guise

PROGRAM = """
import json, os, sys
from trinity_tui.process.guise import Guise
mine = Guise()
before = dict(os.environ)
shown = []
for argv, env in json.loads(sys.argv[1]):
    mine.put_on(argv, env)
    shown.append([open(f"/proc/self/{name}", "rb").read().rstrip(b"\\0").decode() for name in ("cmdline", "environ")])
os.environ["AFTER"] = "1"
print(json.dumps([before, shown, os.environ["AFTER"], os.getenv("PATH")]))
"""


def test_is_shown_wholly_and_the_one_before_leaves_no_trace() -> None:
    long = (["program", "x" * 3000, "ü"], {"A": "y" * 15_000, "TRINITY_INSTANCE": "a:1"})
    short = (["p"], {"B": "1"})
    argv = [sys.executable, "-c", PROGRAM, json.dumps([long, short]), guise.ROOM_ARGUMENT]
    said = subprocess.run(
        argv, env={"PATH": os.environ["PATH"], **guise.ROOM_VARIABLE}, capture_output=True, check=True
    )
    before, shown, after, path = json.loads(said.stdout)
    assert (before, after, path) == ({}, "1", None)
    assert shown[0] == ["\0".join(long[0]), f"A={'y' * 15_000}\0TRINITY_INSTANCE=a:1"]
    assert shown[1] == ["p", "B=1"]


def test_what_has_no_room_is_known_before() -> None:
    assert guise.fits(["x" * (guise.ARGV_BYTES - 1)], {"A": "x" * (guise.ENV_BYTES - 3)})
    assert not guise.fits(["x" * guise.ARGV_BYTES], {})
    assert not guise.fits([], {"A": "x" * (guise.ENV_BYTES - 2)})
