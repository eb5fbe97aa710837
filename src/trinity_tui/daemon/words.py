"""The person's word on what ``instances.toml`` asks for by itself: it comes with a folder that may be somebody else's.

Each thing is asked for under a command that is equal only for exactly the same content, and counts for this
coordinator's life or for good. What was allowed for good stands in the user's own state, which no folder brings along.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from trinity_tui.core.address import COORDINATOR

if TYPE_CHECKING:
    from collections.abc import Callable

MARK_CHARACTERS = 24


class Words:
    """What the person said.

    Args:
        key: This workspace's secret.
        is_granted: Whether the person allowed a request of the coordinator's for good.
        grant: Remember that the person did.
        ask: Puts a request to the person, unless it waits already: its command, and the sentence.
    """

    def __init__(
        self,
        key: str,
        is_granted: Callable[[str, str], bool],
        grant: Callable[[str, str], None],
        ask: Callable[[str, str], None],
    ) -> None:
        self._key = key.encode()
        self._is_granted = is_granted
        self._grant = grant
        self._ask = ask
        self._once: set[str] = set()
        self._refused: set[str] = set()

    def command(self, what: str, exactly: Any) -> str:
        """What the person is asked to allow: readable, and equal only for equal content.

        Args:
            what: In words, short.
            exactly: All of the content; secrets in it are told by no command.
        """
        mark = hmac.new(self._key, msgspec.json.encode(exactly), hashlib.sha256).hexdigest()
        return f"{what} #{mark[:MARK_CHARACTERS]}"

    def is_allowed(self, command: str) -> bool:
        """Whether the person allowed it."""
        return command in self._once or self.is_for_good(command)

    def is_for_good(self, command: str) -> bool:
        """Whether the person allowed it for good."""
        return self._is_granted(COORDINATOR, command)

    def on(self, command: str, sentence: str) -> Literal["yes", "no", "waits"]:
        """What the person said of it; asks where that is not known."""
        if self.is_allowed(command):
            return "yes"
        if command in self._refused:
            return "no"
        self._ask(command, sentence)
        return "waits"

    def allow(self, command: str) -> None:
        """The person named it at a command: that is the word, for good."""
        self._refused.discard(command)
        self._grant(COORDINATOR, command)

    def decided(self, command: str, verdict: str) -> None:
        """The person gave the word."""
        (self._refused if verdict == "reject" else self._once).add(command)

    def reconsider(self, command: str) -> bool:
        """The person brought it up: a no does not stand in the way of asking again. Whether there was one."""
        was_refused = command in self._refused
        self._refused.discard(command)
        return was_refused
