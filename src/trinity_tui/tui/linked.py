"""What the screen needs of a connection to a coordinator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import asyncio

    from trinity_tui.client.mirror import Mirror


class Linked(Protocol):
    """What the screen needs of a connection; ``client.connection.Connection`` is one."""

    mirror: Mirror
    changed: asyncio.Event

    async def run(self) -> None:
        """Stay connected for as long as this is awaited."""
        ...

    async def request(self, do: str, **args: Any) -> Any:
        """Ask for something to be done."""
        ...

    async def follow(self, instance: str) -> None:
        """Have an instance's output sent."""
        ...

    async def unfollow(self, instance: str) -> None:
        """Have it sent no more."""
        ...

    async def listen(self, instance: str) -> None:
        """Have sent what an instance says and does as it comes."""
        ...

    async def unlisten(self, instance: str) -> None:
        """Have it sent no more."""
        ...

    async def shown(self, position: int) -> None:
        """Say what the person has seen."""
        ...

    async def enter(self) -> None:
        """Find the way to the coordinator again with the terminal at hand."""
        ...
