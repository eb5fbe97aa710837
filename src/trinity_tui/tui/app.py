"""The application: themes, screens and keys, and nothing else. What it shows comes from the bridge; screens show it."""

from __future__ import annotations

import asyncio
import gc
import locale
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.app import App
from textual.keys import Keys

from trinity_tui.core.config_words import unknown
from trinity_tui.core.errors import StoreError, TrinityError
from trinity_tui.core.preferences import STANDARD
from trinity_tui.tui import actions, glyphs, theme
from trinity_tui.tui.bridge import Answered, AreaChanged, Bridge, Completed, Opened, OpenFailed, Refused
from trinity_tui.tui.clock import Clock
from trinity_tui.tui.newness import Newness
from trinity_tui.tui.screens import catalogue
from trinity_tui.tui.screens.room import RoomScreen
from trinity_tui.tui.screens.shared import Shared
from trinity_tui.tui.screens.stage import Stage
from trinity_tui.tui.seats import Seats
from trinity_tui.tui.widgets.message_bar import Drafts
from trinity_tui.tui.widgets.welcome import Welcome
from trinity_tui.tui.widgets.workspaces import WorkspaceDialog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from textual.screen import Screen
    from textual.timer import Timer

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.client.workspaces import Place
    from trinity_tui.core.preferences import Preferences
    from trinity_tui.tui.bridge import Linked
    from trinity_tui.tui.goto import GoTo
    from trinity_tui.tui.widgets.add import AddDialog
    from trinity_tui.tui.widgets.approval import ApprovalDialog
    from trinity_tui.tui.widgets.brain import BrainDialog
    from trinity_tui.tui.widgets.changes import ChangesDialog
    from trinity_tui.tui.widgets.detail import Detail
    from trinity_tui.tui.widgets.remember import RememberDialog

# Terminals without the newer key protocol send alt+enter as escape and a carriage return, of which the escape would be
# lost and a message sent that was not finished. It is taken as a line feed, which the message bar has for a new line.
cast("dict[str, Any]", ANSI_SEQUENCES_KEYS).setdefault("\x1b\r", (Keys.ControlJ,))


TAKEN_SECONDS = 20.0
"""For so long it is shown what was taken over from another program: nobody looks for it later."""
DRAFT_SECONDS = 1.0
"""How much of what is being written may be lost where the program is killed."""
GARBAGE_THRESHOLDS = (10_000, 20, 50)
"""With Python's own everything is looked through more often, which shows in the slowest one of a hundred keys."""


