"""The files for other programs hold the same promises where the log is in a NATS server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fleet import CONFIG, wait_until
from nats_server import NatsServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fleet import Fleet

FOREIGN = Path(__file__).parents[1] / "fakes" / "foreign.py"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    """A server of this test's own: it is killed."""
    server = NatsServer(tmp_path / "nats")
    yield server
    server.close()


@pytest.fixture
def bridged(fleet: Fleet, server: NatsServer) -> Fleet:
    """A workspace with the files, its log in the server."""
    bus = f'\n[bus]\ncarrier = "{server.url}"\nstream = "shop"\n'
    fleet.write_config(f"{CONFIG}\n[bridge]\nshared_files = true\n{bus}", {"guide-1": "guide"})
    return fleet


def said_by_script(fleet: Fleet) -> list[dict[str, Any]]:
    return [one for one in fleet.messages(limit=1000) if one["from"] == "script"]


def rewriting(fleet: Fleet, count: int) -> subprocess.Popen[str]:
    """A script that adds entries, the whole file each time."""
    path = fleet.root / ".shared_messages.json"
    wait_until(path.exists, "the file")
    command = [sys.executable, FOREIGN, path, "script", str(count), "0.02", "at-once", "from,to,type,content"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_of_200_rewrites_over_a_server_none_is_lost_and_none_is_doubled(bridged: Fleet) -> None:
    bridged.serve()
    foreign = rewriting(bridged, 200)
    sent = 0
    while foreign.poll() is None:
        assert bridged.trinity("send", "guide-1", f"we say {sent}").returncode == 0
        sent += 1
    said = foreign.communicate()[0].splitlines()
    assert (foreign.returncode, len(said)) == (0, 200)
    wait_until(lambda: len(said_by_script(bridged)) >= 200, "all of them on the log")
    assert Counter(one["content"] for one in said_by_script(bridged)) == Counter(said)
    path = bridged.root / ".shared_messages.json"
    last = f"we say {sent - 1}"
    wait_until(lambda: any(one["content"] == last for one in json.loads(path.read_text())), "ours in the file")


def test_what_is_added_while_the_server_is_dead_comes_once_it_is_back(bridged: Fleet, server: NatsServer) -> None:
    bridged.serve()
    foreign = rewriting(bridged, 60)
    wait_until(lambda: said_by_script(bridged), "the first of them")
    server.kill()
    said = foreign.communicate()[0].splitlines()
    assert (foreign.returncode, len(said)) == (0, 60)
    server.start()
    wait_until(lambda: len(said_by_script(bridged)) >= 60, "all of them on the log")
    assert Counter(one["content"] for one in said_by_script(bridged)) == Counter(said)
    wait_until(lambda: not bridged.status()["notices"], "nothing is wrong any more")
