"""Everything a key can do, once: bindings, footer, help, palette, the user's keymap and the key table all read this.

An action ``area.verb`` runs the method ``action_area_verb`` of the nearest widget, screen or app that has one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from textual.binding import Binding

from trinity_tui.core.address import nearest
from trinity_tui.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.binding import BindingType

Group = Literal[
    "Screens", "Messages", "Moving about", "Instances", "What waits", "Memory", "Documents", "Program",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do.

    Attributes:
        id: ``area.verb``.
        keys: As Textual names them; with ``each``, every key hands itself over as the argument.
        title: Two or three words, for footer and palette.
        help: One sentence.
        shown: How the keys are written for people, where that is not as they are named.
        places: In which panes the footer offers it; everywhere if empty.
        hint: Whether the footer offers it at all.
    """

    id: str
    keys: tuple[str, ...]
    title: str
    help: str
    group: Group
    shown: str = ""
    each: bool = False
    places: frozenset[str] = field(default_factory=frozenset[str])
    hint: bool = False
    palette: bool = True

    @property
    def method(self) -> str:
        """The action as Textual calls it."""
        return self.id.replace(".", "_")

    @property
    def key_label(self) -> str:
        """The keys for people."""
        return self.shown or " ".join(_LABELS.get(key, key) for key in self.keys)


_LABELS = {
    "f1": "F1", "f3": "F3", "f5": "F5", "f6": "F6", "plus": "+", "escape": "esc", "question_mark": "?", "slash": "/",
    "exclamation_mark": "!", "ctrl+p": "^p", "D": "D", "pageup": "page up", "pagedown": "page down",
}  # fmt: skip
_SWARM = frozenset({"swarm"})
_TALK = frozenset({"talk"})
_TEXTS = frozenset({"talk", "page"})
_ONE = frozenset({"swarm", "talk"})
_KNOWN = frozenset({"known", "record"})
_DOCUMENTS = frozenset({"tiers", "page", "checks"})
_LISTS = frozenset({"flow", "memory", "output", "talk", "trace"}) | _KNOWN | _DOCUMENTS

