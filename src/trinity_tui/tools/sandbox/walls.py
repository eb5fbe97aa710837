"""Which walls a command works within: what it reads, changes and never sees. What builds them is elsewhere.

Nothing is seen that is not named: of the system its programs and libraries, of the user's home the places compilers and
interpreters live in, of the workspace all but what is hidden.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.paths import is_shared
from trinity_tui.core.policy import FROZEN, HIDDEN
from trinity_tui.tools.sandbox.nested import nested

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trinity_tui.tools.sandbox.scratch import Scratch

SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt", "/nix", "/gnu", "/sys", "/snap",
)  # fmt: skip
SECRET_IN_ETC = (
    "shadow", "shadow-", "gshadow", "gshadow-", "sudoers", "sudoers.d", "ssh", "ssl/private", "NetworkManager",
    "wireguard", "krb5.keytab", "letsencrypt", "docker", "kubernetes", "rancher", "cloud",
)  # fmt: skip
TOOLCHAINS = (
    ".local/bin", ".local/share/uv", ".local/share/mise", ".local/share/pnpm", ".local/lib", ".pyenv", ".asdf", ".nvm",
    ".volta", ".bun", ".deno", ".cargo/bin", ".cargo/registry", ".rustup", ".sdkman", ".rbenv", "go",
)  # fmt: skip
SECRET_AT_HOME = (
    ".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".netrc", ".npmrc", ".pypirc", ".git-credentials",
    ".password-store", ".local/share/keyrings", ".local/share/uv/credentials", ".config", ".local/state/trinity",
    ".cargo/credentials.toml", ".bash_history", ".zsh_history", ".python_history", ".mozilla", ".thunderbird",
)  # fmt: skip
"""Hidden even where the home itself is the workspace."""
PLACEHOLDERS = (".git", "coordination")
"""What of the frozen is a folder, and kept from being made by an empty one."""


class Walls(msgspec.Struct, frozen=True):
    """What a command works within; absolute paths."""

    root: str
    """Where it works."""
    read: tuple[str, ...]
    write: tuple[str, ...]
    frozen: tuple[str, ...]
    """Within what is written, but only read."""
    absent: tuple[str, ...]
    """Folders within what is written that are not there, and cannot be made."""
    hidden: tuple[str, ...]
    """Within what is read or written, but not seen."""
    scratch: str
    """A folder of this command alone, for what it would put into /tmp and its home."""
    shared: str
    """Another one, for what its programs share by ``/dev/shm``."""
    has_network: bool = False


def walls_of(
    root: Path,
    scratch: Scratch,
    *,
    home: Path,
    has_network: bool,
    repository: Path | None = None,
    writes_git: bool = False,
) -> Walls:
    """The walls of one command.

    Args:
        root: What it works in, resolved: the workspace, or a worktree of its own.
        scratch: The folder of this command alone.
        home: The user's.
        has_network: Whether it reaches the network.
        repository: Where git keeps what belongs to the root, if that lies outside of it or is to be written.
        writes_git: Whether it may change the repository: for git itself.
    """
    frozen = [root / name for name in FROZEN]
    write = [root]
    read = [*map(str, SYSTEM), *(str(home / name) for name in TOOLCHAINS), sys.prefix, sys.base_prefix]
    if repository is not None:
        if writes_git:
            frozen = [place for place in frozen if place.name != ".git"]
            write.append(repository)
        else:
            read.append(str(repository))
    hidden = [root / name for name in HIDDEN]
    hidden += _shared(root)
    hidden += map(Path, nested(str(root)))
    hidden += [home / name for name in SECRET_AT_HOME]
    places = [*(f"/etc/{name}" for name in SECRET_IN_ETC), *map(str, hidden)]
    return Walls(
        root=str(root),
        read=tuple(place for place in dict.fromkeys(read) if os.path.lexists(place)),
        write=tuple(map(str, write)),
        frozen=tuple(str(place) for place in frozen if os.path.lexists(place)),
        absent=tuple(str(place) for place in frozen if place.name in PLACEHOLDERS and not os.path.lexists(place)),
        hidden=tuple(place for place in places if os.path.lexists(place)),
        scratch=scratch.tmp,
        shared=scratch.shm,
        has_network=has_network,
    )


def _shared(root: Path) -> list[Path]:
    """The files for other programs: whoever writes into them speaks as one from outside."""
    try:
        return [root / name for name in os.listdir(root) if is_shared(name)]
    except OSError:
        return []


def is_beneath(path: str, folder: str) -> bool:
    """Whether a path is the folder or lies in it, both without links and dots."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def granted(folder: str, without: Sequence[str]) -> list[str]:
    """The largest places within a folder in which nothing of ``without`` lies; the folder itself where nothing does."""
    if folder in without:
        return []
    inside = [place for place in without if is_beneath(place, folder)]
    if not inside:
        return [folder]
    try:
        with os.scandir(folder) as entries:
            # What a link leads to is granted where it lies, or not at all.
            return [place for entry in entries if not entry.is_symlink() for place in granted(entry.path, inside)]
    except OSError:
        return []


def all_granted(folders: Iterable[str], without: Sequence[str]) -> list[str]:
    """The same of several folders."""
    return [place for folder in folders for place in granted(folder, without)]
