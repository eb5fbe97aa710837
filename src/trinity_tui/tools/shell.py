"""``shell``: a command in the sandbox; where its text needs a shell it gets one, and is always asked for."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Annotated

import msgspec

from trinity_tui.core.errors import ToolError
from trinity_tui.core.policy import Wish, grant_of, is_shell_text, is_wrapped
from trinity_tui.tools.fit import fit
from trinity_tui.tools.ground import Plan, in_a_line
from trinity_tui.tools.tool import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.tools.command import Outcome
    from trinity_tui.tools.ground import Ground
    from trinity_tui.tools.sandbox.cell import Kind

COMMAND_CHARACTERS = 8192

TOP_OF_FOLDER = (
    "(Under Landlock a command adds, renames and removes nothing at the top of the folder; $TMPDIR is free. Make a new"
    " entry there with write, a folder by a file in it, and commands can work in it from then on. With bubblewrap"
    " installed there is no such limit.)"
)
_REFUSED = re.compile(r"permission denied|PermissionError|EACCES", re.IGNORECASE)


class Arguments(msgspec.Struct, frozen=True):
    """What to run."""

    command: Annotated[str, msgspec.Meta(description="a program and its arguments; pipes and such need the person")]


class Shell:
    """The tool."""

    name = "shell"
    description = "Run a command in the workspace, without a network and without the person's files and keys."
    arguments = Arguments

    def plan(self, ground: Ground, arguments: Arguments) -> Plan:
        """The command, and whether it hides what it runs."""
        argv = parsed(arguments.command)
        is_push = "git" in argv[:1] and "push" in argv
        # Such a text shows all it runs only to a shell.
        is_hidden = is_shell_text(arguments.command) or is_wrapped(argv)
        wish = Wish(self.name, "push" if is_push else "run", argv=argv, is_wrapped=is_hidden)
        is_granted = ground.cell.sandbox.is_there and not is_push and not is_hidden
        grant = grant_of(self.name, argv) if is_granted else ()
        return Plan(wish, in_a_line(f"$ {arguments.command}"), grant)

    async def use(self, ground: Ground, arguments: Arguments, printed: Callable[[str], None]) -> Result:
        """Run it."""
        done = told(await ground.cell.run(parsed(arguments.command), printed))
        return with_way_out(done, ground.cell.sandbox.kind)


def parsed(command: str) -> tuple[str, ...]:
    """The argv of a command's text; a shell's where it needs one.

    Raises:
        ToolError: It is none.
    """
    if len(command) > COMMAND_CHARACTERS or "\0" in command:
        raise ToolError(f"no command: longer than {COMMAND_CHARACTERS} characters, or with a zero byte")
    if is_shell_text(command):
        return ("sh", "-c", command)
    try:
        argv = tuple(shlex.split(command))
    except ValueError as error:
        raise ToolError(f"no command: {error}") from error
    if not argv or not argv[0]:
        raise ToolError("no command: it is empty")
    return argv


def with_way_out(done: Result, kind: Kind) -> Result:
    """What may have been refused for the lack of a better sandbox, with what to do about it."""
    if kind != "landlock" or not done.is_error or not _REFUSED.search(done.text):
        return done
    return msgspec.structs.replace(done, text=f"{done.text}\n{TOP_OF_FOLDER}")


def told(done: Outcome) -> Result:
    """How a command went, for the model."""
    if done.problem:
        head = done.problem
    elif (done.code or 0) < 0:
        head = f"ended by signal {-(done.code or 0)}"
    else:
        head = f"exit code {done.code}"
    return Result(fit(f"{head}\n{done.output}".rstrip()), not done.is_ok, seconds=done.seconds)
