"""What a person wrote in a workspace and has not sent: kept for the next screen, for their eyes only.

Two screens of one workspace that write at the same moment keep the drafts of the later one.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from trinity_tui.core.errors import StoreError
from trinity_tui.store import document
from trinity_tui.store.private import make_private

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DRAFTS_MOST = 100
CHARACTERS_MOST = 100_000


def file_of(root: Path) -> Path:
    """Where the drafts of a workspace lie: not in it, where tools and git would meet them."""
    from platformdirs import user_state_path

    digest = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    return user_state_path("trinity") / "drafts" / f"{digest}.json"


def load(file: Path) -> dict[str, str]:
    """The drafts by whom they are to; none where they cannot be read."""
    try:
        return document.read(file, dict[str, str]) or {}
    except StoreError:
        return {}


def save(file: Path, texts: Mapping[str, str]) -> None:
    """Keep these drafts instead of those before; reads and writes files.

    Raises:
        StoreError: They cannot be written; those before are still there.
    """
    kept = {to: text for to, text in texts.items() if text.strip() and len(text) <= CHARACTERS_MOST}
    make_private(file.parent)
    document.write(file, dict(list(kept.items())[-DRAFTS_MOST:]), durable=False)
