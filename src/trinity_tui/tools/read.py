"""``read``: the lines of a file, numbered; of a folder the names in it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import msgspec

from trinity_tui.core.errors import ToolError
from trinity_tui.core.policy import HIDDEN, Wish
from trinity_tui.tools.fit import fit
from trinity_tui.tools.ground import Plan, in_a_line
from trinity_tui.tools.tool import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.tools.ground import Ground

LINES = 400
LINE_CHARACTERS = 2000
_NAMES = 500


class Arguments(msgspec.Struct, frozen=True):
    """Which lines of which file."""

    path: Annotated[str, msgspec.Meta(description="relative to the workspace")]
    first: Annotated[int, msgspec.Meta(ge=1, description="first line, from 1")] = 1
    lines: Annotated[int, msgspec.Meta(ge=1, description=f"how many lines, at most {LINES}")] = LINES


class Read:
    """The tool."""

    name = "read"
    description = "Read the lines of a file, or list a folder."
    arguments = Arguments

    def plan(self, ground: Ground, arguments: Arguments) -> Plan:
        """Where the path leads."""
        place = ground.files.place(arguments.path)
        return Plan(Wish(self.name, "read", place), in_a_line(f"read {place}"))

    async def use(self, ground: Ground, arguments: Arguments, printed: Callable[[str], None]) -> Result:
        """The lines, each with its number."""
        place = ground.files.place(arguments.path)
        if ground.files.is_folder(place):
            return Result(await asyncio.to_thread(_listed, ground, place))
        content = await asyncio.to_thread(ground.files.read, place)
        if b"\0" in content[:8192]:
            raise ToolError(f"{place} is no text: {len(content)} bytes")
        lines = content.decode("utf-8", "replace").splitlines()
        first, count = arguments.first, min(arguments.lines, LINES)
        shown = lines[first - 1 : first - 1 + count]
        if not shown:
            raise ToolError(f"{place} has {len(lines)} lines" if lines else f"{place} is empty")
        numbered = [f"{first + at}\t{line[:LINE_CHARACTERS]}" for at, line in enumerate(shown)]
        rest = len(lines) - (first - 1 + len(shown))
        more = f"\n… {rest} more lines, from {first + len(shown)} on" if rest > 0 else ""
        return Result(fit("\n".join(numbered)) + more)


def _listed(ground: Ground, place: str) -> str:
    names = [name for name in ground.files.names(place) if name.rstrip("/").casefold() not in HIDDEN]
    rest = [f"… {len(names) - _NAMES} more"] if len(names) > _NAMES else []
    return fit("\n".join([*names[:_NAMES], *rest]) or "(empty)")
