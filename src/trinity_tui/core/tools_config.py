"""``[tools]``: what the tools of instances may do, and within which limits."""

from __future__ import annotations

from typing import Annotated

import msgspec

Rules = tuple[str, ...]
Seconds = Annotated[float, msgspec.Meta(ge=0.1, le=86_400)]
Megabytes = Annotated[int, msgspec.Meta(ge=64, le=1_048_576)]
Processes = Annotated[int, msgspec.Meta(ge=4, le=100_000)]

Files = Annotated[int, msgspec.Meta(ge=1000, le=100_000_000)]


class ToolsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[tools]``: rules such as ``shell git status``, ``write docs/**``, ``role:builder run``; and limits."""

    deny: Rules = ()
    """Never, whatever else is said."""
    ask: Rules = ()
    """Only with the person's word, even where a rule below or the role would allow it."""
    allow: Rules = ()
    """Without asking; counts only once the person trusted this file."""
    seconds: Seconds = 120.0
    """After how long a command is stopped."""
    memory_mb: Megabytes = 2048
    """What a command and all it started may use together."""
    processes: Processes = 128
    """How many processes a command may have at once."""
    file_mb: Megabytes = 512
    """How large a file a command may write."""
    disk_mb: Megabytes = 8192
    """How much a command may write altogether."""
    disk_files: Files = 500_000
    """How many files and folders a command may make or change."""
    network: bool = False
    """Whether commands reach the network."""
