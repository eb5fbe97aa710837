from __future__ import annotations

import re
from collections import Counter
from itertools import chain

import pytest
from textual.binding import Binding

from trinity_tui.core.errors import ConfigError
from trinity_tui.tui import actions, keymap
from trinity_tui.tui.app import TrinityApp
from trinity_tui.tui.screens.chat import ChatScreen
from trinity_tui.tui.screens.docs import DocsScreen
from trinity_tui.tui.screens.inbox import InboxScreen
from trinity_tui.tui.screens.logs import LogsScreen
from trinity_tui.tui.screens.memory import MemoryScreen
from trinity_tui.tui.screens.replay import ReplayScreen
from trinity_tui.tui.screens.room import RoomScreen
from trinity_tui.tui.screens.search import SearchScreen
from trinity_tui.tui.screens.tasks import TasksScreen
from trinity_tui.tui.widgets.flow import Flow
from trinity_tui.tui.widgets.page import PagePane
from trinity_tui.tui.widgets.swarm import Swarm
from trinity_tui.tui.widgets.transcript import Transcript

OWNERS: dict[str, tuple[type, ...]] = {
    "node": (Swarm, Flow), "list": (Flow,), "app": (TrinityApp,), "screen": (TrinityApp,), "workspace": (TrinityApp,),
    "theme": (TrinityApp,), "link": (TrinityApp,), "answer": (ChatScreen,),
    "memory": (MemoryScreen,),
    "docs": (DocsScreen,),
    "inbox": (InboxScreen,),
    "digest": (TrinityApp,),
    "task": (TasksScreen,),
    "log": (LogsScreen,),
    "found": (Transcript, PagePane),
    "replay": (ReplayScreen,),
    "hit": (SearchScreen,),
}  # fmt: skip


@pytest.mark.parametrize("action", actions.ACTIONS, ids=lambda action: action.id)
def test_every_action_can_be_done_and_is_described(action: actions.Action) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", action.id)
    assert action.help.endswith(".")
    for owner in OWNERS.get(action.id.partition(".")[0], (RoomScreen,)):
        assert callable(getattr(owner, f"action_{action.method.partition('(')[0]}", None)), owner


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
    assert keymap.checked({"instance.restart": "ctrl+r"}) == {"instance.restart": "ctrl+r"}
    with pytest.raises(ConfigError, match=r'unknown action "instance.restat" \(did you mean "instance.restart"'):
        keymap.checked({"instance.restat": "x"})


def test_the_table_has_every_action_once() -> None:
    table = actions.markdown_table()
    assert all(table.count(f"| {action.help} |") == 1 for action in actions.ACTIONS)
    assert table.startswith("| key | does | in words |\n|---|---|---|\n| `F1` | Room |")


def test_the_footer_offers_what_the_pane_can_do_its_own_keys_first() -> None:
    swarm = [action.id for action in actions.hints("swarm")]
    assert swarm[:2] == ["instance.why", "instance.brain"]
    assert swarm.index("instance.pause") < swarm.index("message.seat") < swarm.index("help.show")
    assert "instance.why" not in {action.id for action in actions.hints("flow")}
    assert "pane.find" in {action.id for action in actions.hints("flow")}


def test_where_one_only_looks_nothing_is_offered_that_changes_something() -> None:
    for place in {place for action in actions.ACTIONS for place in action.places}:
        offered = actions.hints(place, only_looks=True)
        assert {action.id for action in offered} >= {"help.show", "app.leave"}
        assert not [action.id for action in offered if action.acts]


@pytest.mark.parametrize(
    ("wishes", "clash"),
    [
        ({"instance.why": "a"}, '"a" is the key of both "instance.why" and "waiting.decide"'),
        ({"waiting.decide": "?"}, '"question_mark" is the key of both "waiting.decide" and "help.show"'),
        ({"message.seat.1": "j", "usage.show": "i, j"}, '"j" is the key of both "message.seat.1" and "usage.show"'),
    ],
)
def test_a_key_that_is_to_do_two_things_is_said_with_both(wishes: dict[str, str], clash: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(clash)):
        keymap.checked(wishes)


def test_keys_may_be_exchanged_and_one_may_mean_two_things_in_two_places() -> None:
    assert keymap.checked({"instance.why": "p", "instance.pause": "w", "memory.themes": "r"})


def test_the_persons_keys_are_written_as_the_others() -> None:
    assert actions.BY_ID["instance.why"].label_with({"instance.why": "ctrl+t,f2"}) == "^t F2"
    assert actions.BY_ID["message.seat"].label_with({}) == "1-9"
    assert actions.BY_ID["message.seat"].label_with({"message.seat.2": "j"}) == "1 j 3 4 5 6 7 8 9"
