"""``instances.toml``: the shape of what the person writes, table by table. ``core.config_text`` makes it of a text.

The program never writes this file, except once (``core.config_example``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from trinity_tui.core import carrier
from trinity_tui.core.brains_config import BrainsConfig
from trinity_tui.core.budget import Dollars, LimitsConfig, Tokens
from trinity_tui.core.notify import NotifyConfig
from trinity_tui.core.storm import StormConfig
from trinity_tui.core.tools_config import ToolsConfig

if TYPE_CHECKING:
    from pathlib import PurePath

Durability = Literal["os", "interval", "batch", "always"]
RestartPolicy = Literal["always", "on-failure", "never"]
SpawnPolicy = Literal["auto", "zygote", "exec"]
Isolation = Literal["none", "worktree"]
Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=31_536_000)]
"""At most a year."""
Interval = Annotated[float, msgspec.Meta(ge=0.1, le=31_536_000)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Limit = Annotated[int, msgspec.Meta(ge=0)]
Nice = Annotated[int, msgspec.Meta(ge=-20, le=19)]
Replicas = Annotated[int, msgspec.Meta(ge=0, le=64)]
Megabytes = Annotated[int, msgspec.Meta(ge=0, le=1_048_576)]
Hours = Annotated[float, msgspec.Meta(ge=0, le=8_760)]
ExitCode = Annotated[int, msgspec.Meta(ge=1, le=255)]


class WorkspaceConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[workspace]``: what holds for the whole folder."""

    name: str = ""
    """How the folder is called on the screen; its own name where this is empty."""
    checks: list[str] | None = None
    """Commands the builder may run once the person allowed them; proposed for Python projects where this is missing."""
    check_seconds: Interval = 300.0
    """After how long a check is stopped."""
    orphan_ttl_seconds: Seconds = 600.0
    """How long instances go on without a coordinator; 0: for ever."""
    survey_seconds: Interval = 20.0
    """How often the explorer looks whether files changed."""
    output_bytes: Limit = 1024 * 1024 * 1024
    """What the outputs of all runs of all instances may take on the disk; 0: no limit."""


class BusConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[bus]``: how messages are kept."""

    durability: Durability = "interval"
    """``os``: survives any process; ``interval``: on disk in 100 ms; ``batch``, ``always``: before it is accepted."""
    carrier: str = carrier.FILES
    """``files``, or ``nats://HOST:PORT`` (several with commas): a NATS server with JetStream."""
    stream: str = ""
    """The stream's name on the server; ``trinity-`` and the workspace's name where this is empty."""
    credentials: str = ""
    """A file with ``user:password`` or a token for the server, so that this file need not hold it."""
    retain_hours: Hours = 720.0
    """How long messages are kept at least, as far as ``retain_bytes`` allows; 0: for ever."""
    retain_bytes: Limit = 2_147_483_648
    """Above this the oldest part of the log goes before its time; 0: no limit."""
    max_lag: Limit = 500_000
    """Messages an instance may be behind before it holds the oldest part back no more; 0: it always does."""
    compress: bool = True
    """Whether older parts of the log are kept as gzip."""


class ServeConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[serve]``: where the coordinator listens besides its socket."""

    host: str = "127.0.0.1"
    port: Port = 8900
    """On loopback, with the token, when it is free; 0: not at all."""
    computer: str = "C1"
    """How other computers call this one."""


class SwarmConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[swarm]``: how they work together."""

    propose_from: Literal["low", "normal", "high"] = "high"
    """The least severity of a finding from which the lead proposes a task."""


class BridgeConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[bridge]``: how programs take part that know nothing of this one."""

    shared_files: bool = False
    """Whether ``.shared_messages.json`` and its like stand in the workspace, for whoever reads and writes JSON."""


class HandoffConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[handoff]``: what sessions leave for the next."""

    documents: Literal["auto", "always", "never"] = "auto"
    """Whether ``SESSION_LOG.md`` and ``SESSION_BRIEFING.md`` are kept up to date; ``auto``: where they are there, or
    ``trinity init`` made the workspace."""


class MemoryConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[memory]``: how what is remembered is found."""

    embeddings: str = ""
    """A model of Ollama's that makes vectors, such as ``nomic-embed-text``: a second ranker beside the words, used once
    ``trinity memory embeddings MODEL`` found that it helps; none where this is empty."""


class RestartConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[restart]``: how patient the fleet is with instances that end by themselves."""

    first_delay_seconds: Interval = 0.5
    """After the first run that failed early; doubled with each more."""
    longest_delay_seconds: Interval = 60.0
    park_failures: Count = 8
    """So many failed runs in a row, and the instance is given up."""
    window_restarts: Count = 10
    """So many ends within ten minutes, and the instance is given up, however well it was in between."""


class InstanceConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[instances.<id>]``: one agent."""

    role: str
    brain: str = "auto"
    """``builtin``, ``auto`` (a local model where there is one), ``ollama:<model>``, ``claude:<model>`` or
    ``openai:<base_url>#<model>``."""
    persona: str = ""
    """A sentence or two about its manner and its interests."""
    enabled: bool = True
    restart: RestartPolicy = "on-failure"
    grace_seconds: Seconds = 10.0
    """How long it has to end by itself when it is stopped."""
    nice: Nice = 5
    """How much it gives way to other programs: 19 the most."""
    replicas: Replicas = 0
    """How many of it: ``<id>-1``, ``<id>-2``, …; 0: one, by this very id."""
    group: str = ""
    """What it belongs to: ``group:<name>`` means all of them. Replicas belong to their id where this is empty."""
    after: tuple[str, ...] = ()
    """It is started once these are ready: ids, or ``group:<name>``."""
    backup: str = ""
    """Who takes over when it is given up, or down for ten seconds."""
    start_seconds: Interval = 30.0
    """How long it may take to become ready."""
    max_memory_mb: Megabytes = 0
    """It is restarted when it and all it started use more; 0: no limit."""
    max_age_hours: Hours = 0.0
    """It is restarted, when it has nothing to do, once it ran this long; 0: never."""
    final_codes: tuple[ExitCode, ...] = (78, 125)
    """Exit codes after which it is not started again by itself."""
    cwd: str = ""
    """Where it runs; the workspace where this is empty. Outside of the workspace only once a person allowed it."""
    env: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    """More variables of its environment; only once a person allowed them."""
    replica_of: str = ""
    """The table it was made from; not for the file to say."""
    tokens_per_day: Tokens = 0
    """What it may use of its models in a day; 0: as ``[limits]`` says."""
    dollars_per_day: Dollars = 0.0
    """What it may spend in a day on models that cost money; 0: as ``[limits]`` says."""
    isolation: Isolation = "none"
    """``worktree``: its tools work in a git worktree of its own; ``trinity changes`` shows and accepts it."""
    spawn: SpawnPolicy = "auto"
    """``zygote``: forked from a process with its modules loaded; ``exec``: on its own; ``auto``: what works."""


class Config(msgspec.Struct, frozen=True):
    """The whole file, replicas and names resolved."""

    workspace: WorkspaceConfig = WorkspaceConfig()
    bus: BusConfig = BusConfig()
    serve: ServeConfig = ServeConfig()
    swarm: SwarmConfig = SwarmConfig()
    bridge: BridgeConfig = BridgeConfig()
    storm: StormConfig = StormConfig()
    handoff: HandoffConfig = HandoffConfig()
    memory: MemoryConfig = MemoryConfig()
    restart: RestartConfig = RestartConfig()
    brains: BrainsConfig = BrainsConfig()
    limits: LimitsConfig = LimitsConfig()
    tools: ToolsConfig = ToolsConfig()
    notify: NotifyConfig = NotifyConfig()
    instances: dict[str, InstanceConfig] = msgspec.field(default_factory=dict[str, InstanceConfig])


def carriage(config: Config, root: PurePath) -> carrier.Carriage:
    """What carries the log of a workspace.

    Args:
        config: The workspace's.
        root: Its folder, which a path in the file begins at.
    """
    stream = config.bus.stream or carrier.stream_of(config.workspace.name or root.name)
    credentials = config.bus.credentials
    if credentials and not credentials.startswith("~"):
        credentials = str(root / credentials)
    return carrier.Carriage(config.bus.carrier, stream, config.serve.computer, credentials)
