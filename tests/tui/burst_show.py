"""The program on the scripted room, in a terminal of its own: ``python -m burst_show FILE [DRAFTS]``.

What it asks for, and with ``F12`` where the person is and what is written there, it appends to the file.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from textual.binding import Binding
from textual.widgets import Input, TextArea
from tui_demo import FakeConnection, demo

from patience import PATIENCE_SECONDS
from trinity_tui.tui import app as program
from trinity_tui.tui import key_gate
from trinity_tui.tui.app import TrinityApp


class Told(msgspec.Struct):
    """Where the person is, and what was sent by then."""

    screen: str
    focused: str
    written: str
    to: str
    sent: list[tuple[str, str]]


class Probe(TrinityApp):
    """The program, which tells how it is when it is asked."""

    CSS_PATH = Path(program.__file__).with_name("trinity.tcss")
    BINDINGS: ClassVar = [Binding("f12", "tell", "tell")]

    def __init__(self, file: Path, drafts: Path | None) -> None:
        self._link = FakeConnection()
        self._link.answers["memory/records"] = {"records": []}
        demo(self._link.mirror)

        async def connect() -> FakeConnection:
            return self._link

        super().__init__(Path("/home/agus/shop"), connect, drafts=drafts)
        self._file = file

    def action_tell(self) -> None:
        """Tell it, and begin with an empty line again."""
        focused, written = self.focused, ""
        if isinstance(focused, Input):
            written, focused.value = focused.value, ""
        elif isinstance(focused, TextArea):
            written, focused.text = focused.text, ""
        sent = [(args["to"], args["content"]) for do, args in self._link.asked if do == "send"]
        self._link.asked.clear()
        told = Told(type(self.screen).__name__, type(focused).__name__, written, self.stage.bar.to, sent)
        with self._file.open("ab") as out:
            out.write(msgspec.json.encode(told) + b"\n")


def main(arguments: list[Any]) -> None:
    """Show it until it is ended."""
    # A busy machine may take longer to open a screen than a handler is to wait for a key.
    key_gate.PATIENCE_SECONDS = PATIENCE_SECONDS
    app = Probe(Path(arguments[0]), Path(arguments[1]) if len(arguments) > 1 else None)
    app.run()
    app.keep_drafts()


if __name__ == "__main__":
    main(sys.argv[1:])
