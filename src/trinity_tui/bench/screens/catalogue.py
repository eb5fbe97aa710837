"""Which screens there are, where each is installed, and by which word its first picture is known.

Each is in an environment of its own below ours, ``peers/NAME``, as no two of them want the same libraries.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

PLACE = Path(sys.prefix) / "peers"


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

    name: str
    """Of its package and of its program."""
    shows: str
    """A word of its first screen."""
    has_input: bool = True
    """Whether it has its main input on its first screen, with the cursor in it."""
    seeds: dict[str, str] = {}
    """Files below its home that it finds at its first start: where a picture of the start would stand before it."""

    @property
    def program(self) -> Path:
        """Where it is, if it is there."""
        return PLACE / self.name / "bin" / self.name

    def version(self) -> str:
        """Which one is installed; empty for none."""
        found = self.program.parent.parent.glob(f"lib/python*/site-packages/{self.name}-*.dist-info")
        return next((path.name.removesuffix(".dist-info").rpartition("-")[2] for path in found), "")


PEERS = (
    Peer(name="posting", shows="Send"),
    Peer(name="harlequin", shows="Catalog"),
    # It has an input only once a model answers it.
    Peer(name="oterm", shows="Welcome", has_input=False, seeds={"data/oterm/config.json": '{"splash-screen": false}'}),
)
NAMES = tuple(peer.name for peer in PEERS)


def choose(names: Iterable[str]) -> tuple[list[Peer], list[str]]:
    """Those of the named that are installed, and a sentence for each: which one it is, or that it is not there."""
    wanted = [peer for peer in PEERS if peer.name in names]
    here = [peer for peer in wanted if peer.program.exists()]
    said = {peer.name: f"{peer.name} {peer.version()}" for peer in here}
    return here, [said.get(peer.name, f"{peer.name}: skipped, not installed: make bench-setup") for peer in wanted]
