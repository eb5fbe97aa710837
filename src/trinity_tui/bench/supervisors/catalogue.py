"""Which supervisors there are, what each needs to be installed, and how long its restarts take by its own design."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bench.supervisors.foreign import Circus, Exec, Pm2, Supervisord
from trinity_tui.bench.supervisors.ours import Ours
from trinity_tui.bench.supervisors.port import program

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trinity_tui.bench.supervisors.port import Port
    from trinity_tui.bench.supervisors.scene import Scene

OURS = "trinity"
EXEC = "exec"


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

    name: str
    port: type[Ours] | type[Supervisord] | type[Circus] | type[Pm2] | type[Exec]
    needs: tuple[str, ...] = ()
    """Programs."""
    kills: int = 10
    """How many kills a round measures."""
    supervises: bool = True
    """Whether it has a policy and a command, and can be asked to come back."""

    def missing(self) -> str:
        """What is not installed of it; empty when all is."""
        return ", ".join(name for name in self.needs if not program(name))

    def open(self, folder: Path, scene: Scene) -> Port:
        """One of it, in a folder."""
        return self.port(folder, scene)


PEERS = (
    Peer(name=OURS, port=Ours, kills=20),
    Peer(name="supervisord", port=Supervisord, needs=("supervisord", "supervisorctl"), kills=5),
    Peer(name="circus", port=Circus, needs=("circusd", "circusctl"), kills=2),
    Peer(name="pm2", port=Pm2, needs=("pm2",), kills=10),
    Peer(name=EXEC, port=Exec, kills=20, supervises=False),
)
NAMES = tuple(peer.name for peer in PEERS if peer.name != OURS)


def choose(names: Iterable[str]) -> tuple[list[Peer], list[str]]:
    """Ours and those of the named peers that are installed, and a sentence for each that is not."""
    wanted = [peer for peer in PEERS if peer.name == OURS or peer.name in names]
    here = [peer for peer in wanted if not peer.missing()]
    return here, [f"{peer.name}: skipped, not installed: {peer.missing()}" for peer in wanted if peer.missing()]
