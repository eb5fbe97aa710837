"""Which peers there are, what each needs to be installed, and what an accepted message of its has survived."""

from __future__ import annotations

import importlib
import importlib.util
import shutil
from typing import TYPE_CHECKING, cast

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trinity_tui.bench.peers.port import Port

OURS = "trinity"


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

    name: str
    module: str
    """In this package."""
    port: str
    """The class in it."""
    durability: str
    needs: tuple[str, ...] = ()
    """Python packages, as they are imported."""
    server: str = ""
    """The program of its server; empty for none."""
    fans_out: bool = True
    """Whether several readers can each have everything."""
    pace: int = 1
    """How many messages of ours one of its stands for, so that every peer runs about as long."""

    def missing(self) -> str:
        """What is not installed of it; empty when all is."""
        packages = [name for name in self.needs if importlib.util.find_spec(name) is None]
        programs = [self.server] if self.server and shutil.which(self.server) is None else []
        return ", ".join(packages + programs)

    def count(self, messages: int) -> int:
        """How many messages to measure it with where ours are measured with so many."""
        return max(20, messages // self.pace)


PEERS = (
    Peer(
        name=OURS, module="ours", port="Ours",
        durability="in the log when accepted: survives kill -9; on the disk within 0.1 s",
    ),
    Peer(
        name="jetstream", module="jetstream", port="JetStream", needs=("nats",), server="nats-server", pace=10,
        durability="in the server's file store when acknowledged; on the disk within 2 min (its default)",
    ),
    Peer(
        name="redis", module="redis_streams", port="RedisStreams", needs=("redis", "hiredis"), server="redis-server",
        pace=8, durability="in the append-only file when answered; on the disk within 1 s (everysec, its default)",
    ),
    Peer(
        name="persist-queue", module="persist_queue", port="PersistQueue", needs=("persistqueue",), fans_out=False,
        pace=50, durability="committed to SQLite when accepted, by its default settings",
    ),
    Peer(
        name="litequeue", module="lite_queue", port="LiteQueue", needs=("litequeue",), fans_out=False,
        pace=20, durability="committed to SQLite (WAL, NORMAL) when accepted",
    ),
    Peer(
        name="sqlite", module="sqlite_log", port="SqliteLog",
        pace=2, durability="committed to SQLite (WAL, NORMAL) when accepted",
    ),
    Peer(
        name="json-array", module="json_array", port="JsonArray", pace=100,
        durability="renamed into place when accepted, not synced",
    ),
)  # fmt: skip
NAMES = tuple(peer.name for peer in PEERS if peer.name != OURS)


def find(name: str) -> Peer:
    """The peer of a name."""
    return next(peer for peer in PEERS if peer.name == name)


def choose(names: Iterable[str]) -> tuple[list[Peer], list[str]]:
    """Those of the named peers that are installed, and a sentence for each that is not."""
    wanted = [find(name) for name in names]
    here = [peer for peer in wanted if not peer.missing()]
    return here, [f"{peer.name}: skipped, not installed: {peer.missing()}" for peer in wanted if peer.missing()]


def open_port(name: str, place: str) -> Port:
    """A peer's way to a place."""
    peer = find(name)
    module = importlib.import_module(f"trinity_tui.bench.peers.{peer.module}")
    return cast("Callable[[str], Port]", getattr(module, peer.port))(place)
