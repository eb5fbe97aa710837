"""The index of what is known, as a command has it: the coordinator's, or brought up to the files by itself."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import put, put_json, state_of
from trinity_tui.client import api, found
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from collections.abc import Generator

    from trinity_tui.core.paths import Workspace
    from trinity_tui.memory.index import Index

REINDEX_SECONDS = 600.0


@contextmanager
def index_of(workspace: Workspace, *, is_anew: bool = False) -> Generator[Index]:
    """The index as of now, whether a coordinator keeps it or not.

    Args:
        workspace: Whose.
        is_anew: Whether it is made of the files alone, where no coordinator runs.

    Raises:
        ClientError: Nothing was remembered there (4).
    """
    from trinity_tui.memory.index import Index

    is_kept = found.find(workspace) is not None
    if not is_kept and not workspace.runtime.is_dir():
        raise ClientError(f"nothing was remembered in {workspace.root} yet", 4, "`trinity` starts a fleet there.")
    index = Index.open(workspace.memory_index, read_only=is_kept)
    try:
        if not is_kept:
            files = workspace.memory.glob("*.jsonl")
            _ = index.rebuild(files) if is_anew else index.catch_up(files)
        yield index
    finally:
        index.close()


def reindex(context: typer.Context, as_json: AsJson = False) -> None:
    """Make the index anew from the files of lines; it is done by itself where the index is gone or damaged."""
    workspace = state_of(context).workspace
    if found.find(workspace) is not None:
        done = api.call(workspace, "POST", "/memory/reindex", {}, REINDEX_SECONDS)
    else:
        started = time.monotonic()
        with index_of(workspace, is_anew=True) as index:
            (lines,) = index.query("SELECT count(*) FROM lines")[0]
        done = {"lines": lines, "seconds": round(time.monotonic() - started, 3)}
    put_json(done) if as_json else put(f"{done['lines']} lines indexed in {done['seconds']:.1f} s")
