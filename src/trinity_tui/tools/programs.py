"""Finding the programs that we run ourselves, outside of any walls: never one that lies where a command can write."""

from __future__ import annotations

import os
import shutil

USUAL_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"


def path_without(*folders: str) -> str:
    """Where programs are looked for, but for what lies in some folders: an active environment of the workspace's, say.

    Args:
        folders: Resolved.
    """
    places = os.environ.get("PATH", USUAL_PATH).split(":")
    return ":".join(place for place in places if os.path.isabs(place) and not _is_in(os.path.realpath(place), folders))


def program(name: str, *folders: str) -> str | None:
    """A program by its whole path; None where there is none outside of some folders.

    Args:
        name: Of the program.
        folders: Resolved.
    """
    found = shutil.which(name, path=path_without(*folders))
    return found if found is not None and not _is_in(os.path.realpath(found), folders) else None


def _is_in(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)
