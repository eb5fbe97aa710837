"""``trinity handoff``: the four tiers: whether they are in order, what a fresh instance is told, what sessions left."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from trinity_tui.cli.grammar import AsJson, add_group
from trinity_tui.cli.shared import put, put_json, read_config, state_of, tell
from trinity_tui.core import address
from trinity_tui.core.errors import ClientError
from trinity_tui.core.told import counted

if TYPE_CHECKING:
    from trinity_tui.core.handoff.document import Handoff, Section
    from trinity_tui.core.handoff.problems import Problem
    from trinity_tui.core.paths import Workspace
    from trinity_tui.handoff.sessions import Sessions

PASS_SECONDS = 90.0


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = {"show": show, "check": check, "brief": brief, "log": log, "pass": pass_on}
    add_group(app, "handoff", "What sessions leave for the next: show, check, brief, log.", commands)


def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Where the four tiers stand, and what each is made of.

    Works without a coordinator.
    """
    found = _read(state_of(context).workspace)
    if as_json:
        put_json([_told(document.path, document.tier, document.sections) for document in found.documents])
        return
    for document in found.documents:
        titles = ", ".join(section.title for section in document.sections if section.level <= 2)
        put(f"{document.tier:<10} {document.path:<36} {len(document.text.split()):>6} words  {titles}")
    put(f"{'log':<10} {counted(len(found.entries), 'session or note', 'sessions and notes')}")


def check(context: typer.Context, as_json: AsJson = False) -> None:
    """Whether the four tiers say what a fresh instance needs; file and line of what does not.

    Works without a coordinator. Exit codes: 1 errors or warnings; notes are none.
    """
    from trinity_tui.core.handoff import checks

    problems = checks.check(_read(state_of(context).workspace))
    failing = [problem for problem in problems if problem.severity in checks.FAILING]
    if as_json:
        put_json([msgspec.to_builtins(problem) for problem in problems])
    else:
        for problem in problems:
            put(f"{problem.place}: {problem.severity}: {problem.text} [{problem.rule}]")
        put(f"{len(failing)} to see to." if failing else _in_order(problems))
    raise typer.Exit(1 if failing else 0)


def _in_order(problems: list[Problem]) -> str:
    is_begun = all(problem.rule != "missing-tier" for problem in problems)
    return "The four tiers are in order." if is_begun else "Nothing is wrong."


def brief(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="WHO", help="An instance.")],
    window: Annotated[
        int | None, typer.Option(min=256, help="Of the model, in tokens; else that of the instance's brain.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What an instance that starts now is told of the four tiers, and what is left out.

    Works without a coordinator. Exit codes: 4 no such instance.
    """
    from trinity_tui.handoff.told import told
    from trinity_tui.memory import standing

    workspace = state_of(context).workspace
    config = read_config(workspace)
    if who not in config.instances:
        near = address.nearest(who, config.instances)
        raise ClientError(f"there is no instance {who}", 4, f"Did you mean {near}?" if near else "")
    handoff = standing.of_handoff(workspace.memory_index, _read(workspace), time.time())
    found = told(workspace.root, config, who, handoff, window)
    if as_json:
        put_json(msgspec.to_builtins(found))
        return
    for part in found.parts:
        for line in part.text.split("\n"):
            put(line)
        put()
    for text in found.left_out:
        tell(f"left out: {text}")


def pass_on(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="WHO", help="Who stops.")],
    to: Annotated[str, typer.Option(metavar="WHO2", help="Who goes on with its work; started where it does not run.")],
    as_json: AsJson = False,
) -> None:
    """Have one instance go on with the work of another: with its session, and its tasks.

    Exit codes: 4 no such instance, 5 WHO2 does not become ready, and nobody stopped.
    """
    from trinity_tui.client import api

    done = api.call(
        state_of(context).workspace, "POST", "/hand_over", {"who": who, "to": to}, timeout_seconds=PASS_SECONDS
    )
    put_json(done) if as_json else put(f"{to} goes on with the work of {who}")


def log(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many of the last.")] = 10,
    as_json: AsJson = False,
) -> None:
    """What the last sessions did and left, oldest first.

    Works without a coordinator.
    """
    from trinity_tui.handoff import find

    workspace = state_of(context).workspace
    versions = _sessions(workspace).shown()
    entries = find.read(workspace.root, versions, limit).entries
    for entry in entries:
        if as_json:
            place = {"file": entry.document.path, "line": entry.document.first_line}
            put_json({"id": entry.id, "ts": entry.moment, **place, "text": entry.document.text})
        else:
            for line in entry.document.text.split("\n"):
                put(line)
            put()


def _read(workspace: Workspace) -> Handoff:
    from trinity_tui.handoff import find

    return find.read(workspace.root, _sessions(workspace).shown())


def _sessions(workspace: Workspace) -> Sessions:
    from trinity_tui.handoff.sessions import Sessions

    return Sessions(workspace.root, read_config(workspace).serve.computer)


def _told(path: str, tier: str, sections: tuple[Section, ...]) -> dict[str, Any]:
    return {"file": path, "tier": tier, "sections": [{"title": one.title, "line": one.line} for one in sections]}
