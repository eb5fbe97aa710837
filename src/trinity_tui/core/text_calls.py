r"""Tool calls written as text, for models that know no calls of their own.

::

    answer = {line}
    call   = word ":" [" " first] NL [ "```" [language] NL {line NL} "```" NL ]      at the beginning of a line
    word   = the name of a tool that was offered

``first`` is the tool's first required argument; the block is its second one, or its first where nothing stands behind
the colon. What stands in a block of its own is no call.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from trinity_tui.core.conversation import Call

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trinity_tui.core.conversation import ToolSpec

CALLS_MOST = 8
"""More than these of one answer are not taken: what comes of the first ones changes the rest."""
_WORD = re.compile(r"([a-z][a-z0-9_]*):(?:[ \t]+(.*?))?[ \t]*$")
_FENCE = re.compile(r"[ \t]{0,3}(`{3,})[^`]*$")


def protocol(specs: Sequence[ToolSpec]) -> str:
    """How a model is told to write its calls."""
    if not specs:
        return ""
    lines = [
        "You have tools. To use one, write a line that begins with its name and a colon; end your answer there, and",
        "you are shown what came of it. Nothing but such a line uses a tool. The tools:",
        "",
    ]
    for spec in specs:
        lines += [_example(spec), f"    {' '.join(spec.description.split())}"]
    return "\n".join(lines)


def _example(spec: ToolSpec) -> str:
    first, second = _arguments(spec)
    line = f"{spec.name}: {f'<{first}>' if first else ''}".rstrip()
    return f"{line}\n```\n<{second}>\n```" if second else line


def _arguments(spec: ToolSpec) -> tuple[str, str]:
    """The names of what stands behind the colon and of what stands in the block; empty where there is none."""
    required = spec.parameters.get("required")
    names = [name for name in cast("list[object]", required) if isinstance(name, str)] if required else []
    names = names or list(cast("dict[str, Any]", spec.parameters.get("properties") or {}))[:1]
    return (names[0] if names else ""), (names[1] if len(names) > 1 else "")


def parse(text: str, specs: Iterable[ToolSpec], prefix: str = "text") -> tuple[str, tuple[Call, ...]]:
    """What an answer says besides its calls, and the calls.

    Args:
        text: The whole answer.
        specs: The tools that were offered.
        prefix: The calls' ids are this and a number.
    """
    offered = {spec.name: spec for spec in specs}
    said: list[str] = []
    calls: list[Call] = []
    lines = text.splitlines()
    index = 0
    while index < len(lines):
        found = _WORD.match(lines[index])
        spec = offered.get(found[1]) if found else None
        block, after = _block(lines, index + 1 if spec else index)
        if found is None or spec is None:
            said += lines[index : max(after, index + 1)]
        elif len(calls) < CALLS_MOST:
            calls.append(Call(f"{prefix}-{len(calls)}", spec.name, _filled(spec, found[2] or "", block)))
        index = max(after, index + 1)
    return "\n".join(said).strip(), tuple(calls)


def _block(lines: Sequence[str], index: int) -> tuple[str | None, int]:
    """The block that begins at a line, and the line after it; one that is not closed reaches to the end."""
    opening = _FENCE.match(lines[index]) if index < len(lines) else None
    if opening is None:
        return None, index
    end = index + 1
    while end < len(lines) and not _closes(lines[end], opening[1]):
        end += 1
    return "".join(f"{line}\n" for line in lines[index + 1 : end]), min(end + 1, len(lines))


def _closes(line: str, opening: str) -> bool:
    marks = line.strip()
    return len(marks) >= len(opening) and not marks.strip("`")


def _filled(spec: ToolSpec, rest: str, block: str | None) -> dict[str, Any]:
    first, second = _arguments(spec)
    arguments: dict[str, Any] = {}
    if first and (rest or block is None or second):
        arguments[first] = rest
    elif first:
        arguments[first] = block
    if second and block is not None:
        arguments[second] = block
    elif second and first != second:
        head, _, tail = rest.partition(" ")
        # `send: builder-1 hello` is how people write it; a file's content never stands on its line.
        arguments |= {first: head, second: tail.strip()} if tail.strip() else {}
    return arguments
