"""Runs one command: an argv, never a shell; in its own session, niced, bounded in time, output, memory and processes.

Whether it may run is decided before; here it is only made harmless to wait for. Whoever it started ends with it, also
what left its session, as long as it kept the marker in its environment.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import secrets
import shlex
import shutil
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import typed
from trinity_tui.core.errors import TrinityError
from trinity_tui.core.wire.keeper import MARKER
from trinity_tui.process import identity
from trinity_tui.process.census import Census, Root
from trinity_tui.process.stop import kill_tree
from trinity_tui.tools.bounds import overuse
from trinity_tui.tools.uncut import to_the_end

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from trinity_tui.process.procfs import ProcessStat
    from trinity_tui.tools.bounds import Bounds

    Launcher = Callable[[dict[str, str]], tuple[list[str], dict[str, str]]]
    """What to start in the place of the command, and all it knows of our environment; it is given the variables by
    which the command and its descendants are known."""

OUTPUT_BYTES = 256 * 1024
"""Kept of the output: half of it from the head, half from the tail."""
KEPT_VARIABLES = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TERM",
    "TMPDIR",
    "USER",
    "LOGNAME",
    "VIRTUAL_ENV",
    MARKER,
)
"""All a command sees of our environment; keys and tokens of the person are not among them."""
DEPTH_VARIABLE = "TRINITY_DEPTH"
COMMAND_VARIABLE = "TRINITY_COMMAND"
"""By its value the descendants of one run are known."""
COMMAND_CHARACTERS = typed.TEXT_CHARACTERS
"""A longer command would not be shown whole to the person who is asked about it."""
GRACE_SECONDS = 2.0
"""Between TERM and KILL where its time is over."""
CUT_GRACE_SECONDS = 0.4
"""Between TERM and KILL where we are cancelled: a pause has to hold within a second."""
_DRAIN_SECONDS = 0.5


class CommandError(TrinityError):
    """A text that cannot be run as a command."""


class Outcome(msgspec.Struct, frozen=True):
    """How a command ended."""

    argv: list[str]
    code: int | None
    """None: it did not end by itself."""
    output: str
    seconds: float
    problem: str = ""
    """Why there is no code: not found, not in time."""

    @property
    def is_ok(self) -> bool:
        """Whether it ended by itself with code 0."""
        return self.code == 0


def parse(text: str) -> list[str]:
    """The program and its arguments, as a person writes them: quotes hold words together, nothing else is special.

    Raises:
        CommandError: It is none, or could not be shown to the person as it is.
    """
    if len(text) > COMMAND_CHARACTERS:
        raise CommandError(f"a command of more than {COMMAND_CHARACTERS} characters: put it into a script")
    if not text.isprintable():
        raise CommandError("a command with characters that cannot be shown")
    try:
        argv = shlex.split(text)
    except ValueError as error:
        raise CommandError(f"no command: {error}") from error
    if not argv or not argv[0]:
        raise CommandError("no command: it is empty")
    return argv


def environment(ours: Mapping[str, str]) -> dict[str, str]:
    """What a command may know of our environment, one level deeper."""
    kept = {name: ours[name] for name in KEPT_VARIABLES if name in ours}
    # What a check leaves beside the sources would show in the person's `git status`.
    return {**kept, DEPTH_VARIABLE: str(depth(ours) + 1), "PYTHONDONTWRITEBYTECODE": "1"}


def depth(ours: Mapping[str, str]) -> int:
    """How many instances' commands this process runs inside of."""
    value = ours.get(DEPTH_VARIABLE, "0")
    return int(value) if value.isdecimal() else 0


