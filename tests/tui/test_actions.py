from __future__ import annotations

import re
from collections import Counter
from itertools import chain

import pytest
from textual.binding import Binding

from trinity_tui.core.errors import ConfigError
from trinity_tui.tui import actions
from trinity_tui.tui.app import TrinityApp
from trinity_tui.tui.screens.chat import ChatScreen
from trinity_tui.tui.screens.docs import DocsScreen
from trinity_tui.tui.screens.memory import MemoryScreen
from trinity_tui.tui.screens.room import RoomScreen
from trinity_tui.tui.widgets.flow import Flow
from trinity_tui.tui.widgets.page import PagePane
from trinity_tui.tui.widgets.swarm import Swarm
from trinity_tui.tui.widgets.transcript import Transcript

OWNERS: dict[str, tuple[type, ...]] = {
    "node": (Swarm, Flow), "list": (Flow,), "app": (TrinityApp,), "screen": (TrinityApp,), "workspace": (TrinityApp,),
    "answer": (ChatScreen,),
    "memory": (MemoryScreen,),
    "docs": (DocsScreen,),
    "found": (Transcript, PagePane),
}  # fmt: skip


@pytest.mark.parametrize("action", actions.ACTIONS, ids=lambda action: action.id)
def test_every_action_can_be_done_and_is_described(action: actions.Action) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", action.id)
    assert action.help.endswith(".")
    for owner in OWNERS.get(action.id.partition(".")[0], (RoomScreen,)):
        assert callable(getattr(owner, f"action_{action.method}", None)), owner


def test_no_key_does_two_things_in_one_place() -> None:
    for place in {place for action in actions.ACTIONS for place in action.places} | {""}:
        keys = Counter(
            chain.from_iterable(
                action.keys
                for action in actions.ACTIONS
                # While something is looked for, its keys are taken before those that hold everywhere.
                if (not action.places or place in action.places) and not action.id.startswith("found.")
            )
        )
        assert [key for key, count in keys.items() if count > 1] == []


def test_bindings_carry_what_a_keymap_and_a_help_need() -> None:
    for binding in actions.bindings({action.id.partition(".")[0] for action in actions.ACTIONS}):
        assert isinstance(binding, Binding)
        assert binding.id
        assert binding.tooltip
        assert binding.description


def test_digits_are_handed_over() -> None:
    found = [b for b in actions.bindings(["message"]) if isinstance(b, Binding) and b.key == "3"]
    assert [(b.action, b.id) for b in found] == [("message_seat(3)", "message.seat.3")]


def test_a_wrong_action_in_the_keymap_gets_a_sentence() -> None:
    assert actions.keymap({"instance.restart": "ctrl+r"}) == {"instance.restart": "ctrl+r"}
    with pytest.raises(ConfigError, match=r'unknown action "instance.restat" \(did you mean "instance.restart"'):
        actions.keymap({"instance.restat": "x"})


def test_the_table_has_every_action_once() -> None:
    table = actions.markdown_table()
    assert all(table.count(f"| {action.help} |") == 1 for action in actions.ACTIONS)
    assert table.startswith("| key | does | in words |\n|---|---|---|\n| `F1` | Room |")


def test_the_footer_offers_what_the_pane_can_do() -> None:
    assert "instance.why" in {action.id for action in actions.hints("swarm")}
    assert "instance.why" not in {action.id for action in actions.hints("flow")}
    assert "pane.find" in {action.id for action in actions.hints("flow")}
