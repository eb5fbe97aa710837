"""``trinity trace``: how an instance's answers came about: each exchange with its model, each call of a tool."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import put, put_json, state_of
from trinity_tui.core.errors import ClientError
from trinity_tui.core.trace import Exchange, TraceLine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trinity_tui.core.paths import Workspace

LOOK_SECONDS = 0.25
RESULT_LINES = 3
EVERYBODY = "all"
Line = tuple[str, TraceLine]
_decoder = msgspec.json.Decoder[TraceLine](TraceLine)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(trace)


def trace(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="WHO", help="An instance, or all.")],
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on showing what comes.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many of the last lines.")] = 50,
    as_json: AsJson = False,
) -> None:
    """What an instance's model was asked and said, and what its tools did, with who let them.

    Works without a coordinator. Exit codes: 4 no such instance.
    """
    workspace = state_of(context).workspace
    readers = {name: Reader(workspace.instance(name).trace) for name in _names(workspace, who)}
    kept = [(name, line) for name, reader in readers.items() for line in (*reader.put_aside(), *reader.more())]
    _show(sorted(kept, key=lambda line: line[1].at)[-limit:], as_json)
    if not (kept or follow or as_json):
        put("No model was asked yet, and no tool called.")
    while follow:
        time.sleep(LOOK_SECONDS)
        fresh = [(name, line) for name, reader in readers.items() for line in reader.more()]
        _show(sorted(fresh, key=lambda line: line[1].at), as_json)


def _names(workspace: Workspace, who: str) -> list[str]:
    try:
        known = sorted(place.name for place in workspace.instances.iterdir() if place.is_dir())
    except OSError:
        known = []
    if who == EVERYBODY:
        return known
    if who not in known:
        raise ClientError(f"there is no instance {who!r} here; there are {', '.join(known) or 'none'}", exit_code=4)
    return [who]


class Reader:
    """Reads a trace as it grows; a line that is not whole yet is read when it is.

    Args:
        path: The file, which may not be there yet, and is put aside now and then.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._inode = 0

    def put_aside(self) -> Iterator[TraceLine]:
        """The lines before the file's beginning."""
        try:
            content = self._path.with_name(f"{self._path.name}.1").read_bytes()
        except OSError:
            return
        yield from _decoded(content.splitlines())

    def more(self) -> Iterator[TraceLine]:
        """The lines since the last look."""
        if self._inode and _inode(self._path) != self._inode:
            # Put aside since: what was added before that is still to be read.
            aside = self._path.with_name(f"{self._path.name}.1")
            if _inode(aside) == self._inode:
                yield from self._rest(aside)
            self._offset = 0
        self._inode = _inode(self._path)
        yield from self._rest(self._path)

    def _rest(self, path: Path) -> Iterator[TraceLine]:
        try:
            with path.open("rb") as file:
                file.seek(self._offset)
                content = file.read()
        except OSError:
            return
        whole = content[: content.rfind(b"\n") + 1]
        self._offset += len(whole)
        yield from _decoded(whole.splitlines())


def _inode(path: Path) -> int:
    """Which file it is; 0 where there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _decoded(lines: list[bytes]) -> Iterator[TraceLine]:
    for line in lines:
        try:
            yield _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue  # Torn by a death, or written by a newer version.


def _show(lines: list[Line], as_json: bool) -> None:
    for name, line in lines:
        if as_json:
            fields: dict[str, Any] = msgspec.to_builtins(line)
            put_json({"instance": name, **fields})
        else:
            for text in _words(name, line):
                put(text)


def _words(name: str, line: TraceLine) -> Iterator[str]:
    head = f"{line.at[11:19]} {name:<14} "
    if isinstance(line, Exchange):
        used = f"{line.usage.input_tokens} in, {line.usage.output_tokens} out" if line.usage.tokens else "no figures"
        how = line.problem or (f"wants {', '.join(line.calls)}" if line.calls else line.end)
        yield f"{head}{line.brain}  {line.seconds:.1f} s  {used}  {how}"
        for text in line.left_out:
            yield f"{'':>24}left out: {text}"
        if line.text.strip():
            yield f"{'':>24}{_one_line(line.text)}"
        return
    # The person is named as such; what a rule let through names the rule.
    by = {"human": "you", "rule": line.rule}.get(line.decided_by, line.decided_by or line.rule)
    yield f"{head}{line.summary or line.tool}  {line.state} in {line.seconds:.1f} s  ({line.verdict}: {by})"
    for text in line.result.splitlines()[:RESULT_LINES]:
        yield f"{'':>24}{_one_line(text)}"


def _one_line(text: str, most: int = 120) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
