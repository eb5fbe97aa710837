"""The signs of the screen, once for terminals that have them and once in ASCII. No two states share one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.delivery import SIGNS, Stage
from trinity_tui.core.signs import STATES, STATES_ASCII, is_ascii, sign_of

if TYPE_CHECKING:
    from trinity_tui.core.preferences import Signs


_RAISED = str.maketrans("0123456789+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺")
SPARK_LEAST = 5
"""A single message is a small column, not a full one."""


class Glyphs(msgspec.Struct, frozen=True):
    """One set of signs, each of one cell unless said otherwise."""

    name: str
    states: Mapping[str, str]
    stages: Mapping[Stage, str]
    """Up to two cells wide."""
    spark: str
    """From nothing to most."""
    more: str
    to: str
    prompt: str
    bullet: str
    mark: str
    mark_many: str
    ring: str
    light_lines: str
    """By the sides a line goes on to: the sum of north 1, east 2, south 4, west 8."""
    heavy_lines: str
    frame: str
    """Corners clockwise from the upper left, then horizontal and vertical."""
    chosen_frame: str
    priorities: Mapping[str, str]
    border: str
    """The name of Textual's border for panes."""
    bar: str
    up: str
    down: str
    dot: str
    kinds: Mapping[str, str]
    """Of what is remembered."""
    times: str
    clash: str
    """What is contradicted."""
    changed: str
    """Before what is other than it was."""
    notice: str
    """Before how many notices hold."""
    ascii: bool = False

    def state(self, state: str) -> str:
        """The sign of a state."""
        return sign_of(state, self.states)

    def text(self, text: str) -> str:
        """A cleaned text as this terminal can show it."""
        return text if not self.ascii or text.isascii() else text.encode("ascii", "replace").decode()

    def badge(self, count: int) -> str:
        """How much is new behind something; empty where nothing is."""
        if not count:
            return ""
        told = str(count) if count < 100 else "99+"
        return f"({told})" if self.ascii else told.translate(_RAISED)

    def sparkline(self, levels: tuple[int, ...]) -> str:
        """Amounts as small columns, the largest of them full height unless all are small."""
        most = max(*levels, SPARK_LEAST)
        top = len(self.spark) - 1
        return "".join(self.spark[-(-level * top // most)] for level in levels)


UNICODE = Glyphs(
    name="unicode",
    states=STATES,
    stages=SIGNS,
    spark="▁▂▃▄▅▆▇█",
    more="…", to="→", prompt="▸", bullet="●", mark="●", mark_many="◆", ring="·",
    light_lines="·╵╶╰╷│╭├╴╯─┴╮┤┬┼",
    heavy_lines="·╹╺┗╻┃┏┣╸┛━┻┓┫┳╋",
    frame="╭╮╯╰─│",
    chosen_frame="┏┓┛┗━┃",
    priorities={"urgent": "▲", "high": "△", "low": "▽"},
    border="round", bar="▌", up="↑", down="↓", dot="·", changed="▎",
    kinds={
        "fact": "▪", "decision": "◆", "preference": "◇", "failure": "✖", "howto": "►", "question": "?", "finding": "●",
    },
    times="×", clash="⇄", notice="▲",
)  # fmt: skip

ASCII = Glyphs(
    name="ascii",
    states=STATES_ASCII,
    stages={
        "written": ".", "received": "v", "read": "vv", "answered": "<", "expired": "T", "failed": "X", "dead": "X",
    },
    spark="_.:-=+*#",
    more="~", to=">", prompt=">", bullet="*", mark="o", mark_many="O", ring=".",
    light_lines=".|-+||++-+-+++++",
    heavy_lines=".#=+##++=+=+++++",
    frame="++++-|",
    chosen_frame="####=#",
    priorities={"urgent": "!", "high": "^", "low": "v"},
    border="ascii", bar="|", up="^", down="v", dot="-", changed="+",
    kinds={
        "fact": "-", "decision": "#", "preference": "=", "failure": "x", "howto": ">", "question": "?", "finding": "*",
    },
    times="x", clash="<>", notice="!", ascii=True,
)  # fmt: skip


def choose(environ: Mapping[str, str], encoding: str, signs: Signs = "auto") -> Glyphs:
    """The set for a terminal: ASCII where ``TRINITY_ASCII`` asks for it or the locale is none of UTF-8.

    Args:
        environ: The environment; ``TRINITY_ASCII`` has the last word.
        encoding: What the terminal's locale is encoded in.
        signs: What the person prefers.
    """
    return ASCII if is_ascii(environ, encoding, signs) else UNICODE
