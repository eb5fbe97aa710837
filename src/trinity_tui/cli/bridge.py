"""``trinity bridge``: what ``trinity attach ssh://…`` runs on the other computer."""

from __future__ import annotations

from typing import Annotated

import typer

from trinity_tui.cli.shared import state_of

ReadOnly = Annotated[bool, typer.Option("--read-only", help="Let nothing through that does more than look.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(bridge)


def bridge(context: typer.Context, read_only: ReadOnly = False) -> None:
    """Speak for a screen on another computer, over stdin and stdout; with -C, for one workspace only."""
    import asyncio

    state = state_of(context)
    # Only a folder that is named holds a login to it: where ssh happens to begin is no choice of anybody's.
    only = state.workspace if state.folder is not None else None

    def looks(do: str) -> bool:
        # The table is the coordinator's own, and loaded only for those who are held to it.
        from trinity_tui.daemon.requests import REQUESTS

        return do in REQUESTS and not REQUESTS[do][2]

    async def run() -> None:
        from trinity_tui.client.bridge import Bridge
        from trinity_tui.client.stdio import streams

        reader, writer = await streams()
        await Bridge(reader, writer, only=only, read_only=read_only, looks=looks).run()

    asyncio.run(run())