class _Output(asyncio.Protocol):
    """The head and the tail of what is printed.

    Args:
        printed: Called with it as it comes.
    """

    def __init__(self, printed: Callable[[str], None] | None) -> None:
        self._printed = printed
        # A character may come in two parts.
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.ended = asyncio.Event()
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self._left_out = 0

    def data_received(self, data: bytes) -> None:
        if self._printed is not None and (text := self._decoder.decode(data)):
            self._printed(text)
        room = max(0, OUTPUT_BYTES // 2 - len(self._head))
        self._head += data[:room]
        rest = data[room:]
        if not rest:
            return
        self._tail.append(rest)
        self._tail_bytes += len(rest)
        while (excess := self._tail_bytes - OUTPUT_BYTES // 2) > 0:
            first = self._tail.popleft()
            if len(first) > excess:
                self._tail.appendleft(first[excess:])
            gone = min(excess, len(first))
            self._tail_bytes -= gone
            self._left_out += gone

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended.set()

    def text(self) -> str:
        mark = f"\n… {self._left_out} bytes left out …\n".encode() if self._left_out else b""
        return (bytes(self._head) + mark + b"".join(self._tail)).decode(errors="replace")


async def run(
    argv: Sequence[str],
    folder: Path,
    limit_seconds: float,
    nice: int = 10,
    *,
    launcher: Launcher | None = None,
    bounds: Bounds | None = None,
    printed: Callable[[str], None] | None = None,
    stdin: int = asyncio.subprocess.DEVNULL,
) -> Outcome:
    """Run a command to its end, or to its limit; inside of another command of ours nothing is run.

    Cancelling this ends the command with all its children, within a second where they get a processor to end on.

    Args:
        argv: The program and its arguments.
        folder: Where it runs.
        limit_seconds: After this it is ended.
        nice: Added to our own niceness.
        launcher: Says what to start in its place; None: the command itself.
        bounds: Beyond these it is ended.
        printed: Called with what it prints, as it comes.
        stdin: A descriptor it reads from.
    """
    if depth(os.environ) > 0:
        return Outcome(list(argv), None, "", 0.0, "not run: this is inside of another command of an instance's")
    marks = {COMMAND_VARIABLE: secrets.token_hex(8), DEPTH_VARIABLE: "1"}
    start, env = launcher(marks) if launcher is not None else (list(argv), environment(os.environ) | marks)
    began = time.monotonic()
    loop, output, (read, write) = asyncio.get_running_loop(), _Output(printed), os.pipe()
    transport, _ = await loop.connect_read_pipe(lambda: output, os.fdopen(read, "rb", 0))
    try:
        process = await asyncio.create_subprocess_exec(
            *start, cwd=folder, env=env, start_new_session=True,
            stdin=stdin, stdout=write, stderr=write,
        )  # fmt: skip
    except (OSError, ValueError) as error:
        transport.close()
        return Outcome(list(argv), None, "", 0.0, _why_not(error, argv[0], folder))
    finally:
        os.close(write)
    try:
        code, problem = await _wait(process, _Family(process.pid, marks[COMMAND_VARIABLE], bounds), limit_seconds, nice)
        with suppress(TimeoutError):  # Whoever escaped with the pipe in its hands is not waited for.
            async with asyncio.timeout(_DRAIN_SECONDS):
                await output.ended.wait()
    finally:
        transport.close()
    return Outcome(list(argv), code, output.text(), time.monotonic() - began, problem)


def _why_not(error: OSError | ValueError, program: str, folder: Path) -> str:
    # Asked again: a folder in PATH that may not be entered makes the system say "permission denied" of any name.
    if isinstance(error, OSError) and folder.is_dir() and shutil.which(program) is None:
        return f"no such program: {program}"
    return f"cannot be started: {error.strerror if isinstance(error, OSError) else error}"


class _Family:
    """A command with all it started.

    Args:
        pid: The command's.
        marker: What is in the environment of its members.
        bounds: What they may use together; None: what they like.
    """

    def __init__(self, pid: int, marker: str, bounds: Bounds | None) -> None:
        who = identity.identify(pid)
        self._root = Root(pid, who.start_time if who is not None else 0, marker)
        self._census = Census(COMMAND_VARIABLE, frozenset({os.getpid()}))
        self._bounds = bounds

    async def overuse(self) -> str:
        """Wait until they use too much; of what."""
        if self._bounds is None:
            return await asyncio.get_running_loop().create_future()
        return await overuse(self._bounds, self._members)

    def _members(self) -> list[ProcessStat]:
        self._census.take()
        return self._census.family(self._root)

    async def end(self, grace_seconds: float) -> list[int]:
        """End them all; whoever could not be ended."""
        return await kill_tree(self._root, self._census, grace_seconds)


async def _wait(
    process: asyncio.subprocess.Process, family: _Family, limit_seconds: float, nice: int
) -> tuple[int | None, str]:
    """How it ended, and why not by itself; when this returns, nobody of its family lives."""
    give_way(process.pid, nice)
    grace_seconds, problem = CUT_GRACE_SECONDS, ""
    overuse, ended = asyncio.create_task(family.overuse()), asyncio.create_task(process.wait())
    try:
        async with asyncio.timeout(limit_seconds):
            await asyncio.wait({overuse, ended}, return_when=asyncio.FIRST_COMPLETED)
        problem = "" if ended.done() else overuse.result()
        grace_seconds = 0.0 if problem else GRACE_SECONDS
    except TimeoutError:
        grace_seconds, problem = GRACE_SECONDS, f"not done after {limit_seconds:g} s"
    finally:
        overuse.cancel()
        left = await to_the_end(family.end(grace_seconds))
        if process.pid not in left:
            await to_the_end(process.wait())
        ended.cancel()
    if left:
        problem = f"{problem or 'ended'}, but could not be stopped: {', '.join(map(str, left))}"
    return None if problem else process.returncode, problem


def give_way(pid: int, nice: int) -> None:
    """Have a process group we just started give way to others, by so much more than ourselves."""
    with suppress(OSError):  # Gone already, or not allowed: it runs all the same.
        os.setpriority(os.PRIO_PGRP, pid, min(19, os.getpriority(os.PRIO_PROCESS, 0) + nice))
