"""What every tool stands on: whose it is, what it works in, what holds its commands. And what a tool is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from trinity_tui.core.errors import ToolError
from trinity_tui.core.policy import Wish
from trinity_tui.core.tools_config import ToolsConfig
from trinity_tui.tools.confine import Confined
from trinity_tui.tools.leases import Leases
from trinity_tui.tools.sandbox.cell import Cell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trinity_tui.tools.tool import Result

SUMMARY_CHARACTERS = 300


class Ground(msgspec.Struct, frozen=True):
    """What the tools of one instance work in."""

    instance: str
    role: str
    root: Path
    """The workspace, or a worktree of its own."""
    is_isolated: bool
    config: ToolsConfig
    files: Confined
    cell: Cell
    leases: Leases
    repository: Path | None
    """Where git keeps what belongs to the root; None where the root is no repository."""


class Plan(msgspec.Struct, frozen=True):
    """What a call would do."""

    wish: Wish
    summary: str
    grant: tuple[str, ...] = ()
    diff: str = ""


class Tool(Protocol):
    """One tool."""

    name: str
    description: str
    """For the model: when to use it, in a sentence or two."""

    @property
    def arguments(self) -> type[msgspec.Struct]:
        """The shape of what it is called with."""
        ...

    def plan(self, ground: Ground, arguments: Any) -> Plan:
        """What a call with these arguments would do; nothing is done.

        Raises:
            ToolError: It cannot be done.
        """
        ...

    async def use(self, ground: Ground, arguments: Any, printed: Callable[[str], None]) -> Result:
        """Do it.

        Raises:
            ToolError: It cannot be done.
        """
        ...


def understood(tool: Tool, arguments: Mapping[str, Any]) -> msgspec.Struct:
    """The arguments of a call as the tool knows them; a number in quotes is one.

    Raises:
        ToolError: They are none of this tool's.
    """
    known = {field.name for field in msgspec.structs.fields(tool.arguments)}
    strange = sorted(set(arguments) - known)
    if strange:
        raise ToolError(f"{tool.name} has no argument {strange[0]!r}; it has {', '.join(sorted(known))}")
    try:
        return msgspec.convert(dict(arguments), tool.arguments, strict=False)
    except msgspec.ValidationError as error:
        raise ToolError(f"{tool.name}: {error}") from error


def in_a_line(text: str) -> str:
    """A text as it may stand in a summary: one line, nothing that steers a terminal, cut."""
    line = "".join(c if c.isprintable() else " " if c in "\n\t" else "·" for c in text)
    return line if len(line) <= SUMMARY_CHARACTERS else line[: SUMMARY_CHARACTERS - 1] + "…"
