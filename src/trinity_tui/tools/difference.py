"""What a change does to a text, as a unified diff; of a long text only the changed part is compared."""

from __future__ import annotations

from difflib import SequenceMatcher

CONTEXT_LINES = 3
COMPARED_LINES = 1000
"""A longer changed part is shown as removed and added as a whole."""
DIFF_CHARACTERS = 200_000
_END = "\\ No newline at end of file"


def unified(before: str, after: str, path: str, *, is_new: bool = False) -> str:
    """The diff of one file; empty where nothing changes.

    Args:
        before: Its text.
        after: What it would be.
        path: How it is called.
        is_new: Whether there is no such file yet.
    """
    if before == after and not is_new:
        return ""
    old, new = _lines(before), _lines(after)
    hunks = [line for group in _groups(old, new) for line in _hunk(group, old, new)]
    text = "\n".join([f"--- {'/dev/null' if is_new else f'a/{path}'}", f"+++ b/{path}", *hunks]) + "\n"
    return text if len(text) <= DIFF_CHARACTERS else text[:DIFF_CHARACTERS] + "\n… the diff is longer …\n"


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    if lines[-1] == "":
        return lines[:-1]
    return [*lines[:-1], f"{lines[-1]}\n{_END}"]


_Block = tuple[str, int, int, int, int]


def _groups(old: list[str], new: list[str]) -> list[list[_Block]]:
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    first = max(0, head - CONTEXT_LINES)
    last_old, last_new = len(old) - max(0, tail - CONTEXT_LINES), len(new) - max(0, tail - CONTEXT_LINES)
    if max(last_old, last_new) - first > COMPARED_LINES:
        return [[
            ("equal", first, head, first, head),
            ("replace", head, len(old) - tail, head, len(new) - tail),
            ("equal", len(old) - tail, last_old, len(new) - tail, last_new),
        ]]  # fmt: skip
    matcher = SequenceMatcher(None, old[first:last_old], new[first:last_new], autojunk=False)
    return [
        [(tag, i1 + first, i2 + first, j1 + first, j2 + first) for tag, i1, i2, j1, j2 in group]
        for group in matcher.get_grouped_opcodes(CONTEXT_LINES)
    ]


def _common(one: list[str], other: list[str]) -> int:
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _hunk(group: list[_Block], old: list[str], new: list[str]) -> list[str]:
    lines = [f"@@ -{_span(group[0][1], group[-1][2])} +{_span(group[0][3], group[-1][4])} @@"]
    for tag, i1, i2, j1, j2 in group:
        if tag == "equal":
            lines += [f" {line}" for line in old[i1:i2]]
            continue
        lines += [f"-{line}" for line in old[i1:i2]]
        lines += [f"+{line}" for line in new[j1:j2]]
    return lines


def _span(first: int, end: int) -> str:
    return f"{first + 1 if end > first else first},{end - first}"
