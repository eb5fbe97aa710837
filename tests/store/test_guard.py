"""A guard is one process's for its life, for one folder however it is reached, and needs nothing in that folder."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from trinity_tui.store.guard import Guard

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys
from trinity_tui.store.guard import Guard
held = Guard.acquire("keeper", sys.argv[1])
print(bool(held), flush=True)
input()
"""


def test_one_holder_until_it_dies(own_home: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(own_home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "True"
        assert Guard.acquire("keeper", own_home) is None
        child.kill()
    held = Guard.acquire("keeper", own_home)
    assert held is not None
    held.close()


def test_each_folder_and_each_name_has_its_own_and_a_link_is_the_same_folder(own_home: Path) -> None:
    (own_home / "a").mkdir()
    (own_home / "b").mkdir()
    (own_home / "link").symlink_to(own_home / "a")
    held = [Guard.acquire("keeper", own_home / "a"), Guard.acquire("keeper", own_home / "b")]
    held.append(Guard.acquire("coordinator", own_home / "a"))
    assert all(held)
    assert Guard.acquire("keeper", own_home / "link") is None
    for guard in held:
        if guard is not None:
            guard.close()
