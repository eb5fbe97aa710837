"""``edit``: one place of a file, named by the text that stands there exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from trinity_tui.core.errors import ToolError
from trinity_tui.tools.write import before_of, change, changing

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.tools.ground import Ground, Plan
    from trinity_tui.tools.tool import Result


class Arguments(msgspec.Struct, frozen=True):
    """What to put where which text stands."""

    path: Annotated[str, msgspec.Meta(description="relative to the workspace")]
    old: Annotated[str, msgspec.Meta(description="the text that stands there, exactly once in the file")]
    new: Annotated[str, msgspec.Meta(description="what is to stand there instead")]


class Edit:
    """The tool."""

    name = "edit"
    description = "Replace a text that stands exactly once in a file by another one; read the file first."
    arguments = Arguments

    def plan(self, ground: Ground, arguments: Arguments) -> Plan:
        """The diff it would make."""
        place = ground.files.place(arguments.path)
        before, after = _replaced(ground, place, arguments)
        return changing(self.name, ground, place, before, after)

    async def use(self, ground: Ground, arguments: Arguments, printed: Callable[[str], None]) -> Result:
        """Replace it."""
        place = ground.files.place(arguments.path)
        after = _replaced(ground, place, arguments)[1]
        return await change(ground, place, after, self.plan(ground, arguments).diff)


def _replaced(ground: Ground, place: str, arguments: Arguments) -> tuple[str, str]:
    before = before_of(ground, place)
    if before is None:
        raise ToolError(f"{place}: there is no such file; use write")
    if not arguments.old:
        raise ToolError("old is empty: name the text that is to be replaced")
    count = before.count(arguments.old)
    if count != 1:
        where = "not there" if count == 0 else f"there {count} times; take more of what is around it"
        raise ToolError(f"{place}: the text to be replaced is {where}")
    return before, before.replace(arguments.old, arguments.new, 1)
