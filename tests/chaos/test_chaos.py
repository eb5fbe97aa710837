"""A short chaos on every run of the tests; ``make chaos`` is the long one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = "8"


@pytest.mark.timeout(600)
def test_a_short_chaos_leaves_nothing_lost_twice_untrue_or_running() -> None:
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    env.setdefault("CHAOS_SECONDS", SECONDS)
    done = subprocess.run([sys.executable, "-m", "chaos"], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
