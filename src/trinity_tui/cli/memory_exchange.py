"""``trinity memory export`` and ``import``: what is known to and from other programs, as JSON lines."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.memory_index import index_of
from trinity_tui.cli.shared import put, put_json, state_of, tell
from trinity_tui.client import api
from trinity_tui.core.errors import ClientError
from trinity_tui.core.told import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trinity_tui.core.paths import Workspace

CHUNK = 1_000
"""So many lines of a file are taken in at once."""
CHUNK_SECONDS = 600.0


def export(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Where to; else stdout.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was superseded, taken back or is over, and what did that.")
    ] = False,
) -> None:
    """The memory as JSON lines, in the order it was said. Works without a coordinator."""
    from trinity_tui.memory.exchange import exported

    with index_of(state_of(context).workspace) as index:
        lines = exported(index, time.time(), everything=everything)
        if file is None:
            for line in lines:
                sys.stdout.write(line.decode() + "\n")
            return
        number = _write(file, lines)
    tell(f"{counted(number, 'line')} in {file}")


def _write(file: Path, lines: Iterator[bytes]) -> int:
    number = 0
    try:
        with file.open("wb") as target:
            for number, line in enumerate(lines, 1):  # noqa: B007 - the last of them is the count
                target.write(line + b"\n")
    except OSError as error:
        raise ClientError(f"{file} could not be written: {error.strerror or error}") from error
    return number


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help='JSON lines; {"text": "…"} is enough for one.')],
    as_json: AsJson = False,
) -> None:
    """Take in records from a file, in its order; the same file taken in twice says everything once.

    Lines that are none are named and passed over; exit code 1 where there were any.
    """
    try:
        # What is damaged in one line shows in that one; the others are as good as before.
        lines = file.read_text("utf-8", "replace").split("\n")
    except OSError as error:
        raise ClientError(f"{file} could not be read: {error.strerror or error}", 2) from error
    told = _taken(state_of(context).workspace, lines)
    if as_json:
        put_json(told)
    else:
        for one in told["refused"]:
            tell(f"{file}:{one['line']}: {one['problem']}")
        put(f"{counted(told['taken'], 'record')}, {told['new']} of them new" + _refused(told))
    raise typer.Exit(1 if told["refused"] else 0)


def _taken(workspace: Workspace, lines: list[str]) -> dict[str, Any]:
    told: dict[str, Any] = {"taken": 0, "new": 0, "refused": []}
    now, show_progress = time.time(), _progress()
    for start in range(0, len(lines), CHUNK):
        body = {"lines": lines[start : start + CHUNK], "first": start + 1, "now": now}
        done = api.call(workspace, "POST", "/memory/import", body, CHUNK_SECONDS)
        told = {name: told[name] + done[name] for name in told}
        show_progress(f"{min(start + CHUNK, len(lines))} of {counted(len(lines), 'line')}")
    show_progress("")
    return told


def _refused(told: dict[str, Any]) -> str:
    return f"; no record: {counted(len(told['refused']), 'line')}" if told["refused"] else ""


def _progress() -> Callable[[str], None]:
    if not sys.stderr.isatty():
        return lambda words: None

    def show_progress(words: str) -> None:
        sys.stderr.write(f"\r{words}\x1b[K")
        sys.stderr.flush()

    return show_progress
