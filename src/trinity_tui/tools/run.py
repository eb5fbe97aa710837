"""``run``: Python code in the sandbox, with the workspace's own interpreter where it has one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import msgspec

from trinity_tui.core.errors import ToolError
from trinity_tui.core.policy import Wish
from trinity_tui.tools.ground import Plan, in_a_line
from trinity_tui.tools.shell import told, with_way_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.tools.ground import Ground
    from trinity_tui.tools.tool import Result

CODE_CHARACTERS = 100_000
_OWN = (".venv/bin/python", "venv/bin/python")


class Arguments(msgspec.Struct, frozen=True):
    """What to run."""

    code: Annotated[str, msgspec.Meta(description="Python; what it prints is the result")]


class Run:
    """The tool."""

    name = "run"
    description = "Run Python code in the workspace; only what it prints is seen."
    arguments = Arguments

    def plan(self, ground: Ground, arguments: Arguments) -> Plan:
        """The code, as a new file would be shown."""
        if not arguments.code.strip() or len(arguments.code) > CODE_CHARACTERS:
            raise ToolError(f"no code: it is empty, or longer than {CODE_CHARACTERS} characters")
        summary = in_a_line(f"python: {arguments.code.strip()}")
        # Nothing of a program's text says what another one does: each is asked for, unless a rule allows them all.
        return Plan(Wish(self.name, "run"), summary)

    async def use(self, ground: Ground, arguments: Arguments, printed: Callable[[str], None]) -> Result:
        """Run it."""
        own = (name for name in _OWN if os.access(ground.root / name, os.X_OK))
        argv = [next(own, "python3"), "{scratch}/run.py"]
        files = {"run.py": arguments.code}
        done = told(await ground.cell.run(argv, printed, files=files, env={"PYTHONPATH": str(ground.root)}))
        return with_way_out(done, ground.cell.sandbox.kind)
