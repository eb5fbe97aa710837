"""The person's conversations as they are asked for: their newest page, older ones, and messages that came cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core import typed
from trinity_tui.tui.bridge import Answered
from trinity_tui.tui.conversation import Conversation

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from trinity_tui.core.room import Room
    from trinity_tui.tui.bridge import Refused

PAGE = 40
"""So many messages are asked for at a time."""


class Talks:
    """All that were opened on one screen.

    Args:
        ask: Asks the coordinator; ``Answered`` or ``Refused`` tells how it ended.
    """

    def __init__(self, ask: Callable[..., None]) -> None:
        self._ask = ask
        self._open: dict[str, Conversation] = {}
        self._awaited: set[str] = set()
        """Messages that were asked for whole."""

    def of(self, who: str) -> Conversation:
        """The one with an instance, or with everybody."""
        return self._open.setdefault(who, Conversation(who))

    def begin(self, who: str) -> None:
        """Ask for the newest of it, where it was never opened before."""
        if who not in self._open:
            self._ask("conversation", who=who, limit=PAGE)

    def look_back(self, who: str) -> bool:
        """Ask for what was said before; whether there may be any that can be asked for by now."""
        talked = self.of(who)
        if not talked.has_older or talked.before is None:
            return False
        self._ask("conversation", who=who, before=talked.before, limit=PAGE)
        return True

    def hear(self, who: str, room: Room) -> None:
        """Take what the room knows of it, and ask for what it knows the beginning of only."""
        role = room.instances[who].role if who in room.instances else ""
        for wanted in self.of(who).hear(room.flow, role):
            self.ask_whole(wanted)

    def ask_whole(self, message: str) -> None:
        """Ask for a message whole."""
        self._awaited.add(message)
        self._ask("body", id=message)

    def take_page(self, message: Answered | Refused) -> None:
        """The end of a request for a page."""
        known = self._open.get(message.args["who"])
        if known is not None and isinstance(message, Answered):
            known.take_page(message.result)

    def awaits(self, message: Answered | Refused) -> bool:
        """Whether this is the end of a request for a whole message; it is not awaited any more then."""
        is_ours = message.do == "body" and message.args["id"] in self._awaited
        if is_ours:
            self._awaited.discard(message.args["id"])
        return is_ours

    def take_whole(self, result: object) -> dict[str, Any]:
        """Put a whole message where it was cut off; the message, without a key where there was none."""
        found: dict[str, Any] = {}
        for whole in typed.tables({"result": [result]}, "result"):
            for said in typed.tables({"message": [whole.get("message")]}, "message"):
                found = {**said, "content": whole.get("content"), "position": whole.get("position")}
                for conversation in self._open.values():
                    if conversation.find(typed.text(said, "id")) is not None:
                        conversation.take_whole(found)
        return found
