"""One zygote, seen from the keeper: started, asked for one process at a time, given up when it does not answer."""

from __future__ import annotations

import os
import signal as signals
import socket
import sys
import time
from collections import deque
from enum import Enum
from typing import TYPE_CHECKING, cast

import msgspec

from trinity_tui.core.errors import SupervisionError
from trinity_tui.harness.keeping.orders import GO, MESSAGE_BYTES, Failed, Forked, FromZygote, Kind, Ready, Start
from trinity_tui.process import guise, identity, procfs
from trinity_tui.process.spawn import open_output, spawn

if TYPE_CHECKING:
    from trinity_tui.core.wire.keeper import Spawn

PROGRAM = "trinity_tui.harness.zygote"
LOAD_SECONDS = 15.0
"""How long it may import; what waits for it is executed then."""
ANSWER_SECONDS = 2.0
"""How long a fork may take; one that is hung serves nobody."""
_DECODER = msgspec.json.Decoder(cast("type[FromZygote]", FromZygote))


class Stage(Enum):
    """Where a zygote stands."""

    LOADING = "loading"
    READY = "ready"
    FORKING = "forking"


class Zygote:
    """One of them.

    Args:
        kind: What it serves.

    Raises:
        SupervisionError: It could not be started.
        OSError: Neither could its connection.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.stage = Stage.LOADING
        self.waiting: deque[Spawn] = deque()
        """What it is to start, one after the other; the first is under way while it forks."""
        self.used_at = time.monotonic()
        self.deadline: float | None = self.used_at + LOAD_SECONDS
        """When it counts as hung, monotonic; None while nothing is asked of it."""
        self.is_dropped = False
        """Whether what is being forked is not wanted any more."""
        self._gate: socket.socket | None = None
        self.channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        argv = [sys.executable, "-P", "-m", PROGRAM, str(os.getpid()), ",".join(kind.preload), guise.ROOM_ARGUMENT]
        env = {"PATH": os.environ.get("PATH", os.defpath), **dict(kind.env), **guise.ROOM_VARIABLE}
        try:
            self.pid = spawn(argv, env, "/", os.devnull, channel=theirs.fileno())
        except SupervisionError:
            self.channel.close()
            raise
        finally:
            theirs.close()
        stat = procfs.read_stat(self.pid)
        self._start_time = stat.start_time if stat else 0
        self.channel.setblocking(False)

    def hear(self) -> FromZygote | None:
        """What it says; None when it is gone, or says what nobody understands."""
        try:
            content = self.channel.recv(MESSAGE_BYTES)
            return _DECODER.decode(content) if content else None
        except (OSError, msgspec.DecodeError):
            return None

    def note(self, message: FromZygote) -> None:
        """It answered, so nothing is asked of it now."""
        if isinstance(message, Ready | Failed | Forked):
            self.stage = Stage.READY
            self.deadline = None

    def drop(self, request: Spawn) -> None:
        """This start is not wanted any more."""
        if self.stage is Stage.FORKING and request is self.waiting[0]:
            self.is_dropped = True
        else:
            self.waiting.remove(request)

    def left(self) -> list[Spawn]:
        """What is still to be started, when this one does it no more."""
        return list(self.waiting)[1 if self.is_dropped else 0 :]

    def ask(self) -> None:
        """Have it fork the first one that waits.

        Raises:
            SupervisionError: The output cannot be opened; another way of starting it would fail alike.
            OSError: It is not asked, for it is gone or the order is too long.
        """
        request = self.waiting[0]
        log = open_output(request.output)
        ours, theirs = socket.socketpair()
        try:
            order = msgspec.json.encode(Start(request.argv, request.env, request.cwd, request.nice))
            socket.send_fds(self.channel, [order], [log, theirs.fileno()])
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
            os.close(log)
        self._gate = ours
        self.stage = Stage.FORKING
        self.used_at = time.monotonic()
        self.deadline = self.used_at + ANSWER_SECONDS

    def open_gate(self) -> None:
        """Let through what was forked; if it died meanwhile, its end will be told."""
        if self._gate is not None:
            try:
                self._gate.send(GO)
            except OSError:
                pass
            self.close_gate()

    def forget_dropped(self) -> None:
        """What was forked was not wanted any more: it ends at the gate."""
        self.close_gate()
        self.waiting.popleft()
        self.is_dropped = False

    def close_gate(self) -> None:
        """Whoever waits at it ends without having run."""
        if self._gate is not None:
            self._gate.close()
            self._gate = None

    def close(self) -> None:
        """Make an end of it; what it forked lives on."""
        self.close_gate()
        self.channel.close()
        identity.send(self.pid, self._start_time, signals.SIGKILL)
