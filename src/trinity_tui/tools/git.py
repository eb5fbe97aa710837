"""``git``: looking at the repository, committing to it in the instance's name, and pushing once the person said so."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from trinity_tui.core.errors import ToolError
from trinity_tui.core.harmless_git import LOCAL, PLAIN_DIFF, git
from trinity_tui.core.policy import Wish
from trinity_tui.tools import command
from trinity_tui.tools.ground import Plan, in_a_line
from trinity_tui.tools.programs import path_without, program
from trinity_tui.tools.shell import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.policy import Action
    from trinity_tui.tools.ground import Ground
    from trinity_tui.tools.tool import Result

Doing = Literal["status", "diff", "log", "branch", "commit", "push"]
PUSH_SECONDS = 120.0
_REVISION = re.compile(r"[A-Za-z0-9_][\w./~^@{}-]*\Z")
_NAME = re.compile(r"[A-Za-z0-9_][\w./-]*\Z")
"""Of a remote or a branch: no address of its own, no option, no other name on the far side."""


class Arguments(msgspec.Struct, frozen=True):
    """What to do."""

    action: Doing
    paths: Annotated[tuple[str, ...], msgspec.Meta(description="only these; a commit needs them")] = ()
    revision: Annotated[str, msgspec.Meta(description="for diff and log: a commit, a branch, a..b")] = ""
    count: Annotated[int, msgspec.Meta(ge=1, le=200, description="for log: how many commits")] = 20
    message: Annotated[str, msgspec.Meta(description="for commit")] = ""
    remote: Annotated[str, msgspec.Meta(description="for push: the name of a remote")] = "origin"
    branch: Annotated[str, msgspec.Meta(description="for push: which branch")] = ""


class Git:
    """The tool."""

    name = "git"
    description = "Look at the repository (status, diff, log, branch), commit named files, push a branch."
    arguments = Arguments

    def plan(self, ground: Ground, arguments: Arguments) -> Plan:
        """The command, without what only makes it harmless."""
        if ground.repository is None:
            raise ToolError("this folder is no git repository")
        words = tuple(word for step in _steps(ground, arguments) for word in step)
        kinds: dict[str, Action] = {"commit": "commit", "push": "push"}
        action = kinds.get(arguments.action, "read")
        grant = (self.name, "commit") if action == "commit" else ()
        wish = Wish(self.name, action, argv=("git", *(words if action != "commit" else ("commit", *words))))
        return Plan(wish, in_a_line(_summary(arguments, words)), grant)

    async def use(self, ground: Ground, arguments: Arguments, printed: Callable[[str], None]) -> Result:
        """Do it: in the sandbox, but for a push, which needs the person's keys."""
        steps = _steps(ground, arguments)
        if arguments.action == "push":
            return told(await _outside(ground, steps[0], printed))
        is_commit = arguments.action == "commit"
        for step in steps[:-1]:
            done = await ground.cell.run(git(*step), printed, writes_git=is_commit, env=LOCAL)
            if not done.is_ok:
                return told(done)
        return told(await ground.cell.run(git(*steps[-1]), printed, writes_git=is_commit, env=LOCAL))


async def _outside(ground: Ground, step: list[str], printed: Callable[[str], None]) -> command.Outcome:
    """Run git with the person's keys, and with no program out of the folder in the place of theirs."""
    root = str(ground.root)
    found = program("git", root)
    if found is None:
        raise ToolError("git is not installed")

    def launcher(marks: dict[str, str]) -> tuple[list[str], dict[str, str]]:
        env = command.environment(os.environ) | marks | {"PATH": path_without(root)}
        return [found, *git(*step)[1:]], env

    return await command.run(git(*step), ground.root, PUSH_SECONDS, launcher=launcher, printed=printed)


def _summary(arguments: Arguments, words: tuple[str, ...]) -> str:
    if arguments.action == "commit":
        return f"git commit {' '.join(arguments.paths)}: {arguments.message}"
    return f"git {' '.join(word for word in words if word not in PLAIN_DIFF)}"


def _steps(ground: Ground, arguments: Arguments) -> list[list[str]]:
    """The commands to run, one after the other."""
    places = [ground.files.place(path) for path in arguments.paths]
    behind = ["--", *places] if places else []
    revision = [arguments.revision] if arguments.revision else []
    if revision and not _REVISION.match(arguments.revision):
        raise ToolError("that is no revision")
    match arguments.action:
        case "status":
            return [["status", "--short", "--branch", *behind]]
        case "diff":
            return [["diff", *PLAIN_DIFF, *revision, *behind]]
        case "log":
            shape = ["--oneline", "--decorate", "--no-color", f"--max-count={arguments.count}"]
            return [["log", *shape, *revision, *behind]]
        case "branch":
            return [["branch", "--list", "--all", "--verbose", "--no-color"]]
        case "commit":
            return _commit(ground, arguments, places)
        case "push":
            return [_push(arguments)]


def _commit(ground: Ground, arguments: Arguments, places: list[str]) -> list[list[str]]:
    if not arguments.message.strip() or not places:
        raise ToolError("a commit needs a message and the paths that belong to it")
    who = ["-c", f"user.name={ground.instance}", "-c", f"user.email={ground.instance}@trinity.invalid"]
    return [
        ["add", "--all", "--", *places],
        # Only these paths: what the person staged stays staged.
        [*who, "commit", "--quiet", "--only", f"--message={arguments.message}", "--", *places],
        ["log", "--oneline", "--max-count=1", "--stat", "--no-color"],
    ]


def _push(arguments: Arguments) -> list[str]:
    if not _NAME.match(arguments.remote) or not _NAME.match(arguments.branch) or ".." in arguments.branch:
        raise ToolError("a push needs the name of a remote and of a branch")
    # A remote that is no name of the repository's own would be read as an address or a path.
    if os.sep in arguments.remote:
        raise ToolError("a remote is named, not addressed")
    return ["push", "--no-verify", arguments.remote, f"refs/heads/{arguments.branch}:refs/heads/{arguments.branch}"]
