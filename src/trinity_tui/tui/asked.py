"""What a dialog wants of the coordinator: the app asks for it, as the dialog has no way out of its own."""

from __future__ import annotations

from typing import Any

from textual.message import Message


class Asked(Message):
    """The person wants this done.

    Attributes:
        do: The request, by its name.
        args: With what.
    """

    def __init__(self, do: str, **args: Any) -> None:
        super().__init__()
        self.do, self.args = do, args