ACTIONS: tuple[Action, ...] = (
    Action("screen.room", ("f1",), "Room", "See all instances and what they say to each other.", "Screens"),
    Action("screen.chat", ("f3",), "Chat", "Talk with one instance or all; see its answer and tools as they come.",
           "Screens"),
    Action("screen.memory", ("f5",), "Memory",
           "Search what is remembered, see what is new, and correct it.", "Screens"),
    Action("screen.docs", ("f6",), "Docs",
           "Read the four tiers: what changed, what is wrong, what an instance would be told.", "Screens"),
    Action("workspace.choose", ("v",), "workspace", "Open the control room of another workspace.", "Screens"),
    Action("message.seat", tuple("123456789"), "message", "Write to the instance with this digit.", "Messages",
           shown="1-9", each=True, hint=True, palette=False),
    Action("message.all", ("0",), "all", "Write to every instance.", "Messages", hint=True),
    Action("message.chosen", ("m",), "chosen", "Write to the chosen instance.", "Messages"),
    Action("answer.stop", ("c",), "stop", "Stop the answer that is being written; what there is of it stays.",
           "Messages", places=_TALK, hint=True),
    Action("answer.retry", ("t",), "try again", "Ask again what was answered last, or what is chosen.", "Messages",
           places=_TALK, hint=True),
    Action("answer.copy", ("y",), "copy", "Copy the chosen answer, or the last one, to the clipboard.", "Messages",
           places=_TALK),
    Action("answer.older", ("o",), "older", "Load what was said before.", "Messages", places=_TALK),
    Action("memory.add", ("plus",), "remember", "Have something remembered.", "Memory", places=_KNOWN, hint=True),
    Action("memory.holds", ("h",), "which holds", "Of values that contradict each other, say which one holds.",
           "Memory", places=_KNOWN, hint=True),
    Action("memory.retract", ("x",), "take back", "Take back the chosen record. Asks first.", "Memory", places=_KNOWN,
           hint=True),
    Action("memory.evidence", ("e",), "evidence", "Open the message that says it, with its thread.", "Memory",
           places=_KNOWN, hint=True),
    Action("memory.themes", ("t",), "themes",
           "See what the records say together: themes, open questions, what failed and was solved; and back.", "Memory",
           places=_KNOWN, hint=True),
    Action("node.left", ("left",), "node to the left", "Choose the node to the left; in the chat, the one before.",
           "Moving about", palette=False),
    Action("node.right", ("right",), "node to the right", "Choose the node to the right; in the chat, the one after.",
           "Moving about", palette=False),
    Action("node.up", ("up",), "node above", "Choose the node above; in a list, the row above.", "Moving about",
           palette=False),
    Action("node.down", ("down",), "node below", "Choose the node below; in a list, the row below.", "Moving about",
           palette=False),
    Action("pane.next", ("tab",), "next pane", "Go to the next pane.", "Moving about"),
    Action("pane.previous", ("shift+tab",), "previous pane", "Go to the pane before.", "Moving about"),
    Action("pane.open", ("enter",), "open", "Open what is chosen: the thread of a message, the output of a node.",
           "Moving about", hint=True, palette=False),
    Action("pane.find", ("slash",), "find",
           "Look for a text: a list shows only what contains it, a text marks every place.",
           "Moving about", places=_LISTS, hint=True),
    Action("found.next", ("n",), "next place", "While something is looked for in a text: the next place.",
           "Moving about", places=_TEXTS, palette=False),
    Action("found.before", ("N",), "place before", "While something is looked for in a text: the place before.",
           "Moving about", places=_TEXTS, palette=False),
    Action("pane.zoom", ("z",), "zoom", "Give the pane the whole screen, and back.", "Moving about", hint=True),
    Action("list.page_up", ("pageup",), "page up", "One page towards the beginning.", "Moving about", places=_LISTS,
           palette=False),
    Action("list.page_down", ("pagedown",), "page down", "One page towards the end.", "Moving about", places=_LISTS,
           palette=False),
    Action("list.oldest", ("home",), "oldest", "Go to the first row there is.", "Moving about", places=_LISTS,
           palette=False),
    Action("list.newest", ("end",), "newest", "Go to the end and follow it.", "Moving about", places=_LISTS,
           palette=False),
    Action("go.back", ("escape",), "back", "Leave what is open; without anything open, go to the swarm.",
           "Moving about", palette=False),
    Action("instance.why", ("w",), "why", "Say where the state of the chosen instance comes from, and why it is so.",
           "Instances", places=_SWARM, hint=True),
    Action("instance.brain", ("b",), "brain", "Choose what the chosen instance thinks with.", "Instances", places=_ONE,
           hint=True),
    Action("instance.changes", ("d",), "changes",
           "See what the chosen instance changed in its own worktree; take it over, or throw it away.", "Instances",
           places=_ONE),
    Action("instance.restart", ("r",), "restart", "Stop the chosen instance and start it again.", "Instances",
           places=_SWARM, hint=True),
    Action("instance.toggle", ("s",), "start/stop", "Start the chosen instance, or stop it.", "Instances",
           places=_SWARM, hint=True),
    Action("instance.pause", ("p",), "pause", "Pause the chosen instance, or let it go on.", "Instances",
           places=_SWARM, hint=True),
    Action("instance.add", ("n",), "new", "Add an instance, now and after the next start.", "Instances"),
    Action("instance.remove", ("x",), "remove", "Remove the chosen instance. Asks first.", "Instances",
           places=_SWARM),
    Action("instance.pause_all", ("exclamation_mark",), "pause all",
           "Pause every instance: brains and tools stop within a second. Asks first.", "Instances"),
    Action("usage.show", ("u",), "usage", "Show what models were used for today, and what that cost.", "Instances"),
    Action("docs.edit", ("e",), "edit", "Open the chosen document in your editor ($VISUAL, else $EDITOR).",
           "Documents", places=_DOCUMENTS, hint=True),
    Action("docs.seen", ("k",), "all seen", "Say that you have seen all that is new; the marks go away.",
           "Documents", places=_DOCUMENTS, hint=True),
    Action("inbox.approvals", ("a",), "what waits", "Decide what waits for you: requests and questions.",
           "What waits"),
    Action("help.show", ("question_mark",), "help", "Show the keys and what they do here.", "Program", hint=True),
    Action("command.open", ("ctrl+p",), "commands", "Find any command by its name.", "Program", hint=True,
           palette=False),
    Action("coordinator.down", ("D",), "down", "Stop the coordinator and every instance. Asks first.", "Program"),
    Action("app.leave", ("q",), "leave", "Leave the screen; nothing stops.", "Program", hint=True),
)  # fmt: skip
BY_ID: dict[str, Action] = {action.id: action for action in ACTIONS}


def bindings(areas: Iterable[str]) -> list[BindingType]:
    """The bindings of the actions in these areas."""
    wanted = set(areas)
    return [item for action in ACTIONS if action.id.split(".")[0] in wanted for item in _bindings_of(action)]


def _bindings_of(action: Action) -> list[Binding]:
    if action.each:
        return [
            Binding(
                key, f"{action.method}({key})", action.title, show=False, tooltip=action.help, id=f"{action.id}.{key}"
            )
            for key in action.keys
        ]
    key = ",".join(action.keys)
    return [Binding(key, action.method, action.title, show=False, tooltip=action.help, id=action.id)]


def keymap(wishes: Mapping[str, str], file: str = "config.toml") -> dict[str, str]:
    """The user's keys for Textual's keymap: action id to keys, separated by commas.

    Raises:
        ConfigError: There is no such action; the nearest one is suggested.
    """
    known = {binding.id or "" for action in ACTIONS for binding in _bindings_of(action)}
    for name in wishes:
        if name not in known:
            near = nearest(name, known)
            hint = f' (did you mean "{near}"?)' if near else ""
            raise ConfigError(file, f'unknown action "{name}"{hint}', where="keymap")
    return dict(wishes)


def hints(place: str) -> list[Action]:
    """What the footer offers in a pane."""
    return [action for action in ACTIONS if action.hint and (not action.places or place in action.places)]


def markdown_table() -> str:
    """The keys as a Markdown table, for the README."""
    rows = [f"| `{action.key_label}` | {action.title} | {action.help} |" for action in ACTIONS]
    return "\n".join(["| key | does | in words |", "|---|---|---|", *rows]) + "\n"
