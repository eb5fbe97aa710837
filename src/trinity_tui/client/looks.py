"""The person's own themes, and the theme that was chosen in the program.

A choice goes to the state folder and never into the person's file. It holds for as long as that file names the theme
it named then: who writes another one there means it.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.client import preferences
from trinity_tui.core.errors import ConfigError, StoreError
from trinity_tui.core.preferences import FILE
from trinity_tui.store import document
from trinity_tui.store.private import make_private

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from trinity_tui.core.preferences import Preferences

THEMES = "themes"
LIMIT_BYTES = 65_536
STEP_MILLISECONDS = 500
"""How soon a change is seen; half of it would be twice the wake-ups of a screen on which nothing happens."""
LOOK_SECONDS = 10.0
"""How often it is looked whether there is a folder to watch by now, and what changed where nothing can be watched."""


class Choice(msgspec.Struct, frozen=True):
    """A theme that was chosen in the program."""

    theme: str
    instead_of: str
    """What the person's file named then."""


class Looks:
    """Where themes come from and where a choice goes to.

    Args:
        folder: The person's settings; own themes lie in ``themes/`` there.
        file: The choice.
    """

    def __init__(self, folder: Path, file: Path) -> None:
        self._folder = folder
        self._file = file

    def themes(self) -> dict[str, str]:
        """The texts of the person's own themes by the names of their files; reads files.

        Raises:
            ConfigError: One cannot be read.
        """
        found: dict[str, str] = {}
        for path in sorted((self._folder / THEMES).glob("*.toml")):
            try:
                with path.open("rb") as file:
                    found[str(path)] = file.read(LIMIT_BYTES).decode()
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(str(path), f"cannot be read: {error}") from error
        return found

    def preferences(self) -> Preferences:
        """What the person's file says now.

        Raises:
            ConfigError: It cannot be read, or is not in order.
        """
        return preferences.read(self._folder / FILE)

    def chosen(self, written: str) -> str:
        """The theme to begin with.

        Args:
            written: The one that the person's file names.
        """
        try:
            choice = document.read(self._file, Choice)
        except StoreError:
            return written
        return choice.theme if choice is not None and choice.instead_of == written else written

    def choose(self, theme: str, written: str) -> None:
        """Keep a choice for the next time.

        Raises:
            StoreError: It cannot be written.
        """
        make_private(self._file.parent)
        document.write(self._file, Choice(theme, written), durable=False)

    async def changes(self) -> AsyncGenerator[None]:
        """Once for every change of the person's file or an own theme; never ends."""
        from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType] - it names a type of anyio's

        stamps = await asyncio.to_thread(self._stamps)
        while True:
            if not await asyncio.to_thread(self._folder.is_dir):
                await asyncio.sleep(LOOK_SECONDS)
                continue
            seen = awatch(self._folder, watch_filter=_is_toml, step=STEP_MILLISECONDS, debounce=STEP_MILLISECONDS)
            try:
                async with aclosing(seen):
                    async for _ in seen:
                        yield
            except (OSError, RuntimeError):
                # The folder went away, or the kernel watches no more for this user.
                await asyncio.sleep(LOOK_SECONDS)
                before, stamps = stamps, await asyncio.to_thread(self._stamps)
                if stamps != before:
                    yield

    def _stamps(self) -> dict[Path, tuple[int, int]]:
        """When each file was written, and how long it is; reads the disk."""
        found: dict[Path, tuple[int, int]] = {}
        for path in (*self._folder.glob("*.toml"), *(self._folder / THEMES).glob("*.toml")):
            with suppress(OSError):
                stat = path.stat()
                found[path] = (stat.st_mtime_ns, stat.st_size)
        return found


def _is_toml(_: object, path: str) -> bool:
    return Path(path).suffix == ".toml"


def default_looks() -> Looks:
    """Those of the person at this machine."""
    from platformdirs import user_state_path

    return Looks(preferences.folder(), user_state_path("trinity") / "theme.json")
