"""The still layer: its rows show what the nodes look like now, and each node is painted once for that."""

from __future__ import annotations

from rich.style import Style

from trinity_tui.tui.glyphs import UNICODE
from trinity_tui.tui.layout.placement import place
from trinity_tui.tui.node import NodeText
from trinity_tui.tui.widgets.node_paint import Look
from trinity_tui.tui.widgets.swarm_lines import Lines
from trinity_tui.tui.widgets.swarm_still import StillLayer

SEATS = {"ana": 0, "ben": 1}
PLAIN = Style()


class Nodes:
    def __init__(self) -> None:
        self.words = dict.fromkeys(SEATS, "idle")
        self.asked: list[str] = []
        self.placement = place(SEATS, 60, 20, "row")
        self.layer = StillLayer(self.look_of, tone, UNICODE)
        self.layer.paint(self.placement, SEATS, Lines())
        self.asked.clear()

    def look_of(self, name: str) -> Look:
        self.asked.append(name)
        text = NodeText(name, "", "ONLINE", self.words[name], "", "", False, "builtin", "builder", 0, False)
        return Look(text, ())

    def row_of(self, name: str) -> str:
        row = self.layer.row(self.placement.boxes[name].y, [])
        return row.text if row is not None else ""


def tone(name: str, *, on: str = "") -> Style:
    return PLAIN


def test_a_node_is_painted_once_for_all_that_changed_since_the_last_row() -> None:
    nodes = Nodes()
    assert "idle" in nodes.row_of("ana")
    for word in ("thinking", "writing", "waiting"):
        nodes.words["ana"] = word
        assert nodes.layer.renew("ana") == nodes.placement.boxes["ana"]
    assert not nodes.asked
    assert "waiting" in nodes.row_of("ana")
    assert "idle" in nodes.row_of("ben")
    assert nodes.asked == ["ana"]


def test_a_node_that_is_not_shown_is_not_painted() -> None:
    nodes = Nodes()
    assert nodes.layer.renew("zoe") is None
    assert nodes.row_of("ana") and not nodes.asked
