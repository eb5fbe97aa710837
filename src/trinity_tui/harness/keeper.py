"""The keeper: the small process that is the parent of every instance of a workspace and outlives the coordinator.

One thread, one select loop, the sole caller of ``waitpid``. It starts, reaps, stops and tells; every decision is the
coordinator's. It loads the standard library and msgspec, no loop and no model.

    python -m trinity_tui.harness.keeper --sockets DIR --record FILE [--orphan-ttl S] [--owner HASH] [--ready-fd N]
"""

from __future__ import annotations

import ctypes
import os
import selectors
import signal as signals
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, assert_never

from trinity_tui.core.errors import StoreError
from trinity_tui.core.wire.keeper import (
    PROTOCOL,
    REVISION,
    Acknowledge,
    FromCoordinator,
    FromKeeper,
    Hello,
    KillTree,
    List,
    Ping,
    Pong,
    Refused,
    Shutdown,
    Signal,
    Spawn,
    SpawnFailed,
    Welcome,
)
from trinity_tui.core.wire.keeper import (
    Children as ChildrenFrame,
)
from trinity_tui.harness.keeping.children import Children, News
from trinity_tui.harness.keeping.conversation import Conversation, admit
from trinity_tui.harness.keeping.place import Place
from trinity_tui.harness.keeping.say import note
from trinity_tui.harness.keeping.zygote import Zygote

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence
    from types import FrameType

MEND_SECONDS = 2.0
"""How often to look whether the socket is still there."""
GRACE_SECONDS = 10.0
"""What the children get when the keeper itself is told to end."""
_PR_SET_CHILD_SUBREAPER = 36


class Keeper:
    """The loop.

    Args:
        place: Where it is found, taken.
        orphan_ttl_seconds: How long to stay with neither child nor coordinator; 0 for ever.
        owner: The hash of the workspace, as it stands in the markers of its instances.
    """

    def __init__(self, place: Place, orphan_ttl_seconds: float, owner: str = "") -> None:
        self._place = place
        self._owner = owner
        self._ttl_seconds = orphan_ttl_seconds
        self._selector = selectors.DefaultSelector()
        self._children = Children(self._selector)
        self._conversations: set[Conversation] = set()
        self._listening: socket.socket | None = None
        self._is_ending = False
        self._has_begun_to_end = False
        self._end_grace_seconds = GRACE_SECONDS
        self._mend_at = 0.0
        self._alone_since: float | None = None
        self._wake = _wake_on_signals(self._on_signal)
        self._selector.register(self._wake, selectors.EVENT_READ)

    def run(self) -> None:
        """Until it is told to end, or nobody has needed it for long enough."""
        self._listen()
        while not self._is_done():
            for key, mask in self._selector.select(self._timeout()):
                self._serve(key, mask)
            self._tell(self._children.reap())
            self._tell(self._children.advance())
            self._mend()
        self._children.kill_strays()
        for conversation in list(self._conversations):
            self._drop(conversation)
        self._place.leave()

    def _serve(self, key: selectors.SelectorKey, mask: int) -> None:
        if isinstance(key.data, Zygote):
            self._tell(self._children.hear(key.data))
        elif isinstance(key.data, Conversation):
            # It may have ended in the same look, when it was told what somebody else had to say.
            if key.data in self._conversations:
                self._converse(key.data, mask)
        elif key.fileobj is self._listening and self._listening is not None:
            self._accept(self._listening)
        else:
            _drain(self._wake)

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        conversation = Conversation(connection)
        refusal = "the keeper is ending" if self._is_ending else admit(connection, self._owner)
        if refusal:
            conversation.send(Refused(refusal))
            connection.close()
            return
        self._conversations.add(conversation)
        self._selector.register(connection, selectors.EVENT_READ, conversation)

    def _converse(self, conversation: Conversation, mask: int) -> None:
        if mask & selectors.EVENT_WRITE:
            conversation.flush()
        if mask & selectors.EVENT_READ:
            for request in conversation.receive():
                self._answer(conversation, request)
                if conversation.is_over:
                    break
        self._settle(conversation)

    def _answer(self, conversation: Conversation, request: FromCoordinator) -> None:
        replies = self._do(request) if conversation.has_greeted else [self._greet(conversation, request)]
        for reply in replies:
            conversation.send(reply)
            if isinstance(reply, Refused):
                conversation.is_over = True

    def _greet(self, conversation: Conversation, request: FromCoordinator) -> FromKeeper:
        if not isinstance(request, Hello) or request.protocol != PROTOCOL:
            return Refused(f"this keeper (pid {os.getpid()}) speaks protocol {PROTOCOL}")
        conversation.has_greeted = True
        return Welcome(PROTOCOL, os.getpid(), REVISION)

    def _do(self, request: FromCoordinator) -> Sequence[FromKeeper]:
        children = self._children
        match request:
            case Spawn() if self._is_ending:
                return [SpawnFailed(request.instance, request.epoch, "the keeper is ending")]
            case Spawn():
                return children.spawn(request)
            case KillTree():
                gone = children.kill(request.instance, request.epoch, request.grace_seconds)
                return [] if gone is None else [gone]
            case Signal():
                children.signal(request.instance, request.epoch, request.signal, request.group)
            case Acknowledge():
                children.acknowledge(request.instance, request.epoch)
            case Ping():
                return [Pong(request.nonce)]
            case List():
                return [ChildrenFrame(children.list())]
            case Shutdown():
                self._is_ending = True
                self._end_grace_seconds = request.grace_seconds
            case Hello():
                return [Refused("said hello twice")]
            case _:
                assert_never(request)
        return []

    def _tell(self, news: Sequence[News]) -> None:
        for conversation in list(self._conversations):
            if conversation.has_greeted:
                for frame in news:
                    conversation.send(frame)
            if news:
                self._settle(conversation)

    def _settle(self, conversation: Conversation) -> None:
        if conversation.is_over:
            self._drop(conversation)
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if conversation.has_unsent else 0)
        self._selector.modify(conversation.connection, wanted, conversation)

    def _drop(self, conversation: Conversation) -> None:
        self._conversations.remove(conversation)
        self._selector.unregister(conversation.connection)
        conversation.connection.close()

    def _timeout(self) -> float:
        moments = [self._mend_at]
        look_at = self._children.next_look_at
        if look_at is not None:
            moments.append(look_at)
        if self._alone_since is not None and self._ttl_seconds:
            moments.append(self._alone_since + self._ttl_seconds)
        return max(0.0, min(moments) - time.monotonic())

    def _mend(self) -> None:
        now = time.monotonic()
        if now >= self._mend_at:
            self._mend_at = now + MEND_SECONDS
            if self._place.mend():
                self._listen()

    def _listen(self) -> None:
        if self._listening is not None:
            self._selector.unregister(self._listening)
        self._listening = self._place.listener
        if self._listening is not None:
            self._selector.register(self._listening, selectors.EVENT_READ)

    def _is_done(self) -> bool:
        if self._is_ending and not self._has_begun_to_end:
            self._has_begun_to_end = True
            self._children.kill_all(self._end_grace_seconds)
        if self._children.has_living or self._conversations:
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = time.monotonic()
        if self._is_ending:
            return not self._children.is_stopping
        alone = self._alone_since
        return bool(self._ttl_seconds) and alone is not None and time.monotonic() - alone >= self._ttl_seconds

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if number == signals.SIGTERM:
            self._is_ending = True


