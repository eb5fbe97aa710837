"""Puts together what an instance thinks with, from what it was started with."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from trinity_tui.core.errors import TrinityError
from trinity_tui.harness.thinking.mind import Mind
from trinity_tui.harness.thinking.thinker import Thinker
from trinity_tui.harness.thinking.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from trinity_tui.core.brain_name import BrainName
    from trinity_tui.harness.me import Me
    from trinity_tui.harness.thinking.mind import Chosen
    from trinity_tui.tools.tool import Toolbox

log = logging.getLogger("tools")


async def thinker_of(me: Me, state: Callable[[], str]) -> Thinker:
    """The thinking of an instance; its brain is looked for when it is first needed, and watched from now on."""
    tree = Tree(me)
    mind = Mind(me, me.brief.brain, lambda name: find_brain(me, name))
    thinker = Thinker(me, mind, lambda: toolboxes(me, tree), tree.catch_up, state)
    await thinker.begin()
    me.beside.append(thinker.watch)
    if tree.is_own:
        me.beside.append(tree.watch)
    return thinker


async def toolboxes(me: Me, tree: Tree) -> Sequence[Toolbox]:
    """What it may do in the workspace, beside the bus; nothing where it cannot have the worktree it is to work in."""
    try:
        worktree = await tree.make()
        return (await asyncio.to_thread(_workbench, me, worktree),)
    except (TrinityError, OSError) as error:
        log.error("no tools but the bus: %s", error)
        return ()


def _workbench(me: Me, worktree: Path | None) -> Toolbox:
    # Git, the sandbox and what goes with them are loaded once a model is there to use them.
    from trinity_tui.tools.registry import toolbox_of

    return toolbox_of(me.id, me.brief.role, me.root, me.brief.tools, worktree=worktree)


async def find_brain(me: Me, name: BrainName) -> Chosen:
    """The brain of a name, where what it needs is there."""
    # Only whoever asks for a model loads what is needed to look for one.
    from trinity_tui.brains.choose import open_brain

    return await open_brain(name, me.brief.brains)
