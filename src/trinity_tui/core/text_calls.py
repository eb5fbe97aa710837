r"""Tool calls written as text, for models that know no calls of their own.

::

    answer = {line}
    call   = word ":" [" " first] NL [ "```" [language] NL {line NL} "```" NL ]      at the beginning of a line
    word   = the name of a tool that was offered

``first`` is the tool's first required argument; the block is its second one, or its first where nothing stands behind
the colon. What stands in a block of its own is no call, nor is what stands between the marks of data (``core.fence``):
a model that repeats what it was shown calls nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from trinity_tui.core.conversation import Call

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trinity_tui.core.conversation import ToolSpec

PREFIX = "text-"
"""What the ids of these calls begin with."""
CALLS_MOST = 8
"""More than these of one answer are not taken: what comes of the first ones changes the rest."""
_WORD = re.compile(r"([a-z][a-z0-9_]{0,63}):(?=[ \t]|$)")
_FENCE = re.compile(r"[ \t]{0,3}(`{3,})[^`]*$|[ \t]{0,3}(~{3,})")
_DATA = re.compile(r"<<(\S{1,64}) data from .{0,200}>>$")


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


def parse(text: str, specs: Iterable[ToolSpec], prefix: str = PREFIX) -> tuple[str, tuple[Call, ...]]:
    """What an answer says besides its calls, and the calls.

    Args:
        text: The whole answer.
        specs: The tools that were offered.
        prefix: The calls' ids are this and a number.
    """
    offered = {spec.name: spec for spec in specs}
    said: list[str] = []
    calls: list[Call] = []
    lines = _lines(text)
    index = 0
    while index < len(lines):
        found = _WORD.match(lines[index])
        spec = offered.get(found[1]) if found else None
        if found is None or spec is None:
            after = _quoted(lines, index)
            said += lines[index:after]
        else:
            block, after = _block(lines, index + 1)
            if len(calls) < CALLS_MOST:
                rest = lines[index][found.end() :].strip(" \t")
                calls.append(Call(f"{prefix}{len(calls)}", spec.name, _filled(spec, rest, block)))
        index = after
    return "\n".join(said).strip(), tuple(calls)


def render(call: Call, spec: ToolSpec) -> str:
    """A call as it is written; read again it is the same, but that a text of more lines ends with a line's end."""
    first, second = _arguments(spec)
    one, other = str(call.arguments.get(first, "")), call.arguments.get(second) if second else None
    if other is not None:
        return f"{spec.name}: {one}\n{_fenced(str(other))}"
    is_line = one == one.strip() and "\n" not in one and (one or not first)
    return f"{spec.name}: {one}".rstrip() if is_line else f"{spec.name}:\n{_fenced(one)}"


def _fenced(text: str) -> str:
    marks = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{marks}\n{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{marks}"


def _lines(text: str) -> list[str]:
    """Only a line feed begins a line: other marks of Unicode for that may stand within a file."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines if lines[-1] else lines[:-1]


def _quoted(lines: Sequence[str], index: int) -> int:
    """The line after what is quoted from a line on, a block or data; after the line itself where it begins neither."""
    if data := _DATA.match(lines[index]):
        end = f"<<{data[1]} end>>"
        return next((at + 1 for at in range(index + 1, len(lines)) if lines[at].strip() == end), len(lines))
    return max(_block(lines, index)[1], index + 1)


def _block(lines: Sequence[str], index: int) -> tuple[str | None, int]:
    """The block that begins at a line, and the line after it; one that is not closed reaches to the end."""
    opening = _FENCE.match(lines[index]) if index < len(lines) else None
    if opening is None:
        return None, index
    marks = opening[1] or opening[2]
    end = index + 1
    while end < len(lines) and not _closes(lines[end], marks):
        end += 1
    return "".join(f"{line}\n" for line in lines[index + 1 : end]), min(end + 1, len(lines))


def _closes(line: str, opening: str) -> bool:
    marks = line.strip()
    return len(marks) >= len(opening) and not marks.strip(opening[0])


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
