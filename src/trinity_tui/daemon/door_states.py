"""``.instance_{id}_state.json``: how each instance is, for whoever reads JSON; written when that changes.

The file is the instance's: what others put in besides stays, what they change is set right with its next
change. One that holds no object is left as it is.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from trinity_tui.core.door import DamagedArray, decode
from trinity_tui.store import document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Row = dict[str, Any]


class States:
    """The state files of a workspace.

    Args:
        root: Where they stand.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._written: dict[str, Row] = {}

    def write(self, rows: Mapping[str, Row]) -> None:
        """Have each instance's file say this; who is there no more has none.

        Raises:
            StoreError: One cannot be written.
        """
        for name in [name for name in self._written if name not in rows]:
            del self._written[name]
            with suppress(OSError):
                self._path(name).unlink()
        for name, row in rows.items():
            if self._written.get(name) != row:
                self._write(self._path(name), {"instance_id": name, **row})
                self._written[name] = row

    def _path(self, name: str) -> Path:
        return self._root / f".instance_{name}_state.json"

    def _write(self, path: Path, row: Row) -> None:
        try:
            found: object = decode(path.read_bytes()) if path.is_file() and not path.is_symlink() else {}
        except (OSError, DamagedArray):
            return
        if isinstance(found, dict):
            document.write(path, cast("Row", found) | row, durable=False)
