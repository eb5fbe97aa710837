"""The application: what it is made of, and where messages go. What it shows comes from the bridge; screens show it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.app import SuspendNotSupported

from trinity_tui.core.errors import ClientError
from trinity_tui.core.preferences import STANDARD
from trinity_tui.tui import actions, glyphs, interrupts, keymap, scroll_bars, theme
from trinity_tui.tui.bridge import Answered, AreaChanged, Bridge, Completed, Opened, OpenFailed, Refused
from trinity_tui.tui.clock import Clock
from trinity_tui.tui.drafting import Drafting
from trinity_tui.tui.first_run import TAKEN_SECONDS, FirstRun
from trinity_tui.tui.gated import GatedApp
from trinity_tui.tui.noticing import Noticing
from trinity_tui.tui.safe_text import clean, within
from trinity_tui.tui.screens import dialogs
from trinity_tui.tui.screens.shared import Shared
from trinity_tui.tui.screens.stages import Stages
from trinity_tui.tui.seats import Seats
from trinity_tui.tui.stylesheets import Stylesheets
from trinity_tui.tui.wardrobe import Wardrobe

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.message import Message
    from textual.notifications import SeverityLevel
    from textual.screen import Screen

    from trinity_tui.client.looks import Looks
    from trinity_tui.client.workspaces import Place
    from trinity_tui.core.preferences import Preferences
    from trinity_tui.tui.asked import Asked
    from trinity_tui.tui.goto import GoTo
    from trinity_tui.tui.linked import Linked
    from trinity_tui.tui.screens.room import RoomScreen
    from trinity_tui.tui.screens.stage import Stage
    from trinity_tui.tui.waiting.deeds import DeedRequested
    from trinity_tui.tui.wardrobe import ThemeChosen
    from trinity_tui.tui.widgets.changes import ChangesDialog
    from trinity_tui.tui.widgets.detail import Detail

TOLD_CELLS = 60
"""What is said in a corner is at most so wide."""
TOLD_FRAME_CELLS = 3
SETTLED_SECONDS = 1.0
"""So long after the begin what is there is what stays."""


class TrinityApp(GatedApp):
    """The control room.

    Args:
        root: The workspace.
        connect: Makes the connection; may start a coordinator first. Raises ``TrinityError`` where it cannot, and is
            tried again.
        init: Writes ``instances.toml``, where there is none yet, and says what the person should know of that; then the
            welcome is shown first.
        places: The workspaces that can be gone to; may read files.
        drafts: The file in which what is not sent is kept; None: it is kept only as long as the program runs.
        is_here: Whether the workspace lies on this computer.
        clock: The time.
        signs: The signs this terminal can show.
        preferences: How the person wants it to look, and the person's keys.
        looks: The person's own themes and the chosen one; None: none is read or kept.
        has_few_colors: Whether the terminal has no more than sixteen.
        via: Where the person is, for the history of what was decided.
    """

    CSS_PATH = "trinity.tcss"
    COMMANDS: ClassVar = set()
    BINDINGS: ClassVar = actions.bindings(actions.OF_APP)
    TITLE = "Trinity"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(
        self,
        root: Path,
        connect: Callable[[], Awaitable[Linked]],
        *,
        init: Callable[[], Awaitable[str]] | None = None,
        places: Callable[[], list[Place]] | None = None,
        drafts: Path | None = None,
        is_here: bool = True,
        clock: Clock | None = None,
        signs: glyphs.Glyphs = glyphs.UNICODE,
        preferences: Preferences = STANDARD,
        looks: Looks | None = None,
        has_few_colors: bool = False,
        via: str = "",
    ) -> None:
        # What the screen is made of stands without a client, and is looked at without one.
        from trinity_tui.client.files import Files

        super().__init__()
        self._root = root
        self._first_run = FirstRun(self, root, init, self._begin) if init is not None else None
        self._places = places
        self.goes_to: Path | None = None
        """The workspace the person chose to open instead."""
        self.when_settled: Callable[[], None] | None = None
        """Called once what the screen is made of is there."""
        self._keys = keymap.checked(preferences.keymap)
        self.bridge = Bridge(connect, self._hand_on, Files(root) if is_here else None, self._way)
        self._drafting = Drafting(drafts, self.set_timer, self._warn)
        is_still = preferences.plain or self.animation_level == "none"
        self._shared = Shared(
            self.bridge, clock or Clock(), signs, self._keys, self._drafting.drafts, Seats(),
            animation="off" if is_still else preferences.animation, is_plain=preferences.plain, via=via,
            themes=lambda: self.wardrobe.names,
        )  # fmt: skip
        self.stages = Stages(self, self._shared)
        self._noticing = Noticing(self, self.stages, self._shared, preferences)
        self._told: list[str] = []
        """What is to be said as soon as there is a screen to say it on."""
        self.wardrobe = Wardrobe(self, looks, preferences.theme, self._tell, has_few_colors=has_few_colors)
        self.wardrobe.begin()
        self.stylesheet = Stylesheets(variables=self.get_css_variables())
        self.set_class(signs.ascii, "-ascii")
        scroll_bars.draw_with(signs)
        self.set_class(preferences.plain, "-plain")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The screen's own colours, where a theme does not know them."""
        return theme.variable_defaults(self.current_theme)

    def get_default_screen(self) -> Screen[None]:
        """The Room; where nothing is configured yet, the welcome lies over it."""
        return self.room

    @property
    def room(self) -> RoomScreen:
        """The first screen."""
        return self.stages.room

    @property
    def stage(self) -> Stage:
        """The screen that is seen, be it below a dialog."""
        return self.stages.seen

    def somebody_is_there(self) -> None:
        """A key, the pointer, or the window that came to the front."""
        self._noticing.somebody_is_there()

    async def on_mount(self) -> None:
        """Take the user's keys, and begin."""
        self.set_keymap(self._keys)
        if self.when_settled is not None:
            self.set_timer(SETTLED_SECONDS, self.when_settled, name="settled")
        told, self._told = self._told, []
        for sentence in told:
            self._tell(sentence)
        # Themes nobody wears yet are not waited for.
        self.room.call_after_refresh(self.wardrobe.unpack)
        self.run_worker(self.wardrobe.follow(), name="looks", group="looks")
        if self._first_run is None:
            self._begin()
        else:
            await self._first_run.welcome()

    def _begin(self) -> None:
        self.run_worker(self.bridge.run(), name="bridge", group="bridge", exclusive=True)

    async def on_welcome_begin_requested(self) -> None:
        """The person wants this folder to be a workspace."""
        if self._first_run is not None:
            await self._first_run.wanted()

    def _hand_on(self, message: Message) -> None:
        """Take what the bridge has; what changed, as it does with every beat, does not wait in a queue."""
        match message:
            case Opened():
                self.stages.open(message.mirror)
            case AreaChanged():
                self.stages.area_changed(message)
                self._noticing.changed(message.area)
            case _:
                self.post_message(message)

    def on_open_failed(self, message: OpenFailed) -> None:
        """There is none yet."""
        self.room.say(message.sentence)

    def action_digest_show(self) -> None:
        """Say what happened while the person was away."""
        self._noticing.wish_digest()

    def on_answered(self, message: Answered) -> None:
        """A request was done."""
        if not self._is_taken(message):
            self.stage.errands.answered(message)

    def on_refused(self, message: Refused) -> None:
        """A request was not done."""
        if not self._is_taken(message):
            self.stage.errands.refused(message)

    def _is_taken(self, message: Answered | Refused) -> bool:
        if not self.screen_stack:
            # The program ends: what still comes is for nobody.
            return True
        takers = (self._noticing, *self.stages.all)
        return any(taker.takes(message) for taker in takers)

    def on_message_bar_drafted(self) -> None:
        """Keep what is not sent, soon."""
        self._drafting.soon()

    def keep_drafts(self) -> None:
        """Keep what is not sent, and what was, now.

        Raises:
            StoreError: That cannot be written; it lasts as long as the program.
        """
        self._drafting.keep()

    def notify(
        self, message: str, *, title: str = "", severity: SeverityLevel = "information", timeout: float | None = None,
        markup: bool = True,
    ) -> None:  # fmt: skip
        """Say something in a corner; a path that is longer than a line there is broken between its parts."""
        # Over a dialog it has the whole width: there are few rows for it there.
        widest = self.size.width // 2 if self.screen_stack[-1:] == [self.stage] else self.size.width
        said = message if markup else within(message, min(TOLD_CELLS, widest) - TOLD_FRAME_CELLS)
        super().notify(said, title=title, severity=severity, timeout=timeout, markup=markup)

    def _warn(self, sentence: str) -> None:
        self.notify(sentence, severity="warning", markup=False)

    def on_completed(self, message: Completed) -> None:
        """A path may go on so."""
        self.stage.offer(message.begun, message.names)

    def on_deed_requested(self, message: DeedRequested) -> None:
        """The person wants something done about what waits."""
        self.stage.errands.carry_out(message.deed, message.items, message.word)

    def on_asked(self, message: Asked) -> None:
        """A dialog wants something of the coordinator."""
        self.bridge.ask(message.do, **message.args)

    def on_detail_answer_requested(self, message: Detail.AnswerRequested) -> None:
        """The person wants to answer."""
        self.stage.answer(message.to, message.reply_to)

    def on_changes_dialog_discard_requested(self, message: ChangesDialog.DiscardRequested) -> None:
        """The person does not want what an instance changed."""
        self.stage.errands.discard_changes(message.who)

    async def on_go_to(self, message: GoTo) -> None:
        """Go to a thing on another screen."""
        await self.stages.visit(message.place)
        self.stage.visit_thing(message.what)

    async def action_screen(self, name: str) -> None:
        """See a screen."""
        await self.stages.visit(name)

    def made(self, name: str) -> Stage:
        """A screen by its name, made when it is first wanted."""
        return self.stages.made(name)

    def _tell(self, sentence: str) -> None:
        if self.is_running:
            self.notify(sentence, severity="warning", markup=False, timeout=TAKEN_SECONDS)
        else:
            self._told.append(sentence)

    def action_theme_choose(self) -> None:
        """Let the person try themes on."""
        self.wardrobe.unpack()
        self.push_screen(dialogs.ThemeDialog(self.wardrobe.names, self.theme))

    def on_theme_chosen(self, message: ThemeChosen) -> None:
        """Wear it, and keep the choice."""
        self.wardrobe.choose(message.name)

    async def action_workspace_choose(self) -> None:
        """Let the person go to another workspace."""
        found = await asyncio.to_thread(self._places) if self._places is not None else []
        dialog = dialogs.WorkspaceDialog(found, self._root, self._shared.clock, self._shared.glyphs)
        self.push_screen(dialog, self._go)

    def _go(self, path: Path | None) -> None:
        if path is not None:
            self.goes_to = path
            self.call_later(self.action_app_leave)

    async def action_link_enter(self) -> None:
        """Let ssh ask on the terminal for what it needs."""
        mirror = self.stages.mirror
        if mirror is None or not mirror.elsewhere or mirror.connected:
            self.notify("There is no link that waits for you.", markup=False)
            return
        try:
            with self.suspend(), interrupts.left_to_it():
                await self.bridge.enter()
        except ClientError as error:
            self.notify(clean(error.sentence()), markup=False, severity="error")
        except SuspendNotSupported:
            self.notify("There is no terminal here to ask on.", markup=False, severity="error")

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Refuse what changes something where one only looks; the one way all keys and commands come."""
        name = action.rpartition(".")[2].partition("(")[0] if isinstance(action, str) else action[1]
        acting = actions.ACTING.get(name)
        if acting is not None and (refusal := self.stage.refusal):
            self.notify(refusal, title=acting.title, markup=False, timeout=4)
            return True
        return await super().run_action(action, default_namespace, namespaces)

    async def action_app_leave(self) -> None:
        """Leave the screen; nothing stops."""
        await self.stage.leaving()
        self.exit()

    def action_help_quit(self) -> None:
        """Say how to leave to whoever presses the key that elsewhere ends programs."""
        self.notify("q leaves the screen; nothing stops. D stops everything, after asking.", markup=False)
