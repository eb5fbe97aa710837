"""Gives instances what they are to have once the person has said so: surroundings, tools, a brain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.instance import PERSON

if TYPE_CHECKING:
    from trinity_tui.daemon.house import House


class Fitting:
    """Fits out the instances of one house; who runs gets what takes a new process after its turn."""

    def __init__(self, house: House) -> None:
        self._house = house

    def decided(self, command: str, verdict: str) -> None:
        """The person allowed, or refused, what ``instances.toml`` asks for."""
        self._house.words.decided(command, verdict)
        instances = self._house.config.instances
        around, minds, are_tools = self._house.equipment.concerns(command)
        for name in {*around, *minds, *(instances if are_tools else ())}:
            self._equip(name)
        for name in minds:
            self.use_brain(name, PERSON)
        for name in instances if are_tools and verdict != "reject" else ():
            self._renew(name, f"{PERSON}, for what tools may do")

    def _equip(self, name: str) -> None:
        config = self._house.config.instances[name]
        self._house.equipment.brief(name, config)
        self._house.supervisor.change(self._house.equipment.spec(name, config))

    def trusted_brain(self, name: str) -> None:
        """The person named the brain it has: one that waited for the word, or for its key, has it now."""
        self._equip(name)
        self.use_brain(name, PERSON)

    def use_brain(self, name: str, by: str) -> None:
        """Have an instance that runs use the brain that counts now, after its turn where it must begin anew.

        Args:
            name: The instance.
            by: Who wants it.
        """
        if self._house.equipment.switch(name, self._house.config.instances[name], self._house.lanes):
            self._renew(name, f"{by}, for its brain")

    def _renew(self, name: str, by: str) -> None:
        self._house.reload.turns.after(name, lambda: self._house.supervisor.renew(name, by))
