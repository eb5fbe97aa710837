"""What commands share of the command line's grammar: the option that most of them have, and groups of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object, or one a line, with stable keys.")]


def add_group(app: typer.Typer, name: str, about: str, commands: Mapping[str, Callable[..., None]]) -> typer.Typer:
    """Add commands that go by a name of their own; without any its help is shown.

    Args:
        app: Where to.
        name: Of the group.
        about: What it is for, in its help.
        commands: In the order of the help.
    """
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=about)
    for command, function in commands.items():
        group.command(command)(function)
    app.add_typer(group, name=name)
    return group
