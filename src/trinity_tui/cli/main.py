"""How the program ends: an error reaches a person as a sentence and an exit code."""

from __future__ import annotations

import gc
import os
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, cast

from trinity_tui.cli.shared import State, is_completed, tell
from trinity_tui.core.errors import ClientError, ConfigError, TrinityError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    _write_anywhere()
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        return _run(words)
    except ClientError as error:
        return _say(error.sentence(), error.exit_code)
    except ConfigError as error:
        return _say(error.sentence(), 2)
    except TrinityError as error:
        return _say(error.sentence(), 1)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001  # boundary: no traceback reaches a user; usage errors of the parser come this way too
        return _unexpected(error)


def _run(words: list[str]) -> int:
    if not words and not is_completed(os.environ):
        # There is nothing to parse, and the parser takes a tenth of the time the room does.
        from trinity_tui.cli.open_room import open_here

        return open_here(State(None, dict(os.environ)))
    # What a command is made of stays until its end: looking it through for garbage, as it grows and once more when all
    # is over, took as long as a tenth of a short command.
    gc.disable()
    from trinity_tui.cli.program import program

    app = program(words)
    gc.freeze()
    gc.enable()
    result = app(args=words, prog_name="trinity", standalone_mode=False)
    return result if isinstance(result, int) else 0


def _unexpected(error: Exception) -> int:
    if os.environ.get("TRINITY_DEBUG"):
        raise error
    cause = _cause(error)
    if isinstance(cause, TrinityError):
        return _say(cause.sentence(), 1)
    show = getattr(error, "show", None)
    if show is not None:
        show(file=sys.stderr)
        return 2
    return _say(f"unexpected: {type(cause).__name__}: {cause} (TRINITY_DEBUG=1 shows where)", 1)


def _cause(error: Exception) -> Exception:
    """What a group of errors began with."""
    while isinstance(error, ExceptionGroup):
        error = cast("ExceptionGroup[Exception]", error).exceptions[0]
    return error


def _say(sentence: str, code: int) -> int:
    tell(f"trinity: {sentence}")
    return code


def _write_anywhere() -> None:
    """What a terminal of another encoding lacks is a question mark there, and no reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")