def _wake_on_signals(handler: Callable[[int, FrameType | None], None]) -> int:
    """Let SIGCHLD and SIGTERM end a select; the descriptor that becomes readable then."""
    wake, write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signals.set_wakeup_fd(write, warn_on_full_buffer=False)
    for number in (signals.SIGCHLD, signals.SIGTERM):
        signals.signal(number, handler)
    for number in (signals.SIGINT, signals.SIGHUP):
        signals.signal(number, signals.SIG_IGN)
    return wake


def _drain(wake: int) -> None:
    try:
        while os.read(wake, 4096):
            continue
    except BlockingIOError:
        return


def _become_subreaper() -> None:
    """What loses its parent comes to us, however it tried to leave; without it the markers must do."""
    try:
        failed = ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    except (OSError, AttributeError):
        failed = 1
    if failed:
        note("this system has no subreaper; what an instance leaves behind is found by its marker alone")


def _options(arguments: Sequence[str]) -> dict[str, str]:
    return dict(zip(arguments[::2], arguments[1::2], strict=False))


def main(arguments: Sequence[str]) -> int:
    """Run the keeper; 0 when its time was over, 1 when it could not take its place."""
    options = _options(arguments)
    try:
        folder, record = options["--sockets"], options["--record"]
        orphan_ttl_seconds = float(options.get("--orphan-ttl", "600"))
        ready = int(options.get("--ready-fd", "-1"))
    except (KeyError, ValueError):
        note("usage: --sockets DIR --record FILE [--orphan-ttl SECONDS] [--owner HASH] [--ready-fd N]")
        return 2
    if ready >= 0 and os.fork():
        # Whoever launched us is to be no parent of the keeper, so that it need not collect it.
        os._exit(0)
    if os.getpgrp() != os.getpid():
        os.setsid()
    os.chdir("/")
    place = Place(folder, record)
    try:
        if not place.take():
            return 1
    except (StoreError, OSError) as error:
        note(str(error))
        return 1
    _become_subreaper()
    keeper = Keeper(place, orphan_ttl_seconds, options.get("--owner", ""))
    if ready >= 0:
        # Whoever launched us may be dead by now; the next one finds us by our socket.
        with suppress(BrokenPipeError):
            os.write(ready, b"ready\n")
        os.close(ready)
    keeper.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
