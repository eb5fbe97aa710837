"""One question at a time: what is typed meanwhile waits, and only the newest of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Question:
    """Something that is asked for again and again, of which only the last answer counts.

    Args:
        do: The request.
        ask: Sends it; its end is told to ``ended``, also where it is refused.
    """

    def __init__(self, do: str, ask: Callable[..., None]) -> None:
        self.do = do
        self._ask = ask
        self._asked: dict[str, Any] | None = None
        self._next: dict[str, Any] | None = None

    @property
    def is_open(self) -> bool:
        """Whether an answer is on its way."""
        return self._asked is not None

    def ask(self, **args: Any) -> None:
        """Ask; in place of what waits to be asked."""
        if self._asked is None:
            self._asked = args
            self._ask(self.do, **args)
        else:
            self._next = args

    def ended(self, args: Mapping[str, Any]) -> bool:
        """An answer, or a refusal, came.

        Returns:
            Whether it is the answer to what was asked for last.
        """
        if self._asked is None or dict(args) != self._asked:
            return False
        following, self._asked, self._next = self._next, None, None
        if following is not None:
            self.ask(**following)
        return following in (None, args)
