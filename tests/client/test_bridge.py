"""The far end as a program: one socket for both directions as under some servers, a terminal, a face that is gone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

from fleet import CONFIG, wait_until
from patience import PATIENCE_SECONDS
from trinity_tui.core.wire import PROTOCOL, face, tunnel

if TYPE_CHECKING:
    from fleet import Fleet

COMMAND = [sys.executable, "-m", "trinity_tui", "bridge"]


class Face:
    """The other side of a bridge, by hand."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._pieces = tunnel.Pieces(is_marked=True)
        self._came: list[tuple[bytes, bytes]] = []
        end.settimeout(PATIENCE_SECONDS)

    def say(self, piece: bytes) -> None:
        self._end.sendall(piece)

    def next(self) -> tunnel.FromBridge | face.ToFace:
        """The next frame that is more than a beat."""
        while True:
            while not self._came:
                data = self._end.recv(65536)
                assert data, "the bridge hung up"
                self._came = self._pieces.feed(data)
            whose, body = self._came.pop(0)
            frame = tunnel.decode_from_bridge(body) if whose == tunnel.OWN else face.decode_to_face(body)
            if not isinstance(frame, tunnel.Beat):
                return frame


def test_over_one_socket_for_both_directions_and_gone_with_it(fleet: Fleet) -> None:
    fleet.write_config(CONFIG, instances={})
    fleet.serve(ready=False)
    wait_until(fleet.status, "a coordinator that answers")
    ours, theirs = socket.socketpair()
    with (
        ours,
        subprocess.Popen(COMMAND, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=subprocess.PIPE) as child,
    ):
        theirs.close()
        there = Face(ours)
        hello = there.next()
        assert isinstance(hello, tunnel.Hello)
        assert (hello.version, hello.protocol) == (tunnel.VERSION, PROTOCOL)
        # A coordinator is reached again and again over the one stream; what belongs to the one before is not mixed in.
        for link in (1, 2):
            there.say(tunnel.own(tunnel.Open(link, str(fleet.root), read_only=True)))
            assert there.next() == tunnel.Opened(link)
            there.say(tunnel.carried(face.encode(face.Attach(PROTOCOL))))
            greeting = there.next()
            assert isinstance(greeting, face.Greeting)
            assert greeting.rights == "observer"
        there.say(tunnel.carried(face.encode(face.Request(7, "down"))))
        refused = there.next()
        assert isinstance(refused, face.Reply)
        assert (refused.id, refused.exit_code) == (7, 1)
        ours.shutdown(socket.SHUT_RDWR)
        assert child.wait(PATIENCE_SECONDS) == 0
        assert child.stderr is not None
        assert child.stderr.read() == b""
    assert fleet.status()


def test_to_a_person_it_says_what_it_is_for() -> None:
    controller, terminal = os.openpty()
    try:
        done = subprocess.run(
            COMMAND, stdin=terminal, stdout=terminal, stderr=subprocess.PIPE, check=False, timeout=PATIENCE_SECONDS
        )
    finally:
        os.close(controller)
        os.close(terminal)
    assert done.returncode == 2
    assert b"trinity attach ssh://host/path" in done.stderr
