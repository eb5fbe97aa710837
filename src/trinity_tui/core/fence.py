"""Text of others as data: cleaned, cut, and between two marks that it cannot write itself.

::

    <<FENCE data from explorer-1: finding>>
    …
    <<FENCE end>>

``FENCE`` is drawn anew by each life of an instance. It is taken out of the text, so that nothing in it closes the
fence. What stands inside may change what a model knows, never what it may do: that is ``core.policy``'s.
"""

from __future__ import annotations

import re
import unicodedata

from trinity_tui.core import limits

CUT = "\n… {count} bytes left out …\n"
_LABEL = re.compile(r"[^A-Za-z0-9_:/.-]")
_KEPT_CONTROLS = frozenset("\n\t")
_TAKEN_OUT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls and formats: among them every character that turns the direction of writing or is not seen."""


def clean(text: str) -> str:
    """The text without what is not seen, moves the cursor or turns the direction of writing."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(one for one in text if one in _KEPT_CONTROLS or unicodedata.category(one) not in _TAKEN_OUT)


def cut(text: str, limit_bytes: int) -> str:
    """The head and the tail of a text that is too long, with what was left out said between them."""
    content = text.encode(errors="replace")
    if len(content) <= limit_bytes:
        return text
    note = CUT.format(count=len(content))
    room = limit_bytes - len(note.encode())
    if room <= 0:
        return content[: max(0, limit_bytes)].decode(errors="ignore")
    head = content[: room - room // 3].decode(errors="ignore")
    tail = content[len(content) - room // 3 :].decode(errors="ignore")
    left_out = len(content) - len(head.encode()) - len(tail.encode())
    return head + CUT.format(count=left_out) + tail


def fenced(text: str, sender: str, kind: str, fence: str, limit_bytes: int = limits.MODEL_BYTES) -> str:
    """The text as data for a model.

    Args:
        text: What somebody else wrote.
        sender: Who: an instance, a tool, an address.
        kind: What it is: a message's type, ``result``.
        fence: Letters and digits nobody but us knows.
        limit_bytes: Of the text, the marks not counted.
    """
    inside = cut(clean(text).replace(fence, "·"), limit_bytes).replace(fence, "·")
    who, what = _LABEL.sub("", sender)[:64], _LABEL.sub("", kind)[:64]
    # A name is others' as well: one that spells the fence would write a mark of its own.
    label = f"data from {who.replace(fence, '')}: {what.replace(fence, '')}"
    return f"<<{fence} {label}>>\n{inside}\n<<{fence} end>>"
