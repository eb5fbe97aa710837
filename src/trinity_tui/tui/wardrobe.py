"""What the program may wear: its themes and the person's own, which one is worn, and what changes while it runs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from textual.app import App
from textual.message import Message

from trinity_tui.core.config_words import unknown
from trinity_tui.core.errors import ConfigError, StoreError
from trinity_tui.tui import theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.theme import Theme

    from trinity_tui.client.looks import Looks


class ThemeChosen(Message):
    """The person wants to see this theme, now and the next time."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class Wardrobe:
    """The themes of one app.

    Args:
        app: Who wears them.
        looks: The person's own; None where nothing is read or kept.
        written: The theme that the person's file names.
        has_few_colors: Whether the terminal has no more than sixteen.
        tell: Says a sentence to the person.
    """

    def __init__(
        self, app: App[None], looks: Looks | None, written: str, tell: Callable[[str], None], *, has_few_colors: bool
    ) -> None:
        self._app = app
        self._looks = looks
        self._written = written
        self._tell = tell
        self._has_few_colors = has_few_colors
        self._names: set[str] = set()
        self._texts: dict[str, str] = {}
        """The person's own files as they were last read, be they right or wrong."""

    @property
    def names(self) -> list[str]:
        """What is ready to be put on: the program's own and the person's."""
        return sorted(self._names)

    def _register(self, item: Theme) -> None:
        self._app.register_theme(item)
        self._names.add(item.name)

    def begin(self) -> None:
        """Put on what the person wants to see, or what the terminal can show; the rest is not unpacked yet."""
        if self._looks is not None:
            try:
                self._take(self._looks.themes())
            except ConfigError as error:
                self._tell(error.sentence())
        wanted = self._looks.chosen(self._written) if self._looks is not None else self._written
        known = {*self._app.available_themes, *theme.names()}
        if wanted not in known:
            self._tell(f"{unknown('theme', wanted, sorted(known))}; {theme.DEFAULT_THEME} is used.")
            wanted = theme.DEFAULT_THEME
        worn = theme.ANSI_THEME if self._has_few_colors else wanted
        self._unpack([name for name in theme.names() if name == worn])
        self._app.theme = worn

    def unpack(self) -> None:
        """Make all there are ready to be put on."""
        self._unpack(theme.names())

    def _unpack(self, names: Iterable[str]) -> None:
        for name in names:
            # The person's own of the same name goes before.
            if name not in self._names:
                self._register(theme.load(name))

    def choose(self, name: str) -> None:
        """Wear this from now on, and the next time."""
        self._app.theme = name
        if self._looks is not None:
            try:
                self._looks.choose(name, self._written)
            except StoreError as error:
                self._tell(f"{name} is worn now only: {error.sentence()}")

    async def follow(self) -> None:
        """Take what the person changes in files while the program runs; never ends."""
        if self._looks is not None:
            async for _ in self._looks.changes():
                try:
                    self._take(await asyncio.to_thread(self._looks.themes))
                    self._obey((await asyncio.to_thread(self._looks.preferences)).theme)
                except ConfigError as error:
                    self._tell(error.sentence())

    def _obey(self, written: str) -> None:
        if written != self._written:
            self._written = written
            if written in self._app.available_themes:
                self._app.theme = written
            else:
                self._tell(unknown("theme", written, sorted(self._app.available_themes)))

    def _take(self, texts: dict[str, str]) -> None:
        """Register what is new; a file that is wrong is told, and what it was before stays."""
        changed = {file: text for file, text in texts.items() if self._texts.get(file) != text}
        self._texts = texts
        for file, text in changed.items():
            try:
                item = theme.parse(text, file)
            except ConfigError as error:
                self._tell(error.sentence())
                continue
            self._register(item)
            if item.name == self._app.theme and self._app.is_running:
                # It has the same name as before, so nothing would be seen to have changed.
                cast("App[object]", self._app).mutate_reactive(App.theme)
