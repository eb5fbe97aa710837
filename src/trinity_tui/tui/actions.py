"""Everything a key can do, once: bindings, footer, help, palette, the user's keymap and the key table all read this.

An action ``area.verb`` runs the method ``action_area_verb`` of the nearest widget, screen or app that has one;
``screen.NAME`` runs ``action_screen`` with the name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec
from textual.binding import Binding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.binding import BindingType

Group = Literal[
    "Screens", "Messages", "Moving about", "Instances", "What waits", "Tasks", "Logs", "Memory", "Documents",
    "The past", "Search", "Program",
]  # fmt: skip

OF_APP = ("app", "screen", "workspace", "theme", "digest", "link")
"""The areas whose actions the application does, whatever screen is seen."""


class Action(msgspec.Struct, frozen=True):
    """One thing a person can do.

    Attributes:
        id: ``area.verb``.
        keys: As Textual names them; with ``each``, every key hands itself over as the argument.
        title: Two or three words, for footer and palette.
        help: One sentence.
        shown: How the keys are written for people, where that is not as they are named.
        places: In which panes the footer offers it; everywhere if empty.
        hint: Whether the footer offers it at all.
        acts: Whether it changes something: where one only looks it is neither offered nor done.
    """

    id: str
    keys: tuple[str, ...]
    title: str
    help: str
    group: Group
    shown: str = ""
    each: bool = False
    places: frozenset[str] = msgspec.field(default_factory=frozenset[str])
    hint: bool = False
    palette: bool = True
    acts: bool = False

    @property
    def area(self) -> str:
        """What it is about."""
        return self.id.partition(".")[0]

    @property
    def verb(self) -> str:
        """What is done to it."""
        return self.id.partition(".")[2]

    @property
    def method(self) -> str:
        """The action as Textual calls it."""
        return f"screen('{self.verb}')" if self.area == "screen" else f"{self.area}_{self.verb}"

    @property
    def is_of_here(self) -> bool:
        """Whether only some panes have it: what one goes about with is the same in all of them."""
        return bool(self.places) and self.group != "Moving about"

    @property
    def key_label(self) -> str:
        """The keys for people."""
        return self.shown or _label(self.keys)

    def label_with(self, keys: Mapping[str, str]) -> str:
        """The keys for people, where the person has chosen some.

        Args:
            keys: The person's own, by action.
        """
        if self.each:
            own = tuple(key for name in self.keys for key in keys.get(f"{self.id}.{name}", name).split(","))
            return self.key_label if own == self.keys else _label(own)
        return _label(tuple(keys[self.id].split(","))) if self.id in keys else self.key_label


_LABELS = {
    "plus": "+", "minus": "-", "escape": "esc", "question_mark": "?", "slash": "/",
    "exclamation_mark": "!", "left_square_bracket": "[", "right_square_bracket": "]",
    "pageup": "page up", "pagedown": "page down",
}  # fmt: skip


def _label(keys: tuple[str, ...]) -> str:
    return " ".join(_one_label(key.strip()) for key in keys)


def _one_label(key: str) -> str:
    if key[:1] == "f" and key[1:].isdigit():
        return key.upper()
    return _LABELS.get(key, key.replace("ctrl+", "^"))


_SWARM = frozenset({"swarm"})
_TALK = frozenset({"talk"})
_TEXTS = frozenset({"talk", "page"})
_ONE = frozenset({"swarm", "talk"})
_KNOWN = frozenset({"known", "record"})
_TASKS = frozenset({"board", "task"})
_LOGS = frozenset({"log"})
_WAITING = frozenset({"waiting", "matter"})
_DOCUMENTS = frozenset({"tiers", "page", "checks"})
_PAST = frozenset({"timeline"})
_FOUND = frozenset({"found"})
_LISTS = (
    frozenset({"flow", "memory", "output", "talk", "trace"})
    | _TASKS | _LOGS | _KNOWN | _DOCUMENTS | _WAITING | _PAST | _FOUND
)  # fmt: skip

ACTIONS: tuple[Action, ...] = (
    Action("screen.room", ("f1",), "Room", "See all instances and what they say to each other.", "Screens"),
    Action("screen.tasks", ("f2",), "Tasks",
           "See what is to be done, by whom, and how it stands; add, give, cancel, do again.", "Screens"),
    Action("screen.chat", ("f3",), "Chat", "Talk with one instance or all; see its answer and tools as they come.",
           "Screens"),
    Action("screen.logs", ("f4",), "Logs",
           "Read what one or all instances print; search it, filter it, see what caused a line.", "Screens"),
    Action("screen.memory", ("f5",), "Memory",
           "Search what is remembered, see what is new, and correct it.", "Screens"),
    Action("screen.docs", ("f6",), "Docs",
           "Read the four tiers: what changed, what is wrong, what an instance would be told.", "Screens"),
    Action("screen.inbox", ("f8",), "Inbox", "Decide what waits for you; see what was decided.", "Screens"),
    Action("screen.replay", ("f9",), "Replay", "See the Room as it was at any kept moment.", "Screens"),
    Action("screen.search", ("ctrl+f",), "Search",
           "Search messages, conversations, tasks, memory, documents and outputs at once.", "Screens"),
    Action("workspace.choose", ("v",), "workspace", "Open the control room of another workspace.", "Screens"),
    Action("message.seat", tuple("123456789"), "message", "Write to the instance with this digit.", "Messages",
           shown="1-9", each=True, hint=True, palette=False, acts=True),
    Action("message.all", ("0",), "all", "Write to every instance.", "Messages", hint=True, acts=True),
    Action("message.chosen", ("m",), "chosen", "Write to the chosen instance.", "Messages", acts=True),
    Action("answer.stop", ("c",), "stop", "Stop the answer that is being written; what there is of it stays.",
           "Messages", places=_TALK, hint=True, acts=True),
    Action("answer.retry", ("t",), "try again", "Ask again what was answered last, or what is chosen.", "Messages",
           places=_TALK, hint=True, acts=True),
    Action("answer.older", ("o",), "older", "Load what was said before.", "Messages", places=_TALK),
    Action("task.add", ("plus",), "new task", "Put a task on the board.", "Tasks", places=_TASKS, hint=True, acts=True),
    Action("task.give", ("h",), "give", "Give the chosen task to an instance, a role, or back to the queue.", "Tasks",
           places=_TASKS, hint=True, acts=True),
    Action("task.cancel", ("x",), "cancel", "Cancel the chosen task; who holds it stops. Asks first.", "Tasks",
           places=_TASKS, hint=True, acts=True),
    Action("task.retry", ("t",), "do again", "Have the chosen task done anew, or go ahead although it is blocked.",
           "Tasks", places=_TASKS, hint=True, acts=True),
    Action("task.thread", ("e",), "thread", "Open what was said of the chosen task.", "Tasks", places=_TASKS,
           hint=True),
    Action("log.level", ("l",), "level", "Show all lines, warnings and errors, or errors only.", "Logs", places=_LOGS,
           hint=True),
    Action("log.since", ("t",), "since", "Show only lines since a time, such as 14:05 or 10m.", "Logs", places=_LOGS,
           hint=True),
    Action("log.cause", ("e",), "cause", "Open the message the chosen line was printed for, where that is known.",
           "Logs", places=_LOGS, hint=True),
    Action("memory.add", ("plus",), "remember", "Have something remembered.", "Memory", places=_KNOWN, hint=True,
           acts=True),
    Action("memory.holds", ("h",), "which holds", "Of values that contradict each other, say which one holds.",
           "Memory", places=_KNOWN, hint=True, acts=True),
    Action("memory.retract", ("x",), "take back", "Take back the chosen record. Asks first.", "Memory", places=_KNOWN,
           hint=True, acts=True),
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
    Action("jump.show", ("g",), "go to", "Show two letters at each pane, tab and node; typing them goes there.",
           "Moving about"),
    Action("pane.open", ("enter",), "open", "Open what is chosen: the thread of a message, the output of a node.",
           "Moving about", hint=True, palette=False),
    Action("pane.find", ("slash",), "find",
           "Look for a text: a list shows only what contains it, a text marks every place.",
           "Moving about", places=_LISTS, hint=True),
    Action("pane.copy", ("y",), "copy",
           "Copy what is chosen to the clipboard, over ssh too: a message, a record, a line, an answer.",
           "Moving about", places=_LISTS | _SWARM),
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
           hint=True, acts=True),
    Action("instance.changes", ("d",), "changes",
           "See what the chosen instance changed in its own worktree; take it over, or throw it away.", "Instances",
           places=_ONE),
    Action("instance.restart", ("r",), "restart", "Stop the chosen instance and start it again.", "Instances",
           places=_SWARM, hint=True, acts=True),
    Action("instance.toggle", ("s",), "start/stop", "Start the chosen instance, or stop it.", "Instances",
           places=_SWARM, hint=True, acts=True),
    Action("instance.pause", ("p",), "pause", "Pause the chosen instance, or let it go on.", "Instances",
           places=_SWARM, hint=True, acts=True),
    Action("instance.add", ("n",), "new", "Add an instance, now and after the next start.", "Instances", acts=True),
    Action("instance.remove", ("x",), "remove", "Remove the chosen instance. Asks first.", "Instances",
           places=_SWARM, acts=True),
    Action("instance.pause_all", ("exclamation_mark",), "pause all",
           "Pause every instance: brains and tools stop within a second. Asks first.", "Instances", acts=True),
    Action("usage.show", ("u",), "usage", "Show what models were used for today, and what that cost.", "Instances"),
    Action("docs.edit", ("e",), "edit", "Open the chosen document in your editor ($VISUAL, else $EDITOR).",
           "Documents", places=_DOCUMENTS, hint=True, acts=True),
    Action("docs.seen", ("k",), "all seen", "Say that you have seen all that is new; the marks go away.",
           "Documents", places=_DOCUMENTS, hint=True, acts=True),
    Action("waiting.decide", ("a",), "what waits", "Decide what waits for you, one after the other.", "What waits",
           acts=True),
    Action("digest.show", ("W",), "while away", "Show what happened while you were away.", "What waits"),
    Action("notice.show", ("N",), "notices",
           "Say again what is wrong with this machine or its settings, as long as it holds.", "What waits"),
    Action("inbox.once", ("o",), "once", "Allow the chosen request this once.", "What waits", places=_WAITING,
           hint=True, acts=True),
    Action("inbox.always", ("A",), "always", "Allow the chosen request for good; what that allows is said.",
           "What waits", places=_WAITING, hint=True, acts=True),
    Action("inbox.reject", ("x",), "reject", "Reject the chosen request, with a word for who asked.", "What waits",
           places=_WAITING, hint=True, acts=True),
    Action("inbox.answer", ("r",), "answer", "Answer the chosen question.", "What waits", places=_WAITING, hint=True,
           acts=True),
    Action("inbox.start", ("s",), "start", "Start the chosen instance that was given up.", "What waits",
           places=_WAITING, hint=True, acts=True),
    Action("inbox.resume", ("l",), "go on", "Let the chosen instance go on that went round with others.",
           "What waits", places=_WAITING, hint=True, acts=True),
    Action("inbox.resend", ("e",), "send again", "Send the chosen dead letters again.", "What waits",
           places=_WAITING, hint=True, acts=True),
    Action("inbox.drop", ("d",), "drop", "Take the chosen dead letters off the list.", "What waits",
           places=_WAITING, hint=True, acts=True),
    Action("inbox.seen", ("k",), "seen", "Say that you have seen the chosen alerts.", "What waits", places=_WAITING,
           hint=True, acts=True),
    Action("inbox.mark", ("space",), "choose several", "Choose one more of the dead letters or alerts, or no more.",
           "What waits", places=_WAITING),
    Action("inbox.task", ("t",), "task", "Go to the task it is about: the one named, else the one its sender is at.",
           "What waits", places=_WAITING, hint=True),
    Action("inbox.history", ("h",), "history", "Show what was decided, by whom, when and where; or what waits.",
           "What waits", places=_WAITING, hint=True),
    Action("replay.play", ("space",), "play/pause", "Play what happened, or stop.", "The past", places=_PAST,
           hint=True),
    Action("replay.faster", ("plus",), "faster", "Play faster, up to 100 times.", "The past", places=_PAST, hint=True),
    Action("replay.slower", ("minus",), "slower", "Play slower, down to as it was.", "The past", places=_PAST),
    Action("replay.minute_back", ("shift+left",), "minute back", "One minute back.", "The past", places=_PAST),
    Action("replay.minute_on", ("shift+right",), "minute on", "One minute on.", "The past", places=_PAST),
    Action("replay.hour_back", ("ctrl+left",), "hour back", "One hour back.", "The past", places=_PAST),
    Action("replay.hour_on", ("ctrl+right",), "hour on", "One hour on.", "The past", places=_PAST),
    Action("replay.mark_before", ("left_square_bracket",), "mark before",
           "Go to the crash, failed task, request or restart before.", "The past", places=_PAST, hint=True),
    Action("replay.mark_after", ("right_square_bracket",), "mark after",
           "Go to the crash, failed task, request or restart after.", "The past", places=_PAST, hint=True),
    Action("replay.again", ("b",), "further back", "Look further back for what was looked for.", "The past",
           places=_PAST),
    Action("replay.live", ("l",), "live", "Back to the Room as it is now.", "The past", places=_PAST, hint=True),
    Action("hit.moment", ("t",), "that moment", "See the Room as it was when this was said.", "Search", places=_FOUND,
           hint=True),
    Action("hit.older", ("o",), "older", "Look further back.", "Search", places=_FOUND, hint=True),
    Action("theme.choose", ("T",), "theme", "Try themes on, and keep one for the next time.", "Program"),
    Action("help.show", ("question_mark",), "help", "Show the keys and what they do here.", "Program", hint=True),
    Action("command.open", ("ctrl+p",), "commands", "Find any command by its name.", "Program", hint=True,
           palette=False),
    Action("coordinator.down", ("D",), "down", "Stop the coordinator and every instance. Asks first.", "Program",
           acts=True),
    Action("link.enter", ("L",), "log in again",
           "Give ssh the terminal, for what it asks before the lost link can come back.", "Program"),
    Action("app.leave", ("q",), "leave", "Leave the screen; nothing stops.", "Program", hint=True),
)  # fmt: skip
BY_ID: dict[str, Action] = {action.id: action for action in ACTIONS}
ACTING: dict[str, Action] = {action.method: action for action in ACTIONS if action.acts}
"""Those that change something, by how Textual calls them."""


def bindings(areas: Iterable[str]) -> list[BindingType]:
    """The bindings of the actions in these areas."""
    wanted = set(areas)
    return [item for action in ACTIONS if action.id.split(".")[0] in wanted for item in bindings_of(action)]


def bindings_of(action: Action) -> list[Binding]:
    """The bindings of one action."""
    if action.each:
        return [
            Binding(
                key, f"{action.method}({key})", action.title, show=False, tooltip=action.help, id=f"{action.id}.{key}"
            )
            for key in action.keys
        ]
    key = ",".join(action.keys)
    return [Binding(key, action.method, action.title, show=False, tooltip=action.help, id=action.id)]


def hints(place: str, *, only_looks: bool = False) -> list[Action]:
    """What the footer offers in a pane: first what only this place has, then what holds everywhere.

    Args:
        place: The pane.
        only_looks: Whether nothing can be changed from there.
    """
    offered = (
        action for action in ACTIONS
        if action.hint and (not action.places or place in action.places) and not (only_looks and action.acts)
    )  # fmt: skip
    return sorted(offered, key=lambda action: not action.is_of_here)


def markdown_table() -> str:
    """The keys as a Markdown table, for the README."""
    rows = [f"| `{action.key_label}` | {action.title} | {action.help} |" for action in ACTIONS]
    return "\n".join(["| key | does | in words |", "|---|---|---|", *rows]) + "\n"
