"""The control room of another computer in a real terminal, through a real sshd: seen, spoken from, lost and back."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from fleet import wait_until
from sshd import SSHD, Sshd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fleet import Fleet


class Terminal:
    """A terminal of tmux's, on a server of its own.

    Args:
        socket: Where that listens.
        words: What runs in it.
        environment: Added to ours.
    """

    def __init__(self, socket: Path, words: list[str], environment: dict[str, str]) -> None:
        self._socket = str(socket)
        settings = [f"{name}={value}" for name, value in environment.items()]
        # It stays when the program has ended, so that its last words can be read.
        command = shlex.join(["env", *settings, *words]) + "; echo ended with $?; sleep 1000"
        self._tmux("new", "-d", "-x", "120", "-y", "36", command)

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", self._socket, "-f", "/dev/null", *words], capture_output=True, text=True, check=True
        )
        return done.stdout

    @property
    def text(self) -> str:
        """What is seen."""
        return self._tmux("capture-pane", "-p")

    def press(self, *keys: str) -> None:
        """Press keys, as tmux names them."""
        self._tmux("send-keys", *keys)

    def write(self, text: str) -> None:
        """Type a text."""
        self._tmux("send-keys", "-l", text)

    def shows(self, text: str) -> None:
        """Wait until this is seen."""
        try:
            wait_until(lambda: text in self.text, f"{text!r} on the screen")
        except AssertionError:
            pytest.fail(f"{text!r} is not on the screen:\n{self.text}")

    def close(self) -> None:
        """Gone with all that runs in it."""
        self._tmux("kill-server")


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    server = Sshd(tmp_path / "sshd", login="echo You have mail.")
    yield server
    server.stop()


def opened(sshd: Sshd, fleet: Fleet, folder: Path, *words: str) -> Terminal:
    command = [sys.executable, "-m", "trinity_tui", "attach", sshd.target(fleet.root), *words]
    kept = {name: value for name, value in os.environ.items() if name.startswith("XDG_")}
    return Terminal(folder / "tmux", command, {**kept, "TRINITY_SSH": shlex.join(sshd.ssh)})


@pytest.mark.skipif(not SSHD, reason="there is no sshd")
def test_a_message_typed_there_arrives_here_over_a_link_that_was_lost(fleet: Fleet, sshd: Sshd, tmp_path: Path) -> None:
    fleet.serve()
    terminal = opened(sshd, fleet, tmp_path)
    try:
        terminal.shows(f"on {sshd.host}")
        terminal.shows("1 ● explorer-1")
        terminal.press("1")
        terminal.shows("▸ to explorer-1")
        terminal.write("from afar: ")
        sshd.stop()
        terminal.shows("✖ ")
        # What was begun is kept, and gone on with, while there is no link.
        terminal.write("the first")
        terminal.shows("from afar: the first")
        sshd.start()
        wait_until(lambda: "✖" not in terminal.text, "the link is back")
        terminal.press("Enter")
        wait_until(lambda: any(row["content"] == "from afar: the first" for row in fleet.messages()), "it arrived")
        terminal.press("Escape")
        terminal.shows("? help")
        terminal.press("q")
        terminal.shows("ended with 0")
        wait_until(lambda: not sshd.children, "no process of the login is left")
    finally:
        terminal.close()
    assert fleet.status()


@pytest.mark.skipif(not SSHD, reason="there is no sshd")
def test_a_screen_that_only_looks_refuses_each_key_that_acts_at_once(fleet: Fleet, sshd: Sshd, tmp_path: Path) -> None:
    fleet.serve()
    terminal = opened(sshd, fleet, tmp_path, "--read-only")
    try:
        terminal.shows("looking only")
        terminal.shows("1 ● explorer-1")
        terminal.shows("Read-only: this screen only looks")
        for count, key in enumerate(("1", "D", "!"), 2):
            terminal.press(key)
            # In the message bar, and of each key that was refused.
            wait_until(
                lambda count=count: terminal.text.count("Read-only: this screen only") >= count, f"{key} refused"
            )
        assert {row["state"] for row in fleet.instances().values()} == {"ONLINE"}
        terminal.press("C-c")
        terminal.shows("q leaves")
        terminal.press("q")
        terminal.shows("ended with 0")
    finally:
        terminal.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ssh://-oProxyCommand=x/shop"], "names no computer"),
        (["ssh://host/shop"], "needs a terminal"),
        (["http://127.0.0.1:1"], "needs a terminal"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_said(fleet: Fleet, words: list[str], said: str) -> None:
    done = fleet.trinity("attach", *words)
    assert done.returncode == 2
    assert said in done.stderr
