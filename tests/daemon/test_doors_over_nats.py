"""The files for other programs hold the same promises where the log is in a NATS server."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from fleet import CONFIG, wait_until
from nats_server import NatsServer
from rewriting import rewriting, said_meanwhile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fleet import Fleet

MESSAGES = ".shared_messages.json"


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


def test_of_200_rewrites_over_a_server_none_is_lost_and_none_is_doubled(bridged: Fleet) -> None:
    bridged.serve()
    path = bridged.root / MESSAGES
    ours: list[str] = []

    def say(number: int) -> None:
        ours.append(f"we say {number}")
        bridged.send("guide-1", ours[-1])

    said = said_meanwhile(rewriting(path, 200, 0.02, "at-once"), say)
    assert len(said) == 200
    wait_until(lambda: len(said_by_script(bridged)) >= 200, "all of them on the log")
    assert Counter(one["content"] for one in said_by_script(bridged)) == Counter(said)
    wait_until(lambda: any(one["content"] == ours[-1] for one in json.loads(path.read_text())), "ours in the file")


def test_what_is_added_while_the_server_is_dead_comes_once_it_is_back(bridged: Fleet, server: NatsServer) -> None:
    bridged.serve()
    foreign = rewriting(bridged.root / MESSAGES, 60, 0.02, "at-once")
    wait_until(lambda: said_by_script(bridged), "the first of them")
    server.kill()
    said = foreign.communicate()[0].splitlines()
    assert (foreign.returncode, len(said)) == (0, 60)
    server.start()
    wait_until(lambda: len(said_by_script(bridged)) >= 60, "all of them on the log")
    assert Counter(one["content"] for one in said_by_script(bridged)) == Counter(said)
    wait_until(lambda: not bridged.status()["notices"], "nothing is wrong any more")
