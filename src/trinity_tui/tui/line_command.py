"""What a line that begins with ``/`` asks for: the commands of the palette, typed where messages are.

::

    /restart            of the chosen instance
    /pause builder-1    of this one
    /screen chat        /theme nord        //is a message that begins with a slash
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.address import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trinity_tui.tui.actions import Action

SIGN = "/"
REQUESTS = ("pause", "restart", "resume", "start", "stop")
"""What is asked of an instance by the same word."""
ELSEWHERE = frozenset({"pane", "node", "list", "go", "found", "message", "answer", "command"})
"""Areas of which the keys act on a pane one would have to leave the line for."""


class Command(msgspec.Struct, frozen=True):
    """One that can be done.

    Attributes:
        word: A request of the coordinator, or an action's id.
        who: The instance it is about; empty where it is about none.
    """

    word: str
    who: str = ""


def is_command(line: str) -> bool:
    """Whether this is no message."""
    return line.startswith(SIGN) and not line.startswith(SIGN * 2)


def unescaped(line: str) -> str:
    """The message a person means who wrote this."""
    return line[1:] if line.startswith(SIGN * 2) else line


def escaped(content: str) -> str:
    """What a person writes to send this message."""
    return SIGN + content if content.startswith(SIGN) else content


def words(actions: Iterable[Action]) -> dict[str, str]:
    """Each command as it is written, and the request or action it stands for."""
    found = {word: word for word in REQUESTS}
    for action in actions:
        area, _, verb = action.id.partition(".")
        if area not in ELSEWHERE and action.palette:
            word = verb if area == "instance" else f"{area} {verb}"
            found.setdefault(word.replace("_", "-"), action.id)
    return found


def _needs_one(word: str) -> bool:
    return word in REQUESTS or (word.startswith("instance.") and word not in ("instance.add", "instance.pause_all"))


def read(line: str, actions: Sequence[Action], names: Sequence[str], chosen: str) -> Command | str:
    """The command a line stands for, or a sentence that says why it is none.

    Args:
        line: As it was typed.
        actions: What can be done now.
        names: The instances there are.
        chosen: The one that is meant where the line names none.
    """
    known, text = words(actions), " ".join(line.removeprefix(SIGN).split())
    word = max((word for word in known if text == word or text.startswith(f"{word} ")), key=len, default="")
    if not word:
        near = nearest(text, known)
        hint = f" Did you mean /{near}?" if near else " tab shows them all."
        return f"There is no command /{text}.{hint} // sends a message that begins with a slash."
    who = text[len(word) :].strip()
    if not _needs_one(known[word]):
        return f"/{word} takes nothing behind it." if who else Command(known[word])
    if not (who or chosen):
        return f"/{word} needs an instance."
    if who and who not in names:
        near = nearest(who, names)
        return f"There is no instance {who}." + (f" Did you mean {near}?" if near else "")
    return Command(known[word], who or chosen)


def completions(begun: str, actions: Sequence[Action], names: Sequence[str]) -> list[str]:
    """The lines this may become."""
    known = words(actions)
    lines = [f"{SIGN}{word}" for word in sorted(known)]
    for word in known:
        if begun.startswith(f"{SIGN}{word} ") and _needs_one(known[word]):
            lines += [f"{SIGN}{word} {name}" for name in names]
    return [line for line in lines if line.startswith(begun)]
