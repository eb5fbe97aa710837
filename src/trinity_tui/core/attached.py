"""Files that go with a message: named in it with ``@path``, sent as data behind it, shown as a line.

::

    look at @src/auth.py        what the person writes; ``@@`` is a plain ``@``
    look at @src/auth.py

    <<MARK data from src/auth.py: file>>
    …                           what is sent
    <<MARK end>>
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trinity_tui.core import limits
from trinity_tui.core.fence import fenced

if TYPE_CHECKING:
    from collections.abc import Iterable

LIMIT_BYTES = 12 * 1024
"""Of all files of a message: what a model is shown of one message is not much more."""
_NAMED = re.compile(r"(?<!\S)@([^\s@]\S*)")
_QUOTED = re.compile(r"\n\n<<([0-9a-f]{12}) data from (\S*): file>>\n(.*?)\n<<\1 end>>", re.DOTALL)


def named(text: str) -> list[str]:
    """The paths a text names, each once, without what ends a sentence."""
    found = (match.rstrip(".,;:!?)") for match in _NAMED.findall(text))
    return list(dict.fromkeys(name for name in found if name))


def with_files(text: str, files: Iterable[tuple[str, str]], mark: str) -> str:
    """The message as it is sent.

    Args:
        text: As it was written.
        files: Name and content of each.
        mark: Twelve hexadecimal digits nobody knows beforehand, so that no content closes its fence.
    """
    quoted = "".join(f"\n\n{fenced(content, name, 'file', mark, limits.CONTENT_BYTES)}" for name, content in files)
    return re.sub(r"(?<!\S)@@", "@", text) + quoted


def without_files(text: str) -> tuple[str, list[tuple[str, int]]]:
    """What was written of a message, and each file that went with it, with its length in characters."""
    files = [(match[2], len(match[3])) for match in _QUOTED.finditer(text)]
    return _QUOTED.sub("", text) if files else text, files
