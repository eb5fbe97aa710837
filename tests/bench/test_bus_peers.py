"""One tiny round of the bus beside every peer that is installed: real processes, real servers."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from patience import PATIENCE_SECONDS
from trinity_tui.bench import bound, bus_peers
from trinity_tui.bench.peers import catalogue, crew, servers
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from pathlib import Path

HERE = [peer.name for peer in catalogue.PEERS if not peer.missing()]
TIMED = {"one", "p50", "p99", "cpu", "cpu_paced", "memory", "handle"}


@pytest.mark.timeout(600)
def test_a_round_fills_every_row_of_every_peer() -> None:
    table, notes = bus_peers.measure(tuple(name for name in HERE if name != catalogue.OURS), 1, bus_peers.TINY)
    for name in HERE:
        filled = {row for row in TIMED if (table.median(row, name) or 0) > 0}
        assert filled == TIMED, name
        assert any(note.startswith(f"{name}: ") for note in notes), name


def test_everybody_gets_everything(tmp_path: Path) -> None:
    found = crew.deliver(catalogue.OURS, str(tmp_path), None, 50, readers=2, window=10)
    assert [len(reader.latencies) for reader in found.readers] == [50, 50]
    assert found.seconds > 0


def test_a_process_that_fails_is_named(tmp_path: Path) -> None:
    (tmp_path / "bus").write_text("not a folder")
    with pytest.raises(ClientError, match="measured trinity ended early"):
        crew.handle(catalogue.OURS, str(tmp_path / "bus"), 5)


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    peers, skipped = catalogue.choose(("jetstream", "sqlite"))
    assert [peer.name for peer in peers] == ["sqlite"]
    assert "nats-server" in skipped[0]


@pytest.mark.parametrize("name", [peer.name for peer in catalogue.PEERS if peer.server and not peer.missing()])
def test_a_server_ends_with_its_measurement(name: str, tmp_path: Path) -> None:
    with servers.running([catalogue.find(name)], tmp_path) as running:
        pid = running[name].pid
        assert bound.resident_megabytes(pid) > 0
    assert bound.wait_until_gone([pid], 0.0) == []


def test_what_was_started_dies_with_who_started_it() -> None:
    program = (
        "import os, sys; from trinity_tui.bench import bound;"
        "print(bound.start(['sleep', '1000']).pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert bound.wait_until_gone([int(done.stdout)], PATIENCE_SECONDS) == []