class TrinityApp(App[None]):
    """The control room.

    Args:
        root: The workspace.
        connect: Makes the connection; may start a coordinator first. Raises ``TrinityError`` where it cannot, and is
            tried again.
        init: Writes ``instances.toml``, where there is none yet, and says what the person should know of that; then the
            welcome is shown first.
        places: The workspaces that can be gone to; may read files.
        drafts: The file in which what is not sent is kept; None: it is kept only as long as the program runs.
        clock: The time.
        signs: The signs this terminal can show.
        preferences: How the person wants it to look, and the person's keys.
    """

    CSS_PATH = "trinity.tcss"
    COMMANDS: ClassVar = set()
    BINDINGS: ClassVar = actions.bindings(["app", "screen", "workspace"])
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
        clock: Clock | None = None,
        signs: glyphs.Glyphs = glyphs.UNICODE,
        preferences: Preferences = STANDARD,
    ) -> None:
        # What the screen is made of stands without a client, and is looked at without one.
        from trinity_tui.client.drafts import load
        from trinity_tui.client.files import Files

        super().__init__()
        self._root = root
        self._init = init
        self._places = places
        self.goes_to: Path | None = None
        """The workspace the person chose to open instead."""
        self._keys = actions.keymap(preferences.keymap)
        self.bridge = Bridge(connect, self.post_message, Files(root))
        self._drafts_file = drafts
        self._drafts = Drafts(load(drafts) if drafts is not None else None)
        self._drafts_timer: Timer | None = None
        self._shared = Shared(self.bridge, clock or Clock(), signs, self._keys, self._drafts, Seats())
        self._mirror: Mirror | None = None
        self.room = RoomScreen(
            self._shared, is_animated=preferences.animation != "off" and self.animation_level != "none"
        )
        self._newness = Newness(self.bridge, self._shared.badges, self.set_timer, self._renew_tabs)
        self._made: dict[str, Stage] = {}
        """The screens of the catalogue that were wanted so far."""
        self._welcome = Welcome(root)
        for item in theme.load():
            self.register_theme(item)
        self._wanted_theme = preferences.theme
        self.theme = preferences.theme if preferences.theme in self.available_themes else theme.DEFAULT_THEME
        self.set_class(signs.ascii, "-ascii")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The screen's own colours, where a theme does not know them."""
        return theme.variable_defaults(self.current_theme)

    def get_default_screen(self) -> Screen[None]:
        """The Room; where nothing is configured yet, the welcome lies over it."""
        return self.room

    @property
    def stages(self) -> list[Stage]:
        """The full screens that were opened so far."""
        return [self.room, *self._made.values()]

    @property
    def stage(self) -> Stage:
        """The one that is seen, be it below a dialog."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Stage)), self.room)

    async def on_mount(self) -> None:
        """Take the user's keys, and begin."""
        self.set_keymap(self._keys)
        if self.theme != self._wanted_theme:
            problem = unknown("theme", self._wanted_theme, sorted(self.available_themes))
            self.notify(f"{problem}; {self.theme} is used.", severity="warning", markup=False)
        if self._init is None:
            self._begin()
        else:
            await self.push_screen(self._welcome)

    def _begin(self) -> None:
        self.run_worker(self.bridge.run(), name="bridge", group="bridge", exclusive=True)

    async def on_welcome_begin_requested(self, message: Welcome.BeginRequested) -> None:
        """Write the file, then go to the Room."""
        if self._init is None:
            return
        try:
            said = await self._init()
        except TrinityError as error:
            self._welcome.refused(error.sentence())
        else:
            self._welcome.dismiss(None)
            if said:
                self.notify(said, timeout=TAKEN_SECONDS, markup=False)
            self._begin()

    def on_opened(self, message: Opened) -> None:
        """The connection is there."""
        self._mirror = message.mirror
        for stage in self.stages:
            stage.open(message.mirror)

    def on_open_failed(self, message: OpenFailed) -> None:
        """There is none yet."""
        self.room.say(message.sentence)

    def on_area_changed(self, message: AreaChanged) -> None:
        """Something changed in the mirror."""
        for stage in self.stages:
            stage.area_changed(message)
        self._newness.changed(message.area)

    def _renew_tabs(self) -> None:
        for stage in self.stages:
            stage.tabs.refresh()

    def on_answered(self, message: Answered) -> None:
        """A request was done."""
        if not self._newness.takes(message) and not any(stage.takes(message) for stage in self.stages):
            self.stage.errands.answered(message)

    def on_refused(self, message: Refused) -> None:
        """A request was not done."""
        if not self._newness.takes(message) and not any(stage.takes(message) for stage in self.stages):
            self.stage.errands.refused(message)

    def on_message_bar_drafted(self) -> None:
        """Keep what is not sent, soon."""
        if self._drafts_timer is None and self._drafts_file is not None:
            self._drafts_timer = self.set_timer(DRAFT_SECONDS, self._keep_drafts, name="drafts")

    async def _keep_drafts(self) -> None:
        self._drafts_timer = None
        await asyncio.to_thread(self.keep_drafts)

    def keep_drafts(self) -> None:
        """Keep what is not sent now. Where that cannot be written it lasts as long as the program."""
        from trinity_tui.client.drafts import save

        if self._drafts_file is not None:
            with suppress(StoreError):
                save(self._drafts_file, dict(self._drafts.texts))

    def on_completed(self, message: Completed) -> None:
        """A path may go on so."""
        self.stage.offer(message.begun, message.names)

    def on_approval_dialog_decided(self, message: ApprovalDialog.Decided) -> None:
        """The person gave the word."""
        self.stage.errands.decided(message.request, message.verdict, message.word)

    def on_approval_dialog_whole_requested(self, message: ApprovalDialog.WholeRequested) -> None:
        """What is to be allowed has to be shown whole first."""
        self.bridge.ask("body", id=message.request)

    def on_approval_dialog_answer_requested(self, message: ApprovalDialog.AnswerRequested) -> None:
        """The person wants to answer a question."""
        self.stage.answer(message.to, message.reply_to)

    def on_approval_dialog_start_requested(self, message: ApprovalDialog.StartRequested) -> None:
        """The person wants to start what gave up."""
        self.bridge.ask("start", who=message.who)

    def on_approval_dialog_care_requested(self, message: ApprovalDialog.CareRequested) -> None:
        """The person wants a loop to go on, or a dead letter sent again or dropped."""
        if message.do == "resume":
            self.bridge.ask("resume", who=message.about)
        else:
            self.bridge.ask("resend", id=message.about, drop="true" if message.do == "drop" else "false")

    def on_detail_answer_requested(self, message: Detail.AnswerRequested) -> None:
        """The person wants to answer."""
        self.stage.answer(message.to, message.reply_to)

    def on_add_dialog_requested(self, message: AddDialog.Requested) -> None:
        """The person wants another instance."""
        self.bridge.ask("add", id=message.instance, role=message.role, persona=message.persona)

    def on_brain_dialog_requested(self, message: BrainDialog.Requested) -> None:
        """The person wants another brain used."""
        self.bridge.ask("brain", who=message.who, brain=message.brain)

    def on_remember_dialog_requested(self, message: RememberDialog.Requested) -> None:
        """The person wants something remembered."""
        self.bridge.ask("memory/add", **message.wanted)

    def on_changes_dialog_accept_requested(self, message: ChangesDialog.AcceptRequested) -> None:
        """The person wants what an instance changed."""
        self.bridge.ask("accept", who=message.who)

    def on_changes_dialog_discard_requested(self, message: ChangesDialog.DiscardRequested) -> None:
        """The person does not want what an instance changed."""
        self.stage.errands.discard_changes(message.who)

    async def action_screen_room(self) -> None:
        """See all instances."""
        await self._see(self.room)

    async def action_screen_chat(self) -> None:
        """Talk with the chosen instance."""
        await self._visit("chat")

    async def action_screen_memory(self) -> None:
        """See what is remembered."""
        await self._visit("memory")

    async def action_screen_docs(self) -> None:
        """Read the four tiers."""
        await self._visit("docs")

    async def on_go_to(self, message: GoTo) -> None:
        """Go to a thing on another screen."""
        await self.run_action(f"screen_{message.place}")
        self.stage.visit_thing(message.what)

    async def _visit(self, name: str) -> None:
        chosen, stage = self.stage.chosen, self.made(name)
        await self._see(stage)
        stage.visited(chosen)

    def made(self, name: str) -> Stage:
        """A screen of the catalogue, made when it is first wanted."""
        if name not in self._made:
            stage = self._made[name] = catalogue.make(name, self._shared)
            cast("App[Any]", self).install_screen(stage, name)  # pyright: ignore[reportUnknownMemberType]
            if self._mirror is not None:
                stage.open(self._mirror)
        return self._made[name]

    async def _see(self, stage: Stage) -> None:
        # The Room lies below all others. A screen that has a name is kept when it is left.
        here, app = self.stage, cast("App[Any]", self)
        if self.screen is not here or here is stage:
            return
        if stage is self.room:
            await app.pop_screen()
        elif here is self.room:
            await app.push_screen(stage)
        else:
            await app.switch_screen(stage)  # pyright: ignore[reportUnknownMemberType]

    async def action_workspace_choose(self) -> None:
        """Let the person go to another workspace."""
        found = await asyncio.to_thread(self._places) if self._places is not None else []
        dialog = WorkspaceDialog(found, self._root, self._shared.clock, self._shared.glyphs)
        self.push_screen(dialog, self._go)

    def _go(self, path: Path | None) -> None:
        if path is not None:
            self.goes_to = path
            self.call_later(self.action_app_leave)

    async def action_app_leave(self) -> None:
        """Leave the screen; nothing stops."""
        await self.stage.leaving()
        self.exit()

    def action_help_quit(self) -> None:
        """Say how to leave to whoever presses the key that elsewhere ends programs."""
        self.notify("q leaves the screen; nothing stops. D stops everything, after asking.", markup=False)


@dataclass(frozen=True, slots=True)
class Left:
    """How the control room was left.

    Attributes:
        exit_code: What the command ends with: 0, or 1 after an error that was shown.
        goes_to: The workspace the person wants to see instead; None where they are done.
    """

    exit_code: int
    goes_to: Path | None = None


def run(
    root: Path,
    connect: Callable[[], Awaitable[Linked]],
    *,
    init: Callable[[], Awaitable[str]] | None = None,
    places: Callable[[], list[Place]] | None = None,
    drafts: Path | None = None,
    preferences: Preferences,
) -> Left:
    """Show the control room until the person leaves it."""
    # What the program is made of never becomes garbage; looking through it again and again holds up keys.
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    signs = glyphs.choose(os.environ, locale.getpreferredencoding(False), preferences.signs)
    app = TrinityApp(root, connect, init=init, places=places, drafts=drafts, signs=signs, preferences=preferences)
    app.run()
    app.keep_drafts()
    return Left(app.return_code or 0, app.goes_to)
