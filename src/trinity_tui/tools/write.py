"""``write``: a file as a whole. What it does to the file is shown before as a diff, and done only as it was shown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import msgspec

from trinity_tui.core.errors import ToolError
from trinity_tui.core.policy import Wish
from trinity_tui.tools.difference import unified
from trinity_tui.tools.ground import Plan, in_a_line
from trinity_tui.tools.tool import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.tools.ground import Ground

TEXT_CHARACTERS = 1_000_000


class Arguments(msgspec.Struct, frozen=True):
    """What to write where."""

    path: Annotated[str, msgspec.Meta(description="relative to the workspace")]
    content: Annotated[str, msgspec.Meta(description="the whole file")]


class Write:
    """The tool."""

    name = "write"
    description = "Write a file as a whole; folders that are missing are made. To change a part of a file use edit."
    arguments = Arguments

    def plan(self, ground: Ground, arguments: Arguments) -> Plan:
        """The diff between what is there and what would be."""
        place = ground.files.place(arguments.path)
        if place == ".":
            raise ToolError("that is the workspace itself, not a file")
        return changing(self.name, ground, place, before_of(ground, place), arguments.content)

    async def use(self, ground: Ground, arguments: Arguments, printed: Callable[[str], None]) -> Result:
        """Write it."""
        place = ground.files.place(arguments.path)
        return await change(ground, place, arguments.content, self.plan(ground, arguments).diff)


def before_of(ground: Ground, place: str) -> str | None:
    """The text that is there; None where there is no file.

    Raises:
        ToolError: It is no text of a length that can be compared.
    """
    try:
        return ground.files.read(place, TEXT_CHARACTERS).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ToolError(f"{place} is no UTF-8 text") from error
    except ToolError as error:
        if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
            return None
        raise


def changing(tool: str, ground: Ground, place: str, before: str | None, after: str) -> Plan:
    """What changing a file would do.

    Raises:
        ToolError: The new text is too long, or holds what is no character.
    """
    if len(after) > TEXT_CHARACTERS:
        raise ToolError(f"more than {TEXT_CHARACTERS} characters at once")
    try:
        after.encode()
    except UnicodeEncodeError as error:
        raise ToolError("the text holds what is no character") from error
    diff = unified(before or "", after, place, is_new=before is None)
    added, removed = (sum(line.startswith(sign) for line in diff.splitlines()[2:]) for sign in "+-")
    kind = "new file" if before is None else "the same" if before == after else f"+{added} -{removed}"
    folder = place.rpartition("/")[0] or "."
    return Plan(Wish(tool, "write", place), in_a_line(f"{tool} {place}: {kind}"), ("write", folder), diff)


async def change(ground: Ground, place: str, after: str, diff: str) -> Result:
    """Make the file so; who else is on it is said with the result."""
    await asyncio.to_thread(ground.files.write, place, after.encode())
    advice = "" if ground.is_isolated else await asyncio.to_thread(ground.leases.take, place)
    return Result(f"{place} is written." + (f"\n{advice}" if advice else ""), diff=diff)
