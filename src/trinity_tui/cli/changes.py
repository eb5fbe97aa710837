"""``trinity changes``: what an instance did in a worktree of its own, to be looked at, taken over or thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import put, put_json, read_config, state_of
from trinity_tui.core.address import nearest
from trinity_tui.core.errors import ClientError
from trinity_tui.core.told import counted

if TYPE_CHECKING:
    from trinity_tui.tools.worktree import Worktree


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(changes)


def changes(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="ID", help='An instance with isolation = "worktree".')],
    accept: Annotated[
        bool, typer.Option("--accept", help="Take them over into your files, if they go in cleanly.")
    ] = False,
    discard: Annotated[
        bool, typer.Option("--discard", help="Throw them away; it begins again from your last commit.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what an instance changed in its own worktree; neither your index nor your branch is touched.

    Exit codes: 1 it does not go in cleanly, 4 nobody of that name, or it has no worktree.
    """
    if accept and discard:
        raise ClientError("--accept and --discard cannot both be meant", 2)
    tree = _tree_of(context, who)
    if discard:
        tree.discard()
        put_json({"instance": who, "discarded": True}) if as_json else put(f"thrown away: what {who} changed")
    elif accept:
        files = [_shown(name) for name in tree.accept()]
        put_json({"instance": who, "accepted": files}) if as_json else _tell(files)
    else:
        _show(who, _shown(tree.diff()), as_json)


def _tree_of(context: typer.Context, who: str) -> Worktree:
    from trinity_tui.tools.worktree import Worktree

    workspace = state_of(context).workspace
    instances = read_config(workspace).instances
    if who not in instances:
        near = nearest(who, instances)
        raise ClientError(f"there is no instance {who}", 4, f"Did you mean {near}?" if near else "")
    tree = Worktree(workspace.root, who)
    if not tree.is_there:
        hint = 'Give it isolation = "worktree" in instances.toml.'
        raise ClientError(f"{who} has no worktree", 4, "" if instances[who].isolation == "worktree" else hint)
    return tree


def _show(who: str, diff: str, as_json: bool) -> None:
    if as_json:
        put_json({"instance": who, "diff": diff})
        return
    for line in diff.splitlines() or [f"{who} changed nothing"]:
        put(line)


def _tell(files: list[str]) -> None:
    for name in files:
        put(name)
    put(f"taken over: {counted(len(files), 'file')}, not committed")


def _shown(text: str) -> str:
    """Names and texts that are no UTF-8, as they can be written."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
