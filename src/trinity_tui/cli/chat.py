"""``trinity chat``: talk with one instance; its words as they come on stdout, everything about them on stderr."""

from __future__ import annotations

from typing import Annotated

import typer

from trinity_tui.cli.grammar import AsJson
from trinity_tui.cli.shared import said, state_of


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(chat)


def chat(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="WHO", help="An instance.")],
    text: Annotated[str | None, typer.Argument(metavar="[TEXT]", help="What to say; without it, line by line.")] = None,
    thinking: Annotated[bool, typer.Option("--thinking", help="Show on stderr what it says to itself.")] = False,
    retry: Annotated[str, typer.Option(metavar="ID", help="Ask this question of yours again.")] = "",
    timeout: Annotated[float, typer.Option(help="How many seconds to wait for an answer at most; 0: for ever.")] = 0.0,
    as_json: AsJson = False,
) -> None:
    """Talk with an instance: its answer as it comes. Ctrl+C cuts the answer, a second one leaves.

    Exit codes: 1 the answer was cut, 3 no coordinator, 4 no such instance, 5 not answered in time, 130 left.
    """
    # Here and not above: only who chats pays for the connection.
    import asyncio

    from trinity_tui.cli.conversation import Conversation, Printer
    from trinity_tui.cli.lines import line_by_line

    workspace, words = state_of(context).workspace, "" if text is None else said(text)
    printer = Printer(thinking=thinking, as_json=as_json)

    async def talk() -> int:
        async with Conversation(workspace, who, printer, timeout).open() as conversation:
            if words or retry:
                return await conversation.exchange(words, retry)
            return await line_by_line(conversation)

    raise typer.Exit(asyncio.run(talk()))
