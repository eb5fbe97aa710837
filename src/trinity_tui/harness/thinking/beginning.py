"""Puts together what an instance thinks with, from what it was started with."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from trinity_tui.core.errors import TrinityError
from trinity_tui.harness.thinking.mind import Mind
from trinity_tui.harness.thinking.thinker import Thinker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trinity_tui.core.brain_name import BrainName
    from trinity_tui.harness.me import Me
    from trinity_tui.harness.thinking.mind import Chosen
    from trinity_tui.tools.tool import Toolbox

log = logging.getLogger("tools")


async def thinker_of(me: Me, state: Callable[[], str]) -> Thinker:
    """The thinking of an instance; its brain is looked for when it is first needed, and watched from now on."""
    mind = Mind(me, me.brief.brain, lambda name: find_brain(me, name))
    thinker = Thinker(me, mind, lambda: toolboxes(me), lambda: caught_up(me), state)
    await thinker.begin()
    me.beside.append(thinker.watch)
    return thinker


async def toolboxes(me: Me) -> Sequence[Toolbox]:
    """What it may do in the workspace, beside the bus; nothing where it cannot have the worktree it is to work in."""
    try:
        return (await asyncio.to_thread(_workbench, me),)
    except (TrinityError, OSError) as error:
        log.error("no tools but the bus: %s", error)
        return ()


def _workbench(me: Me) -> Toolbox:
    # Git, the sandbox and what goes with them are loaded once a model is there to use them.
    from trinity_tui.tools.registry import toolbox_of
    from trinity_tui.tools.worktree import Worktree

    tree = Worktree(me.root, me.id).make() if me.brief.isolation == "worktree" else None
    return toolbox_of(me.id, me.brief.role, me.root, me.brief.tools, worktree=tree)


async def caught_up(me: Me) -> str:
    """Have a worktree of its own begin from the person's newest commit; why it does not, in a sentence."""
    if me.brief.isolation != "worktree":
        return ""
    from trinity_tui.tools.worktree import Worktree

    try:
        said = await asyncio.to_thread(Worktree(me.root, me.id).catch_up)
    except (TrinityError, OSError) as error:
        said = f"It may work on an older commit than yours: {error}."
    if said:
        log.warning("the worktree of this instance: %s", said)
    return said


async def find_brain(me: Me, name: BrainName) -> Chosen:
    """The brain of a name, where what it needs is there."""
    # Only whoever asks for a model loads what is needed to look for one.
    from trinity_tui.brains.choose import open_brain

    return await open_brain(name, me.brief.brains)
