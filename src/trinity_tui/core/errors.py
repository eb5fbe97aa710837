"""Every error the program raises on purpose, as one tree. Fields first; ``str(error)`` is the sentence a person reads.

TrinityError
├── ConfigError          a setting is wrong: where, what, the nearest valid one
├── MessageError         a message is refused: which field, why
│   └── StormError       it would keep a loop of instances going: which limit, why
├── WireError            a frame is not ours, or not of our version
├── StoreError           a file could not be written or read
│   ├── BusError         the log refused: full disk, lock held, no server
│   │   └── LogDeletedError  its folder was deleted
│   └── FormatError      a file was written by a newer version of the program
├── BrainError           a model is not there, refused, or its answer was cut: which, when it may be asked again
├── ToolError            a tool cannot do what it was asked: a path outside, a malformed argument
├── SupervisionError     a process could not be started, stopped or adopted
└── ClientError          no coordinator, refused, unknown, not in time (carries the exit code)
"""

from __future__ import annotations


class TrinityError(Exception):
    """Something the user can understand and act on."""

    hint: str = ""
    """What to do next, as one sentence; empty where the error itself says it."""

    def sentence(self) -> str:
        """The error and its next step, for a person."""
        return f"{str(self).rstrip('.')}. {self.hint}" if self.hint else str(self)


class ConfigError(TrinityError):
    """A setting that cannot be used.

    Args:
        file: The file's name as the user knows it.
        problem: What is wrong, without the place.
        line: 1-based, where it could be located.
        where: The table, such as ``instance "scout"``; empty for the top level.
    """

    def __init__(self, file: str, problem: str, line: int | None = None, where: str = "") -> None:
        super().__init__(file, problem, line, where)
        self.file = file
        self.problem = problem
        self.line = line
        self.where = where

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.where, self.problem) if part)


class MessageError(TrinityError):
    """A message that may not be published, with the field at fault."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(field, problem)
        self.field = field
        self.problem = problem

    def __str__(self) -> str:
        return f"message refused: {self.field}: {self.problem}"


class StormError(MessageError):
    """A message that is not sent because messages of other instances caused too many already.

    Args:
        rule: Which limit: ``hops``, ``rate`` or ``repeats``.
        to: Whom it was for.
        reason: Why, without the word that says who refused it.
        cause: The id of the message that caused it.
        conversation: The id of the message its conversation began with.
    """

    def __init__(self, rule: str, to: str, reason: str, cause: str = "", conversation: str | None = None) -> None:
        super().__init__(rule, reason)
        self.rule = rule
        self.to = to
        self.cause = cause
        self.conversation = conversation or cause

    def __str__(self) -> str:
        return f"storm guard: no message to {self.to}: {self.problem}"


class WireError(TrinityError):
    """Bytes on a connection that are no frame of ours."""


class StoreError(TrinityError):
    """A file of ours could not be read or written; the cause is chained."""


class BusError(StoreError):
    """The log could not take or give a message."""


class FormatError(StoreError):
    """A file of a format this version does not know; it is left as it is.

    Args:
        file: As the user knows it.
        found: The format it says it has.
        known: The newest one this version reads.
    """

    hint = "Use the version that wrote it, or a newer one; nothing was changed."

    def __init__(self, file: str, found: int, known: int) -> None:
        super().__init__(file, found, known)
        self.file = file
        self.found = found
        self.known = known

    def __str__(self) -> str:
        return f"{self.file} has format {self.found}, written by a newer Trinity; this one reads up to {self.known}"


class LogDeletedError(BusError):
    """The folder of the log is gone while it is in use.

    Args:
        folder: Which.
    """

    def __init__(self, folder: object) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        return f"the message log was deleted: {self.folder}"


class BrainError(TrinityError):
    """A brain that did not answer, or not to the end.

    Args:
        kind: ``missing`` (no server, model or key), ``refused`` (the provider will not; asking again does not help),
            ``rate`` (too many requests), ``overloaded``, ``cut`` (the answer broke off), ``malformed`` (what came is
            nothing of the protocol's), ``late`` (nothing came in time).
        problem: The sentence, with the provider's own reason, redacted.
        retry_seconds: When the provider said it may be asked again; None where it did not say.
    """

    def __init__(self, kind: str, problem: str, retry_seconds: float | None = None, hint: str = "") -> None:
        super().__init__(kind, problem, retry_seconds)
        self.kind = kind
        self.problem = problem
        self.retry_seconds = retry_seconds
        self.hint = hint

    def __str__(self) -> str:
        return self.problem


class ToolError(TrinityError):
    """A tool that cannot do what it was asked; the sentence is shown to the model."""


class SupervisionError(TrinityError):
    """A process could not be started, stopped, adopted or asked."""


class ClientError(TrinityError):
    """A request to the coordinator that did not succeed.

    Args:
        problem: The sentence.
        exit_code: What a command ends with: 1 failed, 2 usage, 3 no coordinator, 4 no such thing, 5 not in time.
        hint: The next step.
    """

    def __init__(self, problem: str, exit_code: int = 1, hint: str = "") -> None:
        super().__init__(problem)
        self.exit_code = exit_code
        self.hint = hint
