"""``search``: where a pattern stands in the workspace, by ripgrep or a child of ours; nothing hidden is searched.

Ripgrep follows what became a link since the call was judged, so it runs only where walls hold it.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from trinity_tui.core.errors import ToolError
from trinity_tui.core.paths import SHARED_FILES
from trinity_tui.core.policy import HIDDEN, Wish
from trinity_tui.tools import looking
from trinity_tui.tools.fit import fit
from trinity_tui.tools.ground import Plan, in_a_line
from trinity_tui.tools.programs import program
from trinity_tui.tools.sandbox.walls import SYSTEM, is_beneath
from trinity_tui.tools.tool import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.tools.command import Outcome
    from trinity_tui.tools.ground import Ground
    from trinity_tui.tools.sandbox.cell import Cell

PROGRAM = "rg"
LIMIT_SECONDS = 20.0
HITS = 200
LINE_CHARACTERS = 300
PATTERN_CHARACTERS = 1000
_CHILD = "looking.py"
_SKIPPED = (*HIDDEN, ".git")
_HIT = re.compile(r"[^:]+:\d+:")


class Arguments(msgspec.Struct, frozen=True):
    """What to look for, and where."""

    pattern: Annotated[str, msgspec.Meta(description="a regular expression")]
    path: Annotated[str, msgspec.Meta(description="a file or folder, relative to the workspace")] = "."
    glob: Annotated[str, msgspec.Meta(description="only files of such a name, for example *.py")] = ""
    is_literal: Annotated[bool, msgspec.Meta(description="whether the pattern is plain text")] = False


class Search:
    """The tool."""

    name = "search"
    description = "Find the lines of the workspace's files that match a pattern, each as path:line: text."
    arguments = Arguments

    def plan(self, ground: Ground, arguments: Arguments) -> Plan:
        """The pattern and the place."""
        text = arguments.pattern + arguments.glob
        if not arguments.pattern or len(text) > PATTERN_CHARACTERS or "\0" in text:
            raise ToolError(
                f"no pattern: it is empty, longer than {PATTERN_CHARACTERS} characters, or holds a zero byte"
            )
        place = ground.files.place(arguments.path)
        where = "" if place == "." else f" in {place}"
        return Plan(Wish(self.name, "read", place), in_a_line(f"search {arguments.pattern}{where}"))

    async def use(self, ground: Ground, arguments: Arguments, printed: Callable[[str], None]) -> Result:
        """Look for it."""
        place = ground.files.place(arguments.path)
        done = await _look(ground.cell, arguments, place)
        if done.code == 1 and not done.output.strip():
            return Result("nothing found", seconds=done.seconds)
        lines = done.output.splitlines()
        if done.code not in (0, 1) and not any(map(_HIT.match, lines)):
            raise ToolError(f"search: {done.problem or ' '.join(lines)[:300]}")
        lines = [line.removeprefix("./") for line in lines]
        more = [f"… {len(lines) - HITS} more lines: ask for less"] if len(lines) > HITS else []
        cut = [f"({done.problem})"] if done.problem else []
        return Result(fit("\n".join([*lines[:HITS], *more, *cut])), seconds=done.seconds)


async def _look(cell: Cell, arguments: Arguments, place: str) -> Outcome:
    ripgrep = await asyncio.to_thread(_ripgrep, cell)
    if ripgrep is not None:
        return await cell.run(_by_ripgrep(ripgrep, arguments, place), limit_seconds=LIMIT_SECONDS)
    files = {_CHILD: await asyncio.to_thread(Path(looking.__file__).read_text, encoding="utf-8")}
    return await cell.run(_by_child(arguments, place), files=files, limit_seconds=LIMIT_SECONDS)


def _ripgrep(cell: Cell) -> str | None:
    """The program, if there are walls to hold it and it is seen within them."""
    found = program(PROGRAM, str(cell.root)) if cell.sandbox.is_there else None
    if found is None or not any(is_beneath(os.path.realpath(found), seen) for seen in SYSTEM):
        return None
    return found


def _by_ripgrep(ripgrep: str, arguments: Arguments, place: str) -> list[str]:
    options = ["--no-config", "--no-follow", "--hidden", "--color=never", "--no-heading", "--line-number",
               "--with-filename", "--sort=path", "--max-count=50", f"--max-columns={LINE_CHARACTERS}",
               "--max-columns-preview", "--max-filesize=4M"]  # fmt: skip
    options += ["--fixed-strings"] if arguments.is_literal else []
    options += [f"--glob={arguments.glob}"] if arguments.glob else []
    # Last, so that no pattern before can bring them in again.
    options += [f"--iglob=!{name}" for name in (*_SKIPPED, *(f"/{name}" for name in SHARED_FILES))]
    return [ripgrep, *options, f"--regexp={arguments.pattern}", "--", place if place != "." else "./"]


def _by_child(arguments: Arguments, place: str) -> list[str]:
    order = {"pattern": arguments.pattern, "glob": arguments.glob, "is_literal": arguments.is_literal, "place": place,
             "skipped": _SKIPPED, "left_out": SHARED_FILES, "line_characters": LINE_CHARACTERS}  # fmt: skip
    return [sys.executable, "-I", "-S", f"{{scratch}}/{_CHILD}", msgspec.json.encode(order).decode()]
