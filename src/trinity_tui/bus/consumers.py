"""The open consumers of one process's bus: one of a name, each until it or the bus is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core import address
from trinity_tui.core.errors import BusError, MessageError

if TYPE_CHECKING:
    from trinity_tui.bus.consumer import Consumer


class Consumers:
    """Which are open."""

    def __init__(self) -> None:
        self._by_name: dict[str, Consumer] = {}
        self._is_closed = False

    def admit(self, name: str, role: str) -> str:
        """Refuse what cannot be opened; the role by the name it goes by.

        Raises:
            MessageError: It is no id, which becomes a folder's name, or no role.
            BusError: The bus is closed, or the consumer open already.
        """
        check(name, role)
        if self._is_closed or name in self._by_name:
            raise BusError("the bus is closed" if self._is_closed else f"the consumer {name} is open already")
        return address.ROLE_ALIASES.get(role, role)

    def add(self, consumer: Consumer) -> Consumer:
        """It is open from now on."""
        self._by_name[consumer.name] = consumer
        return consumer

    def forget(self, consumer: Consumer) -> None:
        """It was closed."""
        self._by_name.pop(consumer.name, None)

    async def aclose(self) -> None:
        """Close them, and open none any more."""
        self._is_closed = True
        for consumer in list(self._by_name.values()):
            await consumer.aclose()


def check(name: str, role: str) -> None:
    """Refuse what cannot be a consumer.

    Raises:
        MessageError: It is no id, which becomes a folder's name, or no role.
    """
    if not (address.is_instance_id(name) or name in (address.HUMAN, address.COORDINATOR)):
        raise MessageError("to", f"{name!r} is no instance, 'human' or 'coordinator'")
    if role and address.ROLE_ALIASES.get(role, role) not in address.ROLES:
        raise MessageError("to", f"{role!r} is no role ({', '.join(address.ROLES)})")
